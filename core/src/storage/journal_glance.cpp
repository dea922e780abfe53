// How far a journal is, without reading its records: an overview of hundreds of scenarios must not take minutes.
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "medvlm/core/journal.hpp"

namespace medvlm {
namespace {

using nlohmann::json;

constexpr std::size_t kJsonBegin = 9;  ///< after eight digits of the checksum and a space

/// The number behind a key of the line's JSON. Quotes inside of texts are escaped there, so that `"index":` is a key.
std::optional<std::size_t> number_behind(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == line.npos) return std::nullopt;
  std::size_t number = 0;
  const char* begin = line.data() + at + key.size();
  const auto [end, error] = std::from_chars(begin, line.data() + line.size(), number);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

json header_identity(std::string_view line) {
  if (line.size() <= kJsonBegin) return nullptr;
  const json header = json::parse(line.substr(kJsonBegin), nullptr, false);
  return header.is_object() && header.contains("journal") ? header.value("identity", json::object()) : json(nullptr);
}

}  // namespace

JournalState glance_at_journal(const std::filesystem::path& folder, const std::string& identity) {
  JournalState state;
  const auto file = folder / "journal.jsonl";
  std::error_code none;
  if (std::filesystem::file_size(file, none) == 0 || none) return state;
  const MappedFile mapped(file);
  std::string_view rest = mapped.bytes();
  std::vector<signed char> outcomes;  // by position: 0 nothing, 1 a prediction, -1 an error; the last record counts
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == rest.npos) break;  // a record that a kill has torn
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (!state.exists) {
      const json before = header_identity(line);
      if (before.is_null()) return state;
      state.exists = true;
      if (before != json::parse(identity)) state.differences = identity_differences(before.dump(), identity);
    } else if (const auto index = number_behind(line, "\"index\":"); index && *index < mapped.size()) {
      if (*index >= outcomes.size()) outcomes.resize(*index + 1, 0);
      outcomes[*index] = line.find("\"error\":") == line.npos ? 1 : -1;
    }
  }
  for (const signed char outcome : outcomes) {
    state.records += outcome != 0;
    state.errored += outcome < 0;
  }
  return state;
}

}  // namespace medvlm
