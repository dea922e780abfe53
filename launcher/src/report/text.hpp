// Text in other languages: HTML, JSON inside HTML, Markdown, LaTeX, CSV; and numbers as text.
#pragma once

#include <string>
#include <string_view>

#include "document.hpp"

namespace medvlm::report {

/// Valid UTF-8: bytes that are not become U+FFFD; control characters other than tab and line ends too.
std::string clean_utf8(std::string_view text);

/// For an element's content and for an attribute in double quotes.
std::string html_text(std::string_view text);

/// JSON that may stand in a <script> element: no "</script>", no "<!--" (every '<' is \u003c), no line separators.
std::string script_json(const Json& json);

/// For a cell of a Markdown table.
std::string markdown_text(std::string_view text);

/// For LaTeX's text mode.
std::string latex_text(std::string_view text);

/// A CSV field, in quotes where it needs them (RFC 4180). Text that a spreadsheet would take for a formula is led by an
/// apostrophe.
std::string csv_text(std::string_view text);

/// What may stand in an HTML id, of any text. Different texts may give the same.
std::string slug(std::string_view text);

/// With so many decimals and a true minus sign; "–" for NaN.
std::string decimal(double value, int decimals);
/// The same with a sign before positive numbers.
std::string signed_decimal(double value, int decimals);
/// The shortest text that reads back to the same number; empty for NaN. For CSV.
std::string exact(double value);
/// 12 345 678, in groups of three.
std::string grouped(long long value);
/// A p-value: "0.031", "< 0.001".
std::string p_text(double p);
/// "12.3 M", "7.1 B".
std::string amount(double count);
/// "350 ms", "12.0 s", "3 min 5 s", "2 h 4 min"; "–" for NaN or 0.
std::string duration(double seconds);
/// "12.3 MiB"; "–" for 0.
std::string bytes_text(double bytes);

}  // namespace medvlm::report
