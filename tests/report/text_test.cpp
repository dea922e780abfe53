// Text in other languages.
#include "report/text.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

namespace medvlm::report {

TEST_CASE("HTML text cannot become markup") {
  CHECK(html_text("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  CHECK(html_text("caf\xC3\xA9 \xE2\x80\xA0") == "caf\xC3\xA9 \xE2\x80\xA0");
}

TEST_CASE("bytes that are no UTF-8 are replaced") {
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(clean_utf8("a\xFFz") == "a" + bad + "z");
  CHECK(clean_utf8("a\xC3") == "a" + bad);                                 // cut short
  CHECK(clean_utf8("\xC0\xAF") == bad + bad);                              // overlong
  CHECK(clean_utf8("\xED\xA0\x80") == bad + bad + bad);                    // a surrogate
  CHECK(clean_utf8(std::string("a\0b\x1B", 4)) == "a" + bad + "b" + bad);  // controls
  CHECK(clean_utf8("\xF0\x9F\xA9\xBB\t\n") == "\xF0\x9F\xA9\xBB\t\n");
}

TEST_CASE("JSON in a script element cannot end it") {
  const Json value = {{"text", "</script><!--"}, {"bytes", "\xFF"}};
  const std::string text = script_json(value);
  CHECK(text.find('<') == std::string::npos);
  CHECK(Json::parse(text)["text"] == "</script><!--");
}

TEST_CASE("Markdown, LaTeX and CSV") {
  CHECK(markdown_text("a|b\n*c*") == "a\\|b \\*c\\*");
  CHECK(latex_text("50 % of A_B & $x$ {y} \\z #~^") ==
        "50 \\% of A\\_B \\& \\$x\\$ \\{y\\} \\textbackslash{}z \\#\\textasciitilde{}\\textasciicircum{}");
  CHECK(latex_text("\xE2\x88\x92"
                   "1.2\xE2\x80\xA0") == "$-$1.2$\\dagger$");
  CHECK(csv_text("plain") == "plain");
  CHECK(csv_text("a,\"b\"") == "\"a,\"\"b\"\"\"");
  CHECK(csv_text("=1+1") == "'=1+1");
}

TEST_CASE("numbers") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(decimal(-1.005, 1) ==
        "\xE2\x88\x92"
        "1.0");
  CHECK(decimal(-0.001, 2) == "0.00");
  CHECK(decimal(nan, 2) == "\xE2\x80\x93");
  CHECK(signed_decimal(2.5, 2) == "+2.50");
  CHECK(signed_decimal(0.001, 2) == "0.00");
  CHECK(exact(0.1) == "0.1");
  CHECK(exact(nan).empty());
  CHECK(grouped(1234567) == "1\u202f234\u202f567");
  CHECK(grouped(999) == "999");
  CHECK(p_text(0.0004) == "< 0.001");
  CHECK(p_text(0.0314) == "0.031");
  CHECK(amount(1026) == "1.03 k");
  CHECK(amount(12.3e6) == "12.3 M");
  CHECK(duration(0.25) == "250 ms");
  CHECK(duration(125) == "2 min 5 s");
  CHECK(duration(7440) == "2 h 4 min");
  CHECK(bytes_text(2048) == "2.0 KiB");
}

TEST_CASE("ids of HTML elements") {
  CHECK(slug("VQA-RAD (test)") == "vqa-rad-test");
  CHECK(slug("\xE2\x80\xA0") == "x");
}

}  // namespace medvlm::report
