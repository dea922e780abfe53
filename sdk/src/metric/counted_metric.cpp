#include "medvlm/sdk/metric/counted_metric.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace medvlm::sdk {

void check_spans(const std::string& metric, std::size_t samples, std::size_t values,
                 std::span<const std::uint32_t> multiplicity, std::span<const double> out) {
  if (multiplicity.size() == samples && out.size() == values) return;
  throw Error(ErrorCode::internal, metric + " was prepared for " + std::to_string(samples) + " samples and " +
                                       std::to_string(values) + " values, but asked for " +
                                       std::to_string(multiplicity.size()) + " and " + std::to_string(out.size()));
}

CountedMetric::CountedMetric(std::string metric, const DatasetInfo& dataset, Decisions decisions,
                             std::vector<std::string> overall, std::vector<std::string> by_class)
    : metric_(std::move(metric)), dataset_(dataset), decisions_(std::move(decisions)), overall_(overall.size()) {
  for (std::string& name : overall) values_.push_back({std::move(name), true});
  if (dataset.labels == LabelKind::binary) return;
  by_class_ = by_class.size();
  for (const std::string& name : by_class) {
    for (const ClassInfo& each : dataset.classes) values_.push_back({name + "[" + each.name + "]", true});
  }
}

void CountedMetric::evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const {
  check_spans(metric_, decisions_.samples(), values_.size(), multiplicity, out);
  const Counts counts = decisions_.count(multiplicity);
  std::size_t place = 0;
  for (std::size_t which = 0; which < overall_; ++which) out[place++] = overall(which, counts);
  for (std::size_t which = 0; which < by_class_; ++which) {
    for (std::size_t c = 0; c < counts.size(); ++c) out[place++] = of_class(which, counts[c], c);
  }
}

std::string CountedMetric::undefined_reason(std::size_t index) const {
  if (index >= values_.size()) return "";
  const std::vector<std::uint32_t> once(decisions_.samples(), 1U);
  std::vector<double> full(values_.size());
  evaluate(once, full);
  if (!std::isnan(full[index])) return "";
  if (once.empty()) return "no sample was scored";
  const Counts counts = decisions_.count(once);
  if (std::none_of(counts.begin(), counts.end(), [](const ClassCounts& each) { return each.known > 0; })) {
    return "no scored sample has a known label";
  }
  if (index < overall_) return overall_reason(index, counts);
  const std::size_t which = (index - overall_) / counts.size();
  const std::size_t column = (index - overall_) % counts.size();
  if (counts[column].known == 0) return "no scored sample has a known label for '" + dataset_.classes[column].name + "'";
  return class_reason(which, counts[column], column);
}

double CountedMetric::of_class(std::size_t, const ClassCounts&, std::size_t) const {
  return std::numeric_limits<double>::quiet_NaN();
}

std::string CountedMetric::overall_reason(std::size_t, const Counts&) const { return ""; }

std::string CountedMetric::class_reason(std::size_t, const ClassCounts&, std::size_t) const { return ""; }

}  // namespace medvlm::sdk
