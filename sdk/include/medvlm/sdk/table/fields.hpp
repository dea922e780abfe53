// Small conversions of table cells that several datasets share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// The text without white space at both ends.
MEDVLM_API std::string_view trimmed(std::string_view text);

/// ASCII letters in lower case.
MEDVLM_API std::string lower_case(std::string_view text);

/// The whole text as a finite number ("1", "-1.0", "8e1"), independent of the locale.
MEDVLM_API std::optional<double> to_number(std::string_view text);

/// The whole text as an integer; "1.0" counts, because spreadsheets write it so.
MEDVLM_API std::optional<std::int64_t> to_integer(std::string_view text);

/// True for what tables write where nothing is known, in any case: empty, "NA", "N/A", "NaN", "null", "none",
/// "unknown".
MEDVLM_API bool is_missing(std::string_view text);

/// The decade of an age in years: "30-39", "90+", or "unknown" for what is missing or no age.
MEDVLM_API std::string age_band(std::string_view age);

}  // namespace medvlm::sdk
