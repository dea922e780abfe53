#include "medvlm/analysis/seed_variance.hpp"

#include <cmath>
#include <limits>
#include <string>

#include <boost/math/distributions/students_t.hpp>

#include "medvlm/analysis/interval.hpp"
#include "medvlm/analysis/normal.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::analysis {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double mean_over(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double sample_variance_over(std::span<const double> values) {
  if (values.size() < 2) return kUnknown;
  const double mean = mean_over(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(values.size() - 1);
}

/// The mean over seeds in every round; NaN where one of them is.
std::vector<double> mean_rounds(const std::vector<const std::vector<double>*>& rounds) {
  std::vector<double> means(rounds.front()->size());
  for (const std::vector<double>* seed : rounds) {
    if (seed->size() != means.size()) throw Error(ErrorCode::internal, "seeds with different numbers of rounds");
    for (std::size_t r = 0; r < means.size(); ++r) means[r] += (*seed)[r] / static_cast<double>(rounds.size());
  }
  return means;
}

/// The two-sided quantile; beyond some 10^9 degrees it is the normal one to all digits.
double student_quantile(double confidence, double degrees) {
  const double normal = interval_z(confidence);  // checks the confidence
  if (!(degrees < 1e9)) return normal;
  return boost::math::quantile(boost::math::students_t(degrees), (1 + confidence) / 2);
}

}  // namespace

SeedSummary summarise_seeds(std::span<const double> values, std::span<const std::vector<double>> rounds,
                            double confidence) {
  if (values.size() != rounds.size()) {
    throw Error(ErrorCode::internal, std::to_string(values.size()) + " seeds with rounds of " + std::to_string(rounds.size()));
  }
  std::vector<double> known;
  std::vector<const std::vector<double>*> known_rounds;
  for (std::size_t s = 0; s < values.size(); ++s) {
    if (std::isnan(values[s])) continue;
    known.push_back(values[s]);
    known_rounds.push_back(&rounds[s]);
  }
  SeedSummary summary{known.size(), kUnknown, kUnknown, kUnknown, kUnknown, kUnknown, kUnknown, kUnknown};
  if (known.empty()) return summary;
  summary.mean = mean_over(known);
  summary.seed_variance = sample_variance_over(known);
  const double deviation = summarise(mean_rounds(known_rounds), confidence).std;
  summary.test_variance = deviation * deviation;
  const auto count = static_cast<double>(known.size());
  const double of_seeds = summary.seed_variance / count;
  const double variance = summary.test_variance + of_seeds;
  summary.standard_error = std::sqrt(variance);
  if (std::isnan(variance)) return summary;
  summary.degrees = of_seeds == 0 ? std::numeric_limits<double>::infinity()
                                  : (count - 1) * (variance / of_seeds) * (variance / of_seeds);
  const double reach = student_quantile(confidence, summary.degrees) * summary.standard_error;
  summary.low = summary.mean - reach;
  summary.high = summary.mean + reach;
  return summary;
}

}  // namespace medvlm::analysis
