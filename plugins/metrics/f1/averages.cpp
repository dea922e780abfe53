#include "averages.hpp"

#include <limits>

namespace medvlm::metrics {
namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// A weighted mean; NaN if no weight was added.
class Mean {
 public:
  void add(const Scores& scores, double weight) {
    sum_.f1 += weight * scores.f1;
    sum_.precision += weight * scores.precision;
    sum_.recall += weight * scores.recall;
    weight_ += weight;
  }
  Scores value() const {
    if (weight_ == 0) return {kNan, kNan, kNan};
    return {sum_.f1 / weight_, sum_.precision / weight_, sum_.recall / weight_};
  }

 private:
  static constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Scores sum_;
  double weight_ = 0;
};

/// True if a class takes part in the mean over classes.
bool takes_part(Average average, const sdk::ClassCounts& counts, bool exclusive) {
  if (counts.known == 0) return false;
  return average != Average::macro || !exclusive || counts.truth + counts.predicted > 0;
}

Scores pooled(std::span<const sdk::ClassCounts> counts) {
  sdk::ClassCounts sum;
  for (const auto& each : counts) {
    sum.known += each.known;
    sum.truth += each.truth;
    sum.predicted += each.predicted;
    sum.right += each.right;
  }
  Mean mean;
  if (sum.known > 0) mean.add(scores_of(sum), 1);
  return mean.value();
}

Scores by_frequency(std::span<const sdk::ClassCounts> counts) {
  Mean mean;
  bool known = false;
  bool positive = false;
  for (const auto& each : counts) {
    mean.add(scores_of(each), static_cast<double>(each.truth));
    known = known || each.known > 0;
    positive = positive || each.truth > 0;
  }
  // As scikit-learn: labels without a single positive have no weight, and the mean is 0.
  return known && !positive ? Scores{} : mean.value();
}

}  // namespace

Scores scores_of(const sdk::ClassCounts& counts) {
  return {ratio(2 * counts.right, counts.truth + counts.predicted), ratio(counts.right, counts.predicted),
          ratio(counts.right, counts.truth)};
}

Scores average_of(Average average, std::span<const sdk::ClassCounts> counts, bool exclusive) {
  if (average == Average::micro) return pooled(counts);
  if (average == Average::weighted) return by_frequency(counts);
  if (average == Average::binary) counts = counts.subspan(1, 1);
  Mean mean;
  for (const auto& each : counts) {
    if (takes_part(average, each, exclusive)) mean.add(scores_of(each), 1);
  }
  return mean.value();
}

}  // namespace medvlm::metrics
