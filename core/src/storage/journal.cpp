#include "medvlm/core/journal.hpp"

#include <charconv>
#include <set>
#include <nlohmann/json.hpp>

#include "medvlm/base/hash.hpp"
#include "medvlm/base/log.hpp"
#include "medvlm/core/prediction_json.hpp"

namespace medvlm {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;
constexpr std::size_t kChecksumDigits = 8;

std::string checksum_text(std::string_view bytes) {
  char text[kChecksumDigits + 1];
  std::snprintf(text, sizeof text, "%08x", crc32(bytes));
  return text;
}

/// "<checksum> <json>\n"
std::string journal_line(const std::string& content) { return checksum_text(content) + " " + content + "\n"; }

/// The JSON of one line without its newline, or nothing if the checksum says that the line is damaged.
std::optional<json> parse_line(std::string_view line) {
  if (line.size() < kChecksumDigits + 2 || line[kChecksumDigits] != ' ') return std::nullopt;
  const std::string_view content = line.substr(kChecksumDigits + 1);
  if (line.substr(0, kChecksumDigits) != checksum_text(content)) return std::nullopt;
  json parsed = json::parse(content, nullptr, false);
  if (parsed.is_discarded()) return std::nullopt;
  return parsed;
}

/// What a journal file holds.
struct Content {
  json identity;
  std::map<std::size_t, JournalRecord> records;
  std::uint64_t good_bytes = 0;  ///< everything after is a torn tail
  bool has_header = false;
};

void add_record(const json& line, const std::filesystem::path& file, std::size_t number, Content& content) {
  try {
    JournalRecord record;
    record.index = line.at("index").get<std::size_t>();
    record.id = line.at("id").get<std::string>();
    record.prediction = prediction_from_json(line);
    content.records[record.index] = std::move(record);
  } catch (const json::exception& error) {
    throw Error(ErrorCode::io, file.string() + ":" + std::to_string(number) + ": not a journal record (" + error.what() +
                                   "); it was written by another version: start over with --fresh");
  }
}

Content parse_journal(const std::filesystem::path& file) {
  const std::string bytes = read_file(file);
  Content content;
  std::size_t number = 0;
  std::size_t start = 0;
  while (start < bytes.size()) {
    ++number;
    const std::size_t end = bytes.find('\n', start);
    const std::string_view line = std::string_view(bytes).substr(start, end == std::string::npos ? end : end - start);
    const auto parsed = end == std::string::npos ? std::nullopt : parse_line(line);
    if (!parsed) {
      // A kill can only tear the end of the file. A good line further on means that the disk or somebody damaged it.
      std::size_t next = end;
      while (next != std::string::npos && next + 1 < bytes.size()) {
        const std::size_t stop = bytes.find('\n', next + 1);
        if (stop == std::string::npos) break;
        if (parse_line(std::string_view(bytes).substr(next + 1, stop - next - 1))) {
          throw Error(ErrorCode::io, file.string() + ":" + std::to_string(number) + ": damaged record at byte " +
                                         std::to_string(start) +
                                         " (its checksum does not fit); restore the file, or start over with --fresh");
        }
        next = stop;
      }
      break;
    }
    if (!content.has_header) {
      if (!parsed->is_object() || parsed->value("journal", 0) != kFormat) {
        throw Error(ErrorCode::io, file.string() + ": not a journal of format " + std::to_string(kFormat) +
                                       "; start over with --fresh");
      }
      content.identity = parsed->value("identity", json::object());
      content.has_header = true;
    } else {
      add_record(*parsed, file, number, content);
    }
    start = end + 1;
    content.good_bytes = start;
  }
  return content;
}

std::string header_line(const json& identity) {
  return journal_line(json{{"journal", kFormat}, {"identity", identity}}.dump());
}

std::string record_line(const JournalRecord& record) {
  json line = prediction_to_json(record.prediction);
  line["index"] = record.index;
  line["id"] = record.id;
  return journal_line(line.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string short_value(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > 80) text = text.substr(0, 77) + "...";
  return text;
}

/// The scenario's journal and those of its shards, as far as they are there.
std::vector<std::filesystem::path> journal_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files{folder / "journal.jsonl"};
  if (std::filesystem::is_directory(folder / "shards")) {
    for (const auto& shard : std::filesystem::directory_iterator(folder / "shards")) {
      files.push_back(shard.path() / "journal.jsonl");
    }
  }
  std::erase_if(files, [](const auto& file) { return !std::filesystem::exists(file); });
  return files;
}

json without_scoring(json identity) {
  identity.erase("scoring");
  return identity;
}

/// "/model/options/checkpoint" -> "model.options.checkpoint"
std::string dotted(std::string pointer) {
  if (!pointer.empty()) pointer.erase(0, 1);
  std::replace(pointer.begin(), pointer.end(), '/', '.');
  return pointer;
}

}  // namespace

std::vector<std::string> identity_differences(const std::string& before, const std::string& now) {
  const json old_values = json::parse(before).flatten();
  const json new_values = json::parse(now).flatten();
  std::vector<std::string> differences;
  for (const auto& [key, value] : old_values.items()) {
    const auto found = new_values.find(key);
    if (found == new_values.end()) {
      differences.push_back(dotted(key) + ": was " + short_value(value) + ", is not set now");
    } else if (*found != value) {
      differences.push_back(dotted(key) + ": was " + short_value(value) + ", is " + short_value(*found));
    }
  }
  for (const auto& [key, value] : new_values.items()) {
    if (!old_values.contains(key)) differences.push_back(dotted(key) + ": was not set, is " + short_value(value));
  }
  return differences;
}

JournalState inspect_journal(const std::filesystem::path& folder, const std::string& identity) {
  JournalState state;
  std::set<std::size_t> seen;
  for (const auto& file : journal_files(folder)) {
    const Content content = parse_journal(file);
    if (!content.has_header) continue;
    for (const auto& [index, record] : content.records) {
      if (seen.insert(index).second) state.errored += record.prediction.error ? 1 : 0;
    }
    if (!state.exists) state.differences = identity_differences(content.identity.dump(), identity);
    state.exists = true;
  }
  state.records = seen.size();
  return state;
}

Journal::Journal(const std::filesystem::path& folder, const std::string& identity, JournalMode mode)
    : file_(folder / "journal.jsonl") {
  if (mode != JournalMode::fresh && std::filesystem::exists(file_)) read(identity, mode);
  if (!out_) start(identity);
}

void Journal::start(const std::string& identity) {
  records_.clear();
  write_file_atomically(file_, header_line(json::parse(identity)));
  out_ = std::make_unique<AppendFile>(file_);
}

void Journal::read(const std::string& identity, JournalMode mode) {
  Content content = parse_journal(file_);
  if (!content.has_header) return;  // killed before the header was complete: nothing is lost by starting
  const json now = json::parse(identity);
  const bool rescoring = mode == JournalMode::rescore;
  const auto differences =
      rescoring ? identity_differences(without_scoring(content.identity).dump(), without_scoring(now).dump())
                : identity_differences(content.identity.dump(), identity);
  if (!differences.empty()) {
    std::string message = "the run folder '" + file_.parent_path().string() + "' holds another study:";
    for (const std::string& difference : differences) message += "\n  " + difference;
    const bool scoring_only = without_scoring(content.identity) == without_scoring(now);
    message += scoring_only ? "\nkeep the predictions and compute the numbers anew with --rescore, or start over with --fresh"
                            : "\nrestore these settings to continue, start over with --fresh, or choose another output";
    throw Error(ErrorCode::conflict, message);
  }
  records_ = std::move(content.records);
  const std::uint64_t size = std::filesystem::file_size(file_);
  if (content.good_bytes < size) {
    log(LogLevel::warning, file_.string() + ": cut off a torn record of " +
                               std::to_string(size - content.good_bytes) + " bytes at the end");
  }
  if (content.identity != now) {  // rescoring: the header must name the scoring that the results follow
    std::string whole = header_line(now);
    for (const auto& [index, record] : records_) whole += record_line(record);
    write_file_atomically(file_, whole);
    out_ = std::make_unique<AppendFile>(file_);
  } else {
    out_ = std::make_unique<AppendFile>(file_, content.good_bytes);
  }
}

void Journal::append(std::span<const JournalRecord> records) {
  std::string bytes;
  for (const JournalRecord& record : records) bytes += record_line(record);
  out_->append(bytes);
  out_->sync();
  for (const JournalRecord& record : records) records_[record.index] = record;
}

}  // namespace medvlm
