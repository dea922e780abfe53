// HTML character references (&amp; &#233; &#x2019;) and what they stand for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// What a named reference of HTML5 stands for (UTF-8), by the name between & and ;. Names are case-sensitive.
/// `without_semicolon`: only the old names that browsers accept without one.
MEDVLM_API std::optional<std::string> find_html_entity(std::string_view name, bool without_semicolon = false);

/// Every character reference replaced, those without a semicolon too, as HTML5's parsing rules and Python's
/// html.unescape() do: "this&notthat" becomes "this¬that". One pass: "&amp;lt;" becomes "&lt;". `text` must be
/// well-formed UTF-8. Thread safe.
MEDVLM_API std::string unescape_html(std::string_view text);

}  // namespace medvlm::sdk
