#include "judged_answers.hpp"

#include <algorithm>
#include <limits>

#include "medvlm/base/error.hpp"

namespace medvlm::metrics {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Items of one kind in a resample. Whole counts and sums of doubles in a fixed order: equal for equal draws.
struct KindSums {
  double items = 0;
  double scored = 0;
  double score = 0;

  double mean() const { return scored > 0 ? score / scored : kNan; }
};

double weighted(const KindSums& open, const KindSums& closed) {
  if (open.items == 0) return closed.mean();
  if (closed.items == 0) return open.mean();
  return (open.mean() * open.items + closed.mean() * closed.items) / (open.items + closed.items);
}

}  // namespace

void JudgedAnswers::add_unscored(std::string id, std::string reason) {
  items_.push_back({0, true, false});
  unscored_.emplace_back(std::move(id), std::move(reason));
}

const std::vector<MetricValue>& JudgedAnswers::values() const {
  static const std::vector<MetricValue> values{
      {"gpt_score", true}, {"gpt_score[open]", true}, {"gpt_score[closed]", true}};
  return values;
}

void JudgedAnswers::evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const {
  if (multiplicity.size() != items_.size() || out.size() != values().size()) {
    throw Error(ErrorCode::internal, "gpt_score: a resample of another size than the set");
  }
  KindSums open, closed;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    KindSums& kind = items_[i].open ? open : closed;
    const double times = multiplicity[i];
    kind.items += times;
    if (!items_[i].scored) continue;
    kind.scored += times;
    kind.score += times * items_[i].score;
  }
  out[0] = weighted(open, closed);
  out[1] = open.mean();
  out[2] = closed.mean();
}

std::vector<double> JudgedAnswers::sample_values() const {
  std::vector<double> values;
  for (const Item& item : items_) values.push_back(item.scored ? item.score : kNan);
  return values;
}

std::string JudgedAnswers::undefined_reason(std::size_t index) const {
  const auto count = [&](bool open) {
    return std::count_if(items_.begin(), items_.end(), [&](const Item& item) { return item.open == open; });
  };
  const auto open = count(true), closed = count(false);
  if (open + closed == 0) return "no question was answered";
  if (index != 2 && open > 0 && static_cast<std::size_t>(open) == unscored_.size()) {
    return "the judge gave no score for any of " + std::to_string(open) + " answers to open questions; the first: " +
           unscored_.front().second;
  }
  if (index == 1 && open == 0) return "no open question was answered";
  if (index == 2 && closed == 0) return "no closed question was answered";
  return "";
}

}  // namespace medvlm::metrics
