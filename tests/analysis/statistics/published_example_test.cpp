// DeLong's test against the example of its paper: three tests on patients with ovarian cancer (DeLong, DeLong, Clarke-Pearson,
// Biometrics 44, 1988). Data and results as in the SAS/STAT User's Guide, PROC LOGISTIC, "Comparing Receiver Operating
// Characteristic Curves", which leaves out the six patients of whom a value is missing.
#include <array>
#include <cmath>

#include <doctest/doctest.h>

#include "medvlm/analysis/delong.hpp"

using namespace medvlm::analysis;

namespace {

/// Albumin, total protein, total score (10 less the K-G score), benefit from surgery.
constexpr std::array<std::array<double, 4>, 43> kPatients = {{
  {3.0, 5.8, 10, 0}, {3.2, 6.3, 5, 1}, {3.9, 6.8, 3, 1}, {2.8, 4.8, 6, 0}, {3.2, 5.8, 3, 1}, {0.9, 4.0, 5, 0},
  {2.5, 5.7, 8, 0}, {1.6, 5.6, 5, 1}, {3.8, 5.7, 5, 1}, {3.7, 6.7, 6, 1}, {3.2, 5.4, 4, 1}, {3.8, 6.6, 6, 1},
  {4.1, 6.6, 5, 1}, {3.6, 5.7, 5, 1}, {4.3, 7.0, 4, 1}, {3.6, 6.7, 4, 0}, {2.3, 4.4, 6, 1}, {4.2, 7.6, 4, 0},
  {4.0, 6.6, 6, 0}, {3.5, 5.8, 6, 1}, {3.8, 6.8, 7, 1}, {3.0, 4.7, 8, 0}, {4.5, 7.4, 5, 1}, {3.7, 7.4, 5, 1},
  {3.1, 6.6, 6, 1}, {4.1, 8.2, 6, 1}, {4.3, 7.0, 5, 1}, {4.3, 6.5, 4, 1}, {3.2, 5.1, 5, 1}, {2.6, 4.7, 6, 1},
  {3.3, 6.8, 6, 0}, {1.7, 4.0, 7, 0}, {3.7, 6.1, 5, 1}, {3.3, 6.3, 7, 1}, {4.2, 7.7, 6, 1}, {3.5, 6.2, 5, 1},
  {2.9, 5.7, 9, 0}, {2.1, 4.8, 7, 1}, {2.8, 6.2, 8, 0}, {4.0, 7.0, 7, 1}, {3.3, 5.7, 6, 1}, {3.7, 6.9, 5, 1},
  {3.6, 6.6, 5, 1},
}};

AurocComponents curve_of(std::size_t column) {
  std::vector<double> scores;
  std::vector<std::int8_t> truth;
  for (const auto& patient : kPatients) {
    scores.push_back(column == 2 ? 10 - patient[2] : patient[column]);
    truth.push_back(static_cast<std::int8_t>(patient[3]));
  }
  const auto curve = auroc_components(scores, truth);
  REQUIRE(curve);
  return *curve;
}

/// Whether the number is the printed one.
bool prints(double number, double printed) { return std::abs(number - printed) < 5.1e-5; }

}  // namespace

TEST_CASE("DeLong: the paper's own example, as SAS prints it") {
  const AurocComponents albumin = curve_of(0), protein = curve_of(1), kg = curve_of(2);
  CHECK(prints(albumin.auroc, 0.7366));
  CHECK(prints(protein.auroc, 0.6478));
  CHECK(prints(kg.auroc, 0.7258));
  CHECK(prints(std::sqrt(albumin.variance()), 0.0927));
  CHECK(prints(std::sqrt(protein.variance()), 0.1000));
  CHECK(prints(std::sqrt(kg.variance()), 0.1028));
  const DeLongDifference better = delong_difference(albumin, kg, 0.95);
  CHECK(prints(better.difference, 0.0108));
  CHECK(prints(std::sqrt(better.variance), 0.0953));
  CHECK(prints(better.low, -0.1761));
  CHECK(prints(better.high, 0.1976));
  CHECK(prints(better.p_value, 0.9102));
  const DeLongDifference worse = delong_difference(protein, kg, 0.95);
  CHECK(prints(worse.difference, -0.0780));
  CHECK(prints(std::sqrt(worse.variance), 0.1046));
  CHECK(prints(worse.low, -0.2830));
  CHECK(prints(worse.high, 0.1271));
  CHECK(prints(worse.z * worse.z, 0.5554));
  CHECK(prints(worse.p_value, 0.4561));
}
