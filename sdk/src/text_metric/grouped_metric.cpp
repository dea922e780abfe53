#include "medvlm/sdk/text_metric/grouped_metric.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>

#include "medvlm/sdk/metric/counted_metric.hpp"

namespace medvlm::sdk {

void check_answers(const DatasetInfo& dataset, const std::string& metric) {
  if (dataset.task == Task::vqa) return;
  throw Error(ErrorCode::config, "metric '" + metric + "' scores answers of VQA datasets; '" + dataset.name +
                                     "' is for diagnosis: choose a metric of classification, auroc say");
}

namespace {

/// Columns are added pair by pair, several pairs at once in registers. Left to itself the compiler shuffles rows.
using TwoColumns [[gnu::vector_size(16)]] = double;
constexpr std::size_t kBlock = 4;      // columns
constexpr std::size_t kWideBlock = 8;

/// A question that was drawn.
struct DrawnRow {
  std::uint32_t row;
  std::uint32_t times;
};

/// Writes the weighted sums of `kColumns` columns.
template <std::size_t kColumns>
void add_block(std::span<const DrawnRow> drawn, const double* numbers, std::size_t stride, double* sums) {
  std::array<TwoColumns, kColumns / 2> sum{};
  for (const DrawnRow& each : drawn) {
    const double* const row = numbers + each.row * stride;
    const double weight = each.times;
    for (std::size_t pair = 0; pair < sum.size(); ++pair) {
      TwoColumns columns;
      std::memcpy(&columns, row + 2 * pair, sizeof columns);
      sum[pair] += weight * columns;
    }
  }
  std::memcpy(sums, sum.data(), sizeof sum);
}

}  // namespace

GroupedMetric::GroupedMetric(std::string metric, std::vector<GroupedValue> values, std::size_t columns)
    : metric_(std::move(metric)), value_count_(values.size()), columns_(columns == 0 ? values.size() : columns) {
  stride_ = (columns_ + kBlock - 1) / kBlock * kBlock;
  for (std::size_t v = 0; v < values.size(); ++v) {
    if (values[v].overall) place(v, values[v].name, overall);
    if (values[v].open) place(v, values[v].name + "[open]", open);
    if (values[v].closed) place(v, values[v].name + "[closed]", closed);
  }
}

void GroupedMetric::place(std::size_t value, const std::string& name, Group group) {
  values_.push_back({name, true});
  places_.push_back({value, group});
}

void GroupedMetric::add(bool is_open, std::span<const double> numbers) {
  if (numbers.size() != columns_) {
    throw Error(ErrorCode::internal, metric_ + ": a question with " + std::to_string(numbers.size()) +
                                         " numbers instead of " + std::to_string(columns_));
  }
  const std::size_t question = open_.questions.size() + closed_.questions.size();
  Rows& rows = is_open ? open_ : closed_;
  rows.questions.push_back(static_cast<std::uint32_t>(question));
  rows.numbers.insert(rows.numbers.end(), numbers.begin(), numbers.end());
  rows.numbers.resize(rows.questions.size() * stride_, 0.0);
}

/// Of one group.
struct GroupedMetric::Sums {
  std::vector<double> columns;
  std::uint64_t questions = 0;
};

GroupedMetric::Sums GroupedMetric::add_up(const Rows& rows, std::span<const std::uint32_t> multiplicity) const {
  Sums sums;
  sums.columns.resize(stride_);
  const auto buffer = std::make_unique_for_overwrite<DrawnRow[]>(rows.questions.size());
  std::size_t count = 0;
  for (std::size_t row = 0; row < rows.questions.size(); ++row) {
    const std::uint32_t times = multiplicity[rows.questions[row]];
    sums.questions += times;
    buffer[count] = {static_cast<std::uint32_t>(row), times};
    count += times != 0 ? 1 : 0;  // no branch: nobody can foretell which are drawn
  }
  const std::span<const DrawnRow> drawn(buffer.get(), count);
  std::size_t column = 0;
  for (; column + kWideBlock <= stride_; column += kWideBlock) {
    add_block<kWideBlock>(drawn, rows.numbers.data() + column, stride_, sums.columns.data() + column);
  }
  if (column < stride_) add_block<kBlock>(drawn, rows.numbers.data() + column, stride_, sums.columns.data() + column);
  return sums;
}

void GroupedMetric::evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const {
  check_spans(metric_, open_.questions.size() + closed_.questions.size(), values_.size(), multiplicity, out);
  std::array<Sums, 3> sums;
  sums[open] = add_up(open_, multiplicity);
  sums[closed] = add_up(closed_, multiplicity);
  sums[overall] = sums[open];
  sums[overall].questions += sums[closed].questions;
  for (std::size_t c = 0; c < columns_; ++c) sums[overall].columns[c] += sums[closed].columns[c];

  std::array<std::vector<double>, 3> found;
  found.fill(std::vector<double>(value_count_, std::numeric_limits<double>::quiet_NaN()));
  for (const Group group : {overall, open, closed}) {
    if (sums[group].questions == 0) continue;
    const std::span<const double> columns = std::span(sums[group].columns).first(columns_);
    from_sums(columns, static_cast<double>(sums[group].questions), found[group]);
  }
  for (std::size_t v = 0; v < places_.size(); ++v) out[v] = found[places_[v].group][places_[v].value];
}

void GroupedMetric::from_sums(std::span<const double> sums, double questions, std::span<double> out) const {
  for (std::size_t v = 0; v < out.size(); ++v) out[v] = sums[v] / questions;
}

std::vector<double> GroupedMetric::sample_values() const {
  std::vector<double> values(open_.questions.size() + closed_.questions.size(), std::numeric_limits<double>::quiet_NaN());
  if (places_.empty()) return {};
  const Place headline = places_.front();
  std::vector<double> found(value_count_);
  for (const Group group : {open, closed}) {
    if (headline.group != overall && headline.group != group) continue;
    const Rows& rows = group == open ? open_ : closed_;
    for (std::size_t row = 0; row < rows.questions.size(); ++row) {
      from_sums(std::span(rows.numbers).subspan(row * stride_, columns_), 1, found);
      values[rows.questions[row]] = found[headline.value];
    }
  }
  return values;
}

bool GroupedMetric::has_questions(Group group) const {
  return (group != closed && !open_.questions.empty()) || (group != open && !closed_.questions.empty());
}

std::string GroupedMetric::undefined_reason(std::size_t index) const {
  if (index >= places_.size() || has_questions(places_[index].group)) return "";
  if (!has_questions(overall)) return "no question was scored";
  return places_[index].group == open ? "no open question was scored" : "no closed question was scored";
}

}  // namespace medvlm::sdk
