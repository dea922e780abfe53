#include "medvlm/analysis/predictions_file.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"

namespace medvlm::analysis {
namespace {

using nlohmann::json;

// The writer has null for what is no finite number.
double number_or_nan(const json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

std::string text_at(const json& line, const char* key) {
  const auto found = line.find(key);
  return found == line.end() ? std::string() : found->get<std::string>();
}

PredictionRecord record_from(const json& line) {
  PredictionRecord record;
  record.index = line.at("index").get<std::uint64_t>();
  record.id = line.at("id").get<std::string>();
  record.image = text_at(line, "image");
  record.question = text_at(line, "question");
  record.answer = text_at(line, "answer");
  record.text = text_at(line, "text");
  record.prompt_tokens = line.value("prompt_tokens", std::int64_t{0});
  record.new_tokens = line.value("new_tokens", std::int64_t{0});
  record.seconds = line.value("seconds", 0.0);
  if (const auto label = line.find("label"); label != line.end()) record.label = label->get<std::int64_t>();
  if (const auto labels = line.find("labels"); labels != line.end()) record.labels = labels->get<std::vector<int>>();
  if (const auto open = line.find("open"); open != line.end()) record.open = open->get<bool>();
  if (const auto scores = line.find("scores"); scores != line.end()) {
    for (const json& score : *scores) record.scores.push_back(number_or_nan(score));
  }
  if (const auto groups = line.find("groups"); groups != line.end()) {
    for (const auto& [name, value] : groups->items()) record.groups.emplace_back(name, value.get<std::string>());
  }
  if (const auto values = line.find("values"); values != line.end()) {
    for (const auto& [metric, value] : values->items()) record.values.emplace_back(metric, number_or_nan(value));
  }
  if (const auto error = line.find("error"); error != line.end()) {
    record.error = PredictionError{text_at(*error, "stage"), text_at(*error, "code"), text_at(*error, "message")};
  }
  return record;
}

// "[json.exception.out_of_range.403] key 'id' not found" without what is in brackets.
std::string plain(const json::exception& error) {
  const std::string text = error.what();
  const auto end = text.find("] ");
  return end == text.npos ? text : text.substr(end + 2);
}

}  // namespace

const double* PredictionRecord::value_of(std::string_view metric) const {
  const auto found = std::find_if(values.begin(), values.end(), [&](const auto& each) { return each.first == metric; });
  return found == values.end() ? nullptr : &found->second;
}

PredictionsFile::PredictionsFile(std::filesystem::path file) : file_(std::move(file)) {
  if (std::filesystem::is_directory(file_)) {
    throw Error(ErrorCode::io, "'" + file_.string() + "' is a folder; predictions are a file, predictions.jsonl");
  }
  stream_.open(file_, std::ios::binary);
  if (!stream_) {
    throw Error(ErrorCode::io, "cannot read '" + file_.string() + "': " + std::generic_category().message(errno));
  }
}

bool PredictionsFile::next(PredictionRecord& record) {
  for (std::string text; std::getline(stream_, text);) {
    ++line_;
    if (text.find_first_not_of(" \t\r") == text.npos) continue;
    try {
      record = record_from(json::parse(text));
      return true;
    } catch (const json::exception& error) {
      throw Error(ErrorCode::data, file_.string() + ":" + std::to_string(line_) + ": no prediction: " + plain(error) +
                                       "; write the file anew with medvlm run --rescore");
    }
  }
  if (stream_.bad()) throw Error(ErrorCode::io, "cannot read '" + file_.string() + "' beyond line " + std::to_string(line_));
  return false;
}

std::vector<PredictionRecord> read_predictions(const std::filesystem::path& file) {
  std::vector<PredictionRecord> records;
  PredictionsFile predictions(file);
  for (PredictionRecord record; predictions.next(record);) records.push_back(std::move(record));
  return records;
}

}  // namespace medvlm::analysis
