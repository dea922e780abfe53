// SentencePiece's precompiled character map.
#include "charsmap.hpp"

#include <memory>

#include <unicode/brkiter.h>

#include "json_part.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::size_t kLongestWholeGrapheme = 5;

std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// One unit of the double array (github.com/s-yata/darts-clone): a label, a link to the children, or a value.
bool has_leaf(std::uint32_t unit) { return (unit >> 8 & 1) != 0; }
std::uint32_t label(std::uint32_t unit) { return unit & (0x80000000u | 0xff); }
std::uint32_t offset(std::uint32_t unit) { return (unit >> 10) << ((unit & 0x200) >> 6); }
std::uint32_t value(std::uint32_t unit) { return unit & 0x7fffffffu; }

void append_points(const CharsMap& map, std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view point = text.substr(at, code_point_at(text, at).length);
    const auto rule = map.shortest(point);
    out += rule ? rule->replacement : point;
    at += point.size();
  }
}

}  // namespace

CharsMap::CharsMap(std::string_view blob, const std::string& place) {
  if (blob.empty()) return;
  if (blob.size() < 4) fail_part(place, "the character map is damaged: it has no size");
  const std::size_t bytes = little_endian(blob, 0);
  if (bytes % 4 != 0 || bytes == 0 || bytes > blob.size() - 4) {
    fail_part(place, "the character map is damaged: its trie has " + std::to_string(bytes) + " bytes, the map " +
                         std::to_string(blob.size()));
  }
  for (std::size_t at = 0; at < bytes; at += 4) units_.push_back(little_endian(blob, 4 + at));
  replacements_ = blob.substr(4 + bytes);
}

std::optional<CharsMap::Rule> CharsMap::rule(std::size_t length, std::uint32_t unit) const {
  const std::size_t begin = value(unit);
  if (begin > replacements_.size()) return std::nullopt;
  const std::size_t end = std::min(replacements_.find('\0', begin), replacements_.size());
  return Rule{length, std::string_view(replacements_).substr(begin, end - begin)};
}

std::optional<CharsMap::Rule> CharsMap::find(std::string_view text, bool stop_at_first) const {
  std::optional<Rule> found;
  if (units_.empty()) return found;
  std::size_t at = offset(units_[0]);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    at ^= byte;
    // A damaged trie may point anywhere; that is no match.
    if (byte == 0 || at >= units_.size() || label(units_[at]) != byte) break;
    const std::uint32_t unit = units_[at];
    at ^= offset(unit);
    if (!has_leaf(unit) || at >= units_.size()) continue;
    if (const auto match = rule(i + 1, units_[at])) found = match;
    if (found && stop_at_first) break;
  }
  return found;
}

std::optional<CharsMap::Rule> CharsMap::longest(std::string_view text) const { return find(text, false); }
std::optional<CharsMap::Rule> CharsMap::shortest(std::string_view text) const { return find(text, true); }

std::string apply_by_grapheme(const CharsMap& map, const std::string& text) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> breaks(
      icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
  UText* utf8 = utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status);
  const std::unique_ptr<UText, decltype(&utext_close)> owner(utf8, &utext_close);
  if (U_SUCCESS(status)) breaks->setText(utf8, status);
  if (U_FAILURE(status)) throw Error(ErrorCode::internal, std::string("ICU: ") + u_errorName(status));
  std::string result;
  std::size_t begin = 0;
  for (std::int32_t next = breaks->next(); next != icu::BreakIterator::DONE; next = breaks->next()) {
    const auto end = static_cast<std::size_t>(next);
    const std::string_view grapheme = std::string_view(text).substr(begin, end - begin);
    const auto rule = grapheme.size() <= kLongestWholeGrapheme ? map.shortest(grapheme) : std::nullopt;
    if (rule) {
      result += rule->replacement;
    } else {
      append_points(map, grapheme, result);
    }
    begin = end;
  }
  return result;
}

}  // namespace medvlm::sdk
