#include "sample_tests.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>

#include "medvlm/base/error.hpp"

namespace medvlm::analysis {
namespace {

constexpr double kSame = 1e-9;

bool scored(const PredictionRecord& record) { return !record.error; }

std::vector<const PredictionRecord*> scored_of(const std::vector<PredictionRecord>& records) {
  std::vector<const PredictionRecord*> found;
  for (const PredictionRecord& record : records) {
    if (scored(record)) found.push_back(&record);
  }
  return found;
}

/// Whether the record is positive for a class: 1, 0, or -1 for unknown.
std::int8_t truth_of(const PredictionRecord& record, std::size_t column) {
  if (!record.labels.empty()) return column < record.labels.size() ? static_cast<std::int8_t>(record.labels[column]) : -1;
  if (!record.label || *record.label < 0) return -1;
  return *record.label == static_cast<std::int64_t>(column) ? 1 : 0;
}

/// The class's score; a single score is that of the positive class. NaN where there is none.
double score_of(const PredictionRecord& record, std::size_t column) {
  const std::size_t at = record.scores.size() == 1 ? 0 : column;
  return at < record.scores.size() ? record.scores[at] : std::nan("");
}

}  // namespace

SharedSamples::SharedSamples(const ScenarioFiles& first, const ScenarioFiles& second, const std::string& cluster)
    : first_(first), second_(second) {
  std::map<std::uint64_t, const PredictionRecord*> others;
  for (const PredictionRecord& record : second.predictions) others[record.index] = &record;
  std::map<std::string, std::uint32_t> numbers;
  for (const PredictionRecord& record : first.predictions) {
    const auto found = others.find(record.index);
    if (found == others.end()) {
      (scored(record) ? first_only_ : neither_) += 1;
      continue;
    }
    const PredictionRecord& other = *found->second;
    others.erase(found);
    if (record.id != other.id) {
      throw Error(ErrorCode::conflict, "sample " + std::to_string(record.index) + " is '" + record.id + "' in '" +
                                           first.outcome.name() + "' and '" + other.id + "' in '" + second.outcome.name() +
                                           "': the two test sets differ; run both on the same one");
    }
    if (!scored(record) || !scored(other)) {
      (scored(record) ? first_only_ : scored(other) ? second_only_ : neither_) += 1;
      continue;
    }
    both_first_.push_back(&record);
    both_second_.push_back(&other);
    if (cluster.empty()) continue;
    const auto group = std::find_if(record.groups.begin(), record.groups.end(),
                                    [&](const auto& each) { return each.first == cluster; });
    // A sample without the group is a cluster of its own, as in the bootstrap.
    const std::string key = group == record.groups.end() ? "-" + std::to_string(record.index) : "+" + group->second;
    clusters_.push_back(numbers.try_emplace(key, static_cast<std::uint32_t>(numbers.size())).first->second);
  }
  for (const auto& [index, record] : others) (scored(*record) ? second_only_ : neither_) += 1;
}

void SharedSamples::count(ScenarioComparison& comparison) const {
  comparison.both = both_first_.size();
  comparison.first_only = first_only_;
  comparison.second_only = second_only_;
  comparison.neither = neither_;
}

void SharedSamples::test(ValueComparison& value, double confidence) const {
  if (both_first_.empty()) return;
  test_auroc(value, confidence);
  if (!value.delong) test_share(value);
}

// The metric itself tells that a value is an AUROC: it gives DeLong's interval. A mean over classes has none, but its classes do.
bool SharedSamples::is_auroc(const OutcomeValue& value) const {
  if (value.formula) return value.formula->method.starts_with("delong");
  const auto& values = first_.outcome.values;
  return std::any_of(values.begin(), values.end(), [&](const OutcomeValue& each) {
    return each.metric == value.metric && each.name.starts_with(value.name + "[") && each.formula &&
           each.formula->method.starts_with("delong");
  });
}

std::vector<std::size_t> SharedSamples::columns_of(const OutcomeValue& value) const {
  const DatasetFacts& dataset = first_.outcome.dataset;
  const auto open = value.name.find('[');
  if (open != std::string::npos && value.name.ends_with(']')) {
    const std::string name = value.name.substr(open + 1, value.name.size() - open - 2);
    const auto found = std::find(dataset.classes.begin(), dataset.classes.end(), name);
    if (found == dataset.classes.end()) return {};
    return {static_cast<std::size_t>(found - dataset.classes.begin())};
  }
  if (value.formula) return {1};  // a single curve: binary, class 1 is positive
  std::vector<std::size_t> all(dataset.classes.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// The mean over the columns that have both kinds of samples.
std::optional<AurocComponents> SharedSamples::curve(const Records& records, const std::vector<std::size_t>& columns,
                                                    bool with_clusters) const {
  std::vector<AurocComponents> curves;
  std::vector<double> scores(records.size());
  std::vector<std::int8_t> truth(records.size());
  for (const std::size_t column : columns) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      scores[i] = score_of(*records[i], column);
      truth[i] = truth_of(*records[i], column);
      if (std::isnan(scores[i])) return std::nullopt;
    }
    const bool positives = std::find(truth.begin(), truth.end(), 1) != truth.end();
    const bool negatives = std::find(truth.begin(), truth.end(), 0) != truth.end();
    if (!positives || !negatives) continue;
    const std::span<const std::uint32_t> clusters = with_clusters ? clusters_ : std::span<const std::uint32_t>{};
    auto components = auroc_components(scores, truth, clusters);
    if (!components) return std::nullopt;  // a class with a single sample has no variance
    curves.push_back(std::move(*components));
  }
  if (curves.empty()) return std::nullopt;
  return mean_of(curves);
}

// Only where the predictions give the value that the result has: a metric may average in other ways (by frequency, over pairs).
void SharedSamples::test_auroc(ValueComparison& value, double confidence) const {
  const OutcomeValue* first = first_.outcome.find(value.metric, value.name);
  const OutcomeValue* second = second_.outcome.find(value.metric, value.name);
  if (!first || !second || !is_auroc(*first)) return;
  const std::vector<std::size_t> columns = columns_of(*first);
  const auto own_first = curve(scored_of(first_.predictions), columns, false);
  const auto own_second = curve(scored_of(second_.predictions), columns, false);
  if (!own_first || !own_second || !(std::abs(own_first->auroc - value.first) < kSame) ||
      !(std::abs(own_second->auroc - value.second) < kSame)) {
    return;
  }
  const bool with_clusters = !clusters_.empty();
  const auto shared_first = curve(both_first_, columns, with_clusters);
  const auto shared_second = curve(both_second_, columns, with_clusters);
  if (shared_first && shared_second) value.delong = delong_difference(*shared_first, *shared_second, confidence);
}

/// Whether the headline is the mean of the samples' own numbers, all of them 0 or 1.
bool SharedSamples::explains(const std::vector<PredictionRecord>& records, const OutcomeValue& value) const {
  double sum = 0;
  std::size_t count = 0;
  for (const PredictionRecord& record : records) {
    const double* own = scored(record) ? record.value_of(value.metric) : nullptr;
    if (!own || std::isnan(*own)) continue;
    if (*own != 0 && *own != 1) return false;
    sum += *own;
    ++count;
  }
  return count > 0 && std::abs(sum / static_cast<double>(count) - value.interval.value) < kSame;
}

void SharedSamples::test_share(ValueComparison& value) const {
  if (!value.headline) return;
  const OutcomeValue* first = first_.outcome.find(value.metric, value.name);
  const OutcomeValue* second = second_.outcome.find(value.metric, value.name);
  if (!first || !second || !explains(first_.predictions, *first) || !explains(second_.predictions, *second)) return;
  std::uint64_t only[2] = {0, 0};
  std::vector<int> differences;
  std::vector<std::uint32_t> clusters;
  for (std::size_t i = 0; i < both_first_.size(); ++i) {
    const double* a = both_first_[i]->value_of(value.metric);
    const double* b = both_second_[i]->value_of(value.metric);
    if (!a || !b || std::isnan(*a) || std::isnan(*b)) continue;
    only[0] += *a > *b;
    only[1] += *b > *a;
    differences.push_back((*a > *b) - (*b > *a));
    if (!clusters_.empty()) clusters.push_back(clusters_[i]);
  }
  value.mcnemar = mcnemar(only[0], only[1]);
  if (!clusters_.empty()) value.clustered_mcnemar = clustered_mcnemar(differences, clusters);
}

}  // namespace medvlm::analysis
