#include "medvlm/sdk/table/fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "medvlm/core/subgroups.hpp"

namespace medvlm::sdk {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<double> to_number(std::string_view text) {
  text = trimmed(text);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  text = trimmed(text);
  std::int64_t integer = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (error == std::errc{} && end == text.data() + text.size()) return integer;
  const auto number = to_number(text);
  if (!number || *number != std::trunc(*number) || std::abs(*number) > 0x1p53) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

bool is_missing(std::string_view text) {
  constexpr std::array<std::string_view, 7> kWords = {"", "na", "n/a", "nan", "null", "none", "unknown"};
  const std::string word = lower_case(trimmed(text));
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

std::string age_band(std::string_view age) {
  const auto years = to_number(age);
  return years ? decade_of_age(*years) : "unknown";
}

}  // namespace medvlm::sdk
