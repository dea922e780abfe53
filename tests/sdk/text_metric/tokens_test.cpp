// How texts are cut into words.
#include <doctest/doctest.h>

#include "medvlm/sdk/text_metric/tokens.hpp"

using namespace medvlm::sdk;

namespace {

using Tokens = std::vector<std::string>;

Tokens owned(const std::vector<std::string_view>& views) { return {views.begin(), views.end()}; }

}  // namespace

TEST_CASE("white space parts words, the separators of files too") {
  CHECK(owned(split_words(" a\tb\x1c\x1f" "c\xc2\x85" "d\xe3\x80\x80")) == Tokens{"a", "b", "c", "d"});
  CHECK(split_words(" \n").empty());
}

TEST_CASE("runs hold letters, numbers and underscores, no marks") {
  CHECK(owned(word_runs("a_1-\xc3\xa9.\xd9\xa3 x")) == Tokens{"a_1", "\xc3\xa9", "\xd9\xa3", "x"});
  CHECK(owned(word_runs("cafe\xcc\x81s")) == Tokens{"cafe", "s"});
}

TEST_CASE("ROUGE's tokens are ASCII letters and digits of the lower-cased text") {
  CHECK(rouge_tokens("T1-weighted \xc3\xa9t\xc3\xa9") == Tokens{"t1", "weighted", "t"});
  CHECK(rouge_tokens("\xe2\x84\xaa") == Tokens{"k"});  // the sign for kelvin
  CHECK(rouge_tokens("\xff\xfe").empty());
  CHECK(rouge_tokens("dies lungs was", true) == Tokens{"die", "lung", "was"});  // three letters stay
}

TEST_CASE("13a keeps case and numbers and parts punctuation") {
  CHECK(tokens_13a("Yes, it's 3.5 cm (1,000).") ==
        Tokens{"Yes", ",", "it's", "3.5", "cm", "(", "1,000", ")", "."});
  CHECK(tokens_13a("T1-weighted x-ray 5-6") == Tokens{"T1", "-", "weighted", "x-ray", "5", "-", "6"});
  CHECK(tokens_13a("&quot;a&quot; &lt;b&gt; &amp;lt; <skipped>") ==
        Tokens{"\"", "a", "\"", "<", "b", ">", "<"});  // what is unescaped first is unescaped again
  CHECK(tokens_13a("hyphen-\nated\nline-\n") == Tokens{"hyphenated", "line-"});
}
