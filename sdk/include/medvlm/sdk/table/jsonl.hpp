// Reads JSONL files (one JSON object per line) and JSON files that are one list of objects.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/value.hpp"
#include "medvlm/sdk/table/table.hpp"

namespace medvlm::sdk {

/// One line of a JSONL file. JSON null becomes a null Value.
struct JsonlRow {
  Value::Table object;
  std::int64_t line = 0;
};

/// Parses JSONL text; blank lines are skipped, a byte order mark is accepted. Throws Error(data) "origin:line: ..."
/// for bad UTF-8, bad JSON, a line that is not an object, a key used twice, an integer beyond 64 bits, and nesting
/// deeper than 64 levels.
MEDVLM_API std::vector<JsonlRow> parse_jsonl(std::string_view text, const std::string& origin);

/// Reads and parses a file. Throws Error(data), also for a file that does not exist, and Error(io).
MEDVLM_API std::vector<JsonlRow> read_jsonl(const std::filesystem::path& file);

/// The same as a table of texts. Columns are all keys in order of first appearance; a missing key or null gives an
/// empty cell, true and false their names, numbers their shortest form, lists and objects their JSON.
MEDVLM_API Table parse_jsonl_table(std::string_view text, const std::string& origin);
MEDVLM_API Table read_jsonl_table(const std::filesystem::path& file);

/// The same for one JSON list of objects, laid out over lines or not; a row's line is the one on which its object begins.
/// Throws Error(data) as parse_jsonl() does, and for anything but one such list.
MEDVLM_API Table parse_json_list_table(std::string_view text, const std::string& origin);
MEDVLM_API Table read_json_list_table(const std::filesystem::path& file);

}  // namespace medvlm::sdk
