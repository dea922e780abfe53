#include "medvlm/analysis/difference.hpp"

#include <cmath>

#include "medvlm/analysis/detectable_difference.hpp"
#include "medvlm/analysis/normal.hpp"
#include "medvlm/analysis/paired_difference.hpp"
#include "medvlm/analysis/unpaired_difference.hpp"

namespace medvlm::analysis {
namespace {

/// The standard error that a cell's interval tells: its deviation, else what a normal interval of that width would have.
double error_of(const Cell& cell, double confidence) {
  if (!std::isnan(cell.interval.std)) return cell.interval.std;
  return (cell.interval.high - cell.interval.low) / (2 * interval_z(confidence));
}

}  // namespace

std::string_view pairing_name(Pairing pairing) {
  switch (pairing) {
    case Pairing::paired: return "paired";
    case Pairing::unpaired: return "unpaired";
    default: return "none";
  }
}

DifferenceInterval difference_interval(const ScoreTable& table, const Cell& a, const Cell& b) {
  DifferenceInterval interval;
  const double confidence = table.confidence();
  const bool a_first = table.metric().higher_is_better;
  const Cell& first = a_first ? a : b;
  const Cell& second = a_first ? b : a;
  const CellRounds* first_rounds = table.rounds(first);
  const CellRounds* second_rounds = table.rounds(second);
  if (first_rounds && second_rounds && first_rounds->key == second_rounds->key) {
    const Contrast contrast =
        paired_difference(first.value, second.value, first_rounds->rounds, second_rounds->rounds, confidence);
    if (contrast.interval.valid_rounds == 0) return interval;
    interval.pairing = Pairing::paired;
    interval.low = contrast.interval.low;
    interval.high = contrast.interval.high;
    interval.std = contrast.interval.std;
    interval.p = contrast.p_value;
    interval.rounds = contrast.interval.valid_rounds;
  } else {
    const auto difference = unpaired_difference(first.value, error_of(first, confidence), second.value,
                                                error_of(second, confidence), confidence);
    if (std::isnan(difference.low)) return interval;
    interval.pairing = Pairing::unpaired;
    interval.low = difference.low;
    interval.high = difference.high;
    interval.std = difference.standard_error;
    interval.p = difference.p_value;
  }
  interval.detectable = detectable_difference(interval.std, 1 - confidence);
  return interval;
}

}  // namespace medvlm::analysis
