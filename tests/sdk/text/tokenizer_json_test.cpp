// tokenizer.json as text: every way to write it, and every way to damage it.
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"
#include "temporary_folder.hpp"

using namespace medvlm::sdk;

namespace {

using TextIds = std::vector<std::int64_t>;

Tokenizer load_text(const std::string& text) {
  const medvlm::test::TemporaryFolder folder;
  std::ofstream(folder.path() / "tokenizer.json", std::ios::binary) << text;
  return Tokenizer::from_file(folder.path() / "tokenizer.json");
}

std::string with_model(const std::string& vocab, const std::string& merges) {
  return R"({"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},"decoder":{"type":"ByteLevel"},)"
         R"("model":{"type":"BPE","vocab":)" + vocab + R"(,"merges":)" + merges + "}}";
}

std::string text_error(const std::string& text) {
  try {
    load_text(text);
  } catch (const medvlm::Error& error) {
    CHECK(error.code() == medvlm::ErrorCode::checkpoint);
    CHECK(error.message().find("tokenizer.json") != std::string::npos);
    return error.message();
  }
  return "(no error)";
}

}  // namespace

TEST_CASE("white space, escapes and both forms of merges are read alike") {
  for (const char* vocab : {R"({"a":0,"b":1,"ab":2,"\u0120":3,"\u0120ab":4,"\"":5,"\\":6,"/":7})",
                            "{\"a\" : 0 ,\n\t\"b\":1,\"ab\":2,\"\xc4\xa0\":3,\"\xc4\xa0""ab\":4, "
                            "\"\\u0022\":5,\"\\u005c\":6,\"\\/\":7\r\n}"}) {
    for (const char* merges : {R"(["a b","\u0120 ab"])", R"([["a","b"],["\u0120","ab"]])",
                               "[ [ \"a\" , \"\\u0062\" ] , \"\xc4\xa0 ab\" ]"}) {
      CAPTURE(vocab);
      CAPTURE(merges);
      const Tokenizer tokenizer = load_text(with_model(vocab, merges));
      CHECK(tokenizer.encode("ab ab\"\\/") == TextIds{2, 4, 5, 6, 7});
      CHECK(tokenizer.vocabulary_size() == 8);
      CHECK(tokenizer.decode(TextIds{2, 4, 5, 6, 7}) == "ab ab\"\\/");
    }
  }
  CHECK(load_text(with_model("{}", "[]")).vocabulary_size() == 0);
}

TEST_CASE("merges in any order, and ids with gaps, mean the same") {
  const Tokenizer tokenizer = load_text(with_model(R"({"abc":90,"c":7,"ab":50,"a":3,"b":1000000,"bc":2})",
                                                   R"(["ab c","b c","a bc","a b"])"));
  CHECK(tokenizer.encode("abc") == TextIds{90});
  CHECK(tokenizer.encode("bc") == TextIds{2});
  CHECK(tokenizer.encode("cab") == TextIds{7, 50});
  CHECK(tokenizer.decode(TextIds{1000000, 3, 4, 999999}) == "ba");
}

TEST_CASE("a tokenizer.json that is cut anywhere is refused") {
  const std::string whole = with_model(R"({"a":0,"b":1,"ab":2,"\u0120":3})", R"(["a b",["\u0120","a"]])");
  const std::string sound = with_model(R"({"a":0,"b":1,"ab":2})", R"(["a b"])");
  REQUIRE(text_error(sound) == "(no error)");
  CHECK(text_error(whole).find("is not in the vocabulary") != std::string::npos);
  for (std::size_t size = 0; size < sound.size(); ++size) {
    CAPTURE(size);
    CHECK(text_error(sound.substr(0, size)).find("is not valid JSON") != std::string::npos);
  }
}

TEST_CASE("a damaged tokenizer.json is refused with what is wrong") {
  const auto refused = [](const std::string& text, const char* reason) {
    const std::string message = text_error(text);
    CAPTURE(message);
    CHECK(message.find(reason) != std::string::npos);
  };
  const std::string merges = R"(["a b"])";
  refused(with_model(R"({"a":0,"b":1,"a":2})", merges), "'a' appears twice");
  refused(with_model(R"({"a":0,"b":1,"ab":1})", merges), "two tokens have the id 1");
  refused(with_model(R"({"a":0,"b":1,"ab":-2})", merges), "'ab': expected a token id, found -2");
  refused(with_model(R"({"a":0,"b":1,"ab":2.0})", merges), "'ab': expected a token id");
  refused(with_model(R"({"a":0,"b":1,"ab":99999999999})", merges), "expected a token id, found 99999999999");
  refused(with_model(R"({"a":0,"b":1,"ab":2147483648})", merges), "'ab' has the id 2147483648");
  refused(with_model(R"({"a":0,"b":1,"ab":02})", merges), "is not valid JSON");
  refused(with_model(R"({"a":0,"b":1,"ab":2,})", merges), "is not valid JSON");
  refused(with_model("{\"a\":0,\"b\":1,\"a\nb\":2}", merges), "is not valid JSON");
  refused(with_model("{\"a\":0,\"b\":1,\"\xff\":2}", merges), "is not valid UTF-8");
  refused(with_model(R"({"a":0,"b":1,"\ud800":2})", merges), "is not valid JSON");
  refused(with_model(R"(["a"])", merges), "vocab: expected a table, found list");
  refused(with_model(R"({"a":0,"b":1,"ab":2})", R"({"a":"b"})"), "merges: expected a list, found table");
  refused(with_model(R"({"a":0,"b":1,"ab":2})", R"(["ab"])"), "merges[0]: expected two tokens");
  refused(with_model(R"({"a":0,"b":1,"ab":2})", R"([["a","b","c"]])"), "merges[0]: expected two tokens");
  refused(with_model(R"({"a":0,"b":1,"ab":2})", R"(["a b","b a"])"), "merge 2: 'ba' is not in the vocabulary");
  refused(with_model(R"({"a":0,"b":1,"ab":2})", merges) + "{}", "is not valid JSON");
  refused(R"({"model":{"type":"BPE","vocab":{},"vocab":{},"merges":[]},"decoder":{"type":"Fuse"}})",
          "the key 'vocab' appears twice");
  refused(R"({"model":[]})", "expected a table, found list");
}

TEST_CASE("the mark of Metaspace goes before the first text only, if the file says so") {
  const auto load_first = [](const char* split) {
    return load_text(std::string(R"({"added_tokens":[{"id":9,"content":"<i>","special":true}],
      "pre_tokenizer":{"type":"Metaspace","replacement":"_","prepend_scheme":"first","split":)") + split + R"(},
      "decoder":{"type":"Metaspace","replacement":"_","prepend_scheme":"first"},
      "model":{"type":"BPE","vocab":{"a":0,"_":1,"_a":2},"merges":["_ a"]}})");
  };
  for (const char* split : {"true", "false"}) {
    const Tokenizer tokenizer = load_first(split);
    CHECK(tokenizer.encode("a<i>a a") == TextIds{2, 9, 0, 2});
    CHECK(tokenizer.encode(" a") == TextIds{2});
    CHECK(tokenizer.encode("<i>a") == TextIds{9, 0});
    CHECK(tokenizer.decode(TextIds{2, 9, 0, 2}) == "a<i>a a");
  }
  const std::string behind = R"({"decoder":{"type":"Fuse"},"model":{"type":"BPE","vocab":{},"merges":[]},
    "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},
    {"type":"Metaspace","replacement":"_","prepend_scheme":"first"}]}})";
  CHECK(text_error(behind).find("'first' is not supported behind another step") != std::string::npos);
}
