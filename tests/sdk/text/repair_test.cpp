// HTML references and text repair against Python's html module and ftfy.
#include <zlib.h>

#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "goldens_folder.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/fix_text.hpp"
#include "medvlm/sdk/text/html.hpp"
#include "medvlm/sdk/text/unicode.hpp"

using namespace medvlm::sdk;

namespace {

/// Calls `check` with every line of the corpus; returns how many there were.
template <class Check>
int for_each_text(const Check& check) {
  const auto file = medvlm::test::goldens_folder() / "text_repair" / "corpus.jsonl.gz";
  gzFile in = gzopen(file.c_str(), "rb");
  REQUIRE_MESSAGE(in, "cannot open " << file);
  int count = 0;
  std::string line(1 << 16, '\0');
  while (gzgets(in, line.data(), static_cast<int>(line.size()))) {
    check(nlohmann::json::parse(line.c_str()));
    ++count;
  }
  gzclose(in);
  return count;
}

}  // namespace

TEST_CASE("texts are repaired as by ftfy") {
  if (!medvlm::test::goldens_present("text_repair")) return;
  const int count = for_each_text([](const nlohmann::json& line) {
    const std::string text = line["text"];
    CAPTURE(line.dump());
    CHECK(fix_encoding(text) == line["encoding"].get<std::string>());
    CHECK(fix_text(text) == line["fixed"].get<std::string>());
  });
  CHECK(count > 1000);
}

TEST_CASE("HTML references are replaced as by Python's html.unescape") {
  if (!medvlm::test::goldens_present("text_repair")) return;
  const int count = for_each_text([](const nlohmann::json& line) {
    CHECK(unescape_html(line["text"].get<std::string>()) == line["unescaped"].get<std::string>());
  });
  CHECK(count > 1000);
}

TEST_CASE("HTML references: names, numbers, old names without semicolon") {
  CHECK(unescape_html("&lt;&Jscr;&HilbertSpace;&NotEqualTilde;") == "<𝒥ℋ≂̸");
  CHECK(unescape_html("this&notthat &notin; &amp&ampx &AMP") == "this¬that ∉ &&x &");
  CHECK(unescape_html("&#65;&#x41;&#X41 &#0; &#128; &#x110000; &#xd800; &#1; &#13;") == "AAA \ufffd € \ufffd \ufffd  \r");
  CHECK(unescape_html("& && &; &# &#; &#x; &x &unknown; &unknown") == "& && &; &# &#; &#x; &x &unknown; &unknown");
  CHECK(unescape_html("&#99999999999999999999999;") == "\ufffd");
  CHECK(unescape_html("&amp;lt;") == "&lt;");
  CHECK(find_html_entity("amp", true) == "&");
  CHECK_FALSE(find_html_entity("hellip", true));
  CHECK_FALSE(find_html_entity("nothing"));
}

TEST_CASE("repair keeps references of real HTML, from the line with a tag on") {
  CHECK(fix_text("a &amp; b\nc <b> &amp; d\ne &amp; f") == "a & b\nc <b> &amp; d\ne &amp; f");
}

TEST_CASE("repair of lines, quotes, ligatures, widths, controls and encodings") {
  CHECK(fix_text("\u201chere\u2019s\u201d a test\r\nof \u2028 lines") == "\"here's\" a test\nof \n lines");
  CHECK(fix_text("ﬂuﬃeﬆ Ŀ ＬＯＵＤ　ﾀ") == "fluffiest Ŀ LOUD タ");
  CHECK(fix_text("\x1b[36;44mblue\x1b[0m \ufeff\x07") == "blue ");
  CHECK(fix_text("âœ” No problems, voilÃ  le travail") == "✔ No problems, voilà le travail");
  CHECK(fix_text("P&EACUTE;REZ BUNDESSTRA&SZLIG;E &nTILDE;") == "PÉREZ BUNDESSTRASSE &nTILDE;");
  CHECK(fix_text("e\u0301") == "é");
  CHECK(fix_text("") == "");
  CHECK_THROWS_AS(fix_text("a\xff"), medvlm::Error);
}

TEST_CASE("case of whole texts") {
  CHECK(to_lower_in_context("ΣΟΦΟΣ İ ẞ") == "σοφος i̇ ß");
  CHECK(to_upper("straße ŉ ﬁ") == "STRASSE ʼN FI");
  CHECK(to_nfkc(U'ﾀ') == "タ");
}
