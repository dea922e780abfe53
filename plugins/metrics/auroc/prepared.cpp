#include "prepared.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "medvlm/sdk/metric/counted_metric.hpp"
#include "reasons.hpp"

namespace medvlm::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double mean_of_defined(const std::vector<Ranking::Result>& classes) {
  double sum = 0;
  int count = 0;
  for (const auto& result : classes) {
    if (std::isnan(result.auroc)) continue;
    sum += result.auroc;
    ++count;
  }
  return count == 0 ? kNan : sum / count;
}

double mean_of_all(const std::vector<Ranking::Result>& classes) {
  double sum = 0;
  for (const auto& result : classes) sum += result.auroc;
  return sum / static_cast<double>(classes.size());
}

// A class that was never drawn has no weight; for labels, which are separate questions, it leaves the mean undefined.
double mean_by_frequency(const std::vector<Ranking::Result>& classes, bool skip_absent) {
  double sum = 0;
  double weights = 0;
  for (const auto& result : classes) {
    if (skip_absent && result.positives == 0) continue;
    const auto weight = static_cast<double>(result.positives);
    sum += weight * result.auroc;
    weights += weight;
  }
  return weights == 0 ? kNan : sum / weights;
}

std::optional<analysis::DeLong> delong_of(std::span<const Item> items) {
  std::vector<double> scores;
  std::vector<std::int8_t> truth;
  for (const Item& item : items) {
    scores.push_back(item.score);
    truth.push_back(item.positive ? 1 : 0);
  }
  return analysis::delong(scores, truth);
}

}  // namespace

PreparedAuroc::PreparedAuroc(const DatasetInfo& dataset, std::span<const Scored> scored, Average average,
                             analysis::Scale scale)
    : dataset_(dataset), samples_(scored.size()), average_(average), scale_(scale), values_{{"auroc", true}} {
  rank_classes(scored);
  if (dataset.labels != LabelKind::binary) {
    for (const ClassInfo& each : dataset.classes) values_.push_back({"auroc[" + each.name + "]", true});
    if (average == Average::ovo) rank_pairs(scored);
    if (average == Average::micro) rank_pooled(scored);
  }
  std::vector<double> full(values_.size());
  const std::vector<std::uint32_t> once(samples_, 1U);
  evaluate(once, full);
  Results counts;
  for (const Ranking& ranking : classes_) counts.push_back(ranking.evaluate(once));
  reasons_ = undefined_reasons(dataset_, samples_, counts, full);
}

void PreparedAuroc::rank_classes(std::span<const Scored> scored) {
  for (const std::size_t column : sdk::columns_of(dataset_)) {
    std::vector<Item> items = sdk::items_of(dataset_, scored, column);
    delong_.push_back(delong_of(items));
    classes_.emplace_back(std::move(items));
  }
}

void PreparedAuroc::rank_pairs(std::span<const Scored> scored) {
  const std::size_t classes = dataset_.classes.size();
  std::vector<std::vector<std::uint32_t>> members(classes);
  for (std::size_t i = 0; i < scored.size(); ++i) {
    members[static_cast<std::size_t>(scored[i].sample->label)].push_back(static_cast<std::uint32_t>(i));
  }
  const auto directed = [&](std::size_t positive, std::size_t negative) {
    std::vector<Item> items;
    for (const std::uint32_t i : members[positive]) items.push_back({i, true, scored[i].prediction->scores[positive]});
    for (const std::uint32_t i : members[negative]) items.push_back({i, false, scored[i].prediction->scores[positive]});
    return Ranking(std::move(items));
  };
  for (std::size_t a = 0; a < classes; ++a) {
    for (std::size_t b = a + 1; b < classes; ++b) pairs_.push_back({directed(a, b), directed(b, a)});
  }
}

void PreparedAuroc::rank_pooled(std::span<const Scored> scored) {
  pooled_.emplace(sdk::pooled_items(dataset_, scored));
}

double PreparedAuroc::one_against_one(std::span<const std::uint32_t> multiplicity) const {
  double sum = 0;
  int count = 0;
  for (const auto& [forward, backward] : pairs_) {
    const double first = forward.evaluate(multiplicity).auroc;
    if (std::isnan(first)) continue;  // a class was not drawn: then both directions are undefined
    sum += (first + backward.evaluate(multiplicity).auroc) / 2;
    ++count;
  }
  return count == 0 ? kNan : sum / count;
}

double PreparedAuroc::headline(std::span<const std::uint32_t> multiplicity, const Results& classes) const {
  switch (average_) {
    case Average::macro_present: return mean_of_defined(classes);
    case Average::macro: return mean_of_all(classes);
    case Average::weighted: return mean_by_frequency(classes, dataset_.labels == LabelKind::multiclass);
    case Average::ovo: return one_against_one(multiplicity);
    case Average::micro: return pooled_->evaluate(multiplicity).auroc;
  }
  return kNan;
}

void PreparedAuroc::evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const {
  sdk::check_spans("auroc", samples_, values_.size(), multiplicity, out);
  if (dataset_.labels == LabelKind::binary) {
    out[0] = classes_[0].evaluate(multiplicity).auroc;
    return;
  }
  Results classes;
  classes.reserve(classes_.size());
  for (const Ranking& ranking : classes_) classes.push_back(ranking.evaluate(multiplicity));
  out[0] = headline(multiplicity, classes);
  for (std::size_t i = 0; i < classes.size(); ++i) out[i + 1] = classes[i].auroc;
}

std::optional<AnalyticInterval> PreparedAuroc::analytic(std::size_t index, double confidence) const {
  const bool binary = dataset_.labels == LabelKind::binary;
  if (!binary && index == 0) return {};  // classes share samples: their mean has no simple variance
  const std::size_t column = binary ? index : index - 1;
  if (column >= delong_.size() || !delong_[column]) return {};
  const analysis::FormulaInterval interval = analysis::delong_interval(*delong_[column], confidence, scale_);
  return AnalyticInterval{interval.method, interval.variance, interval.low, interval.high};
}

std::string PreparedAuroc::undefined_reason(std::size_t index) const {
  return index < reasons_.size() ? reasons_[index] : std::string();
}

}  // namespace medvlm::metrics
