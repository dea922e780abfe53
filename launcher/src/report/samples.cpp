#include "samples.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "figures/spec.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "text.hpp"

namespace medvlm::report {
namespace {

using analysis::Outcome;
using analysis::PredictionRecord;

constexpr std::size_t kFailedSamples = 20;
constexpr std::size_t kLongText = 600;  // bytes; a whole answer is in predictions.jsonl

/// Whether sample i of n is one of `wanted` evenly spaced ones.
bool chosen(std::size_t i, std::size_t n, std::size_t wanted) {
  if (wanted >= n) return true;
  return i * wanted / n != (i + 1) * wanted / n;
}

std::string shortened(const std::string& text) {
  if (text.size() <= kLongText) return clean_utf8(text);
  std::size_t end = kLongText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return clean_utf8(std::string_view(text).substr(0, end)) + "\u2026";
}

std::string class_name(const Outcome& outcome, std::size_t index) {
  const auto& classes = outcome.dataset.classes;
  return index < classes.size() ? clean_utf8(classes[index]) : "class " + std::to_string(index);
}

std::string label_names(const Outcome& outcome, const std::vector<int>& labels) {
  std::string names;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == 1) names += (names.empty() ? "" : ", ") + class_name(outcome, i);
  }
  return names.empty() ? "none" : names;
}

/// What is the same for all models: {i, id, q, a, o, g, img}.
Json sample_facts(const Outcome& outcome, const PredictionRecord& record) {
  Json facts = {{"i", record.index}, {"id", shortened(record.id)}};
  if (!record.question.empty()) facts["q"] = shortened(record.question);
  if (!record.question.empty() || !record.answer.empty()) {
    facts["a"] = shortened(record.answer);
  } else if (!record.labels.empty()) {
    facts["a"] = label_names(outcome, record.labels);
  } else if (record.label && *record.label >= 0) {
    facts["a"] = class_name(outcome, static_cast<std::size_t>(*record.label));
  }
  if (record.open) facts["o"] = *record.open ? 1 : 0;
  std::string groups;
  for (const auto& [group, value] : record.groups)
    groups += (groups.empty() ? "" : ", ") + shortened(group + " " + value);
  if (!groups.empty()) facts["g"] = groups;
  return facts;
}

/// [prediction, score, right (1, 0, null)] of a diagnosis.
Json diagnosis_row(const Outcome& outcome, const PredictionRecord& record) {
  if (record.scores.empty()) return Json::array({"", nullptr, nullptr});
  if (!record.labels.empty()) {
    std::vector<int> said(record.scores.size());
    bool right = true;
    for (std::size_t i = 0; i < said.size(); ++i) {
      said[i] = record.scores[i] >= 0.5 ? 1 : 0;
      if (i < record.labels.size() && record.labels[i] >= 0) right = right && said[i] == record.labels[i];
    }
    return Json::array({label_names(outcome, said), nullptr, right ? 1 : 0});
  }
  const auto best = std::max_element(record.scores.begin(), record.scores.end());
  const auto index = static_cast<std::size_t>(best - record.scores.begin());
  Json right = nullptr;
  if (record.label && *record.label >= 0) right = static_cast<std::size_t>(*record.label) == index ? 1 : 0;
  return Json::array({class_name(outcome, index), rounded(*best, 3), right});
}

/// The metric by which answers are judged: the first headline that samples have a number for, else the first number
/// there is.
std::string measure_of(const Outcome& outcome, const std::vector<PredictionRecord>& predictions) {
  const auto scored = std::find_if(predictions.begin(), predictions.end(),
                                   [](const auto& record) { return !record.values.empty(); });
  if (scored == predictions.end()) return "";
  for (const analysis::OutcomeValue& value : outcome.values) {
    if (value.headline && scored->value_of(value.metric)) return value.metric;
  }
  return scored->values.front().first;
}

Json answer_row(const PredictionRecord& record, const std::string& measure) {
  const double* value = measure.empty() ? nullptr : record.value_of(measure);
  if (!value || std::isnan(*value)) return Json::array({shortened(record.text), nullptr, nullptr});
  return Json::array({shortened(record.text), rounded(*value, 3), *value >= 0.5 ? 1 : 0});
}

std::string base64(const std::string& bytes) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve(bytes.size() * 4 / 3 + 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k) text += i + k > bytes.size() ? '=' : kLetters[group >> (18 - 6 * k) & 63];
  }
  return text;
}

}  // namespace

ThumbnailFolder::ThumbnailFolder(std::filesystem::path folder) : folder_(std::move(folder)) {
  if (!std::filesystem::is_directory(folder_)) {
    throw Error(ErrorCode::io,
                folder_.string() + ": no such folder; --thumbnails takes a folder with <dataset>/<index>.png");
  }
}

std::string ThumbnailFolder::data_uri(const Outcome& outcome, const PredictionRecord& record) {
  static constexpr std::array<std::array<const char*, 2>, 3> kKinds = {
      {{".png", "image/png"}, {".jpg", "image/jpeg"}, {".webp", "image/webp"}}};
  const std::filesystem::path name(outcome.dataset.name);
  if (name.filename() != name) return "";  // "../x" must not lead out of the folder
  for (const auto& [ending, type] : kKinds) {
    const auto file = folder_ / name / (std::to_string(record.index) + ending);
    if (std::filesystem::is_regular_file(file))
      return "data:" + std::string(type) + ";base64," + base64(read_file(file));
  }
  return "";
}

SampleCollector::SampleCollector(std::size_t per_scenario, ImageThumbnails* thumbnails)
    : per_scenario_(per_scenario), thumbnails_(thumbnails) {}

void SampleCollector::add(const Outcome& outcome, const std::vector<PredictionRecord>& predictions) {
  const std::string key = outcome.dataset.name + "\n" + outcome.dataset.samples_sha256;
  if (!test_sets_.contains(key)) {
    test_set_names_.push_back(key);
    test_sets_[key].facts = {{"name", clean_utf8(outcome.dataset.name)}, {"all", predictions.size()}};
  }
  TestSet& test_set = test_sets_[key];
  Scenario scenario;
  scenario.name = outcome.name();
  scenario.model = outcome.model.name;
  scenario.method = outcome.adapter.name;
  scenario.test_set = key;
  scenario.all = predictions.size();
  scenario.measure = outcome.dataset.task == "vqa" ? measure_of(outcome, predictions) : "probability";
  std::size_t failed = 0;
  for (const PredictionRecord& record : predictions) {
    const bool shown = chosen(record.index, predictions.size(), per_scenario_) ||
                       (record.error && failed++ < kFailedSamples);
    if (!shown) continue;
    if (!test_set.samples.contains(record.index)) {
      Json facts = sample_facts(outcome, record);
      const std::string picture = thumbnails_ ? thumbnails_->data_uri(outcome, record) : "";
      if (!picture.empty()) facts["img"] = picture;
      test_set.samples[record.index] = std::move(facts);
    }
    Json row = record.error
                   ? Json::array({"", nullptr, nullptr, shortened(record.error->stage + ": " + record.error->message)})
               : outcome.dataset.task == "vqa" ? answer_row(record, scenario.measure)
                                               : diagnosis_row(outcome, record);
    scenario.rows[record.index] = std::move(row);
  }
  scenarios_.push_back(std::move(scenario));
}

Json SampleCollector::finish() {
  if (scenarios_.empty()) return nullptr;
  Json result = {{"datasets", Json::array()}, {"scenarios", Json::array()}};
  std::map<std::string, std::size_t> places;
  for (const std::string& key : test_set_names_) {
    places[key] = places.size();
    TestSet& test_set = test_sets_[key];
    Json samples = Json::array();
    for (auto& [index, facts] : test_set.samples) samples.push_back(std::move(facts));
    test_set.facts["samples"] = std::move(samples);
    result["datasets"].push_back(test_set.facts);
  }
  for (const Scenario& scenario : scenarios_) {
    Json rows = Json::array();
    for (const auto& [index, facts] : test_sets_[scenario.test_set].samples) {
      const auto found = scenario.rows.find(index);
      rows.push_back(found == scenario.rows.end() ? Json(nullptr) : found->second);
    }
    result["scenarios"].push_back({{"name", clean_utf8(scenario.name)},
                                   {"dataset", places[scenario.test_set]},
                                   {"measure", clean_utf8(scenario.measure)},
                                   {"all", scenario.all},
                                   {"rows", std::move(rows)}});
  }
  return result;
}

}  // namespace medvlm::report
