// The base of metrics on answers: statistics per question, values over all, open and closed questions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "medvlm/core/metric.hpp"

namespace medvlm::sdk {

/// Throws Error(config) unless the dataset is for VQA.
MEDVLM_API void check_answers(const DatasetInfo& dataset, const std::string& metric);

/// One number, and for which groups of questions it is given: "name", "name[open]", "name[closed]".
struct GroupedValue {
  std::string name;
  bool overall = true;
  bool open = true;
  bool closed = true;
};

/// Adds up what is known of each question, once per resample, for open and closed questions apart. By default a value
/// is the mean over the group's questions of the number given for each. Time of evaluate(): questions times columns.
/// Safe to call from several threads once the questions were added.
class MEDVLM_API GroupedMetric : public PreparedMetric {
 public:
  /// `columns`: how many numbers a question has; by default one for each value, in their order.
  GroupedMetric(std::string metric, std::vector<GroupedValue> values, std::size_t columns = 0);

  /// The numbers of the next question. Throws Error(internal) unless there are `columns`.
  void add(bool open, std::span<const double> numbers);

  const std::vector<MetricValue>& values() const override { return values_; }
  void evaluate(std::span<const std::uint32_t> multiplicity, std::span<double> out) const override;
  std::string undefined_reason(std::size_t index) const override;
  /// What the headline would be of each question alone.
  std::vector<double> sample_values() const override;

 protected:
  /// The values of a group of `questions` (more than 0; repeats count) whose columns add up to `sums`, one for each of
  /// the constructor's `values`. Each must be a finite number.
  virtual void from_sums(std::span<const double> sums, double questions, std::span<double> out) const;

 private:
  enum Group : std::size_t { overall, open, closed };
  struct Place {
    std::size_t value = 0;  // among the constructor's values
    Group group = overall;
  };
  /// The questions of one group, with their numbers row by row.
  struct Rows {
    std::vector<std::uint32_t> questions;  // places in the order of add()
    std::vector<double> numbers;
  };
  struct Sums;
  void place(std::size_t value, const std::string& name, Group group);
  Sums add_up(const Rows& rows, std::span<const std::uint32_t> multiplicity) const;
  bool has_questions(Group group) const;

  std::string metric_;
  std::size_t value_count_ = 0, columns_ = 0;
  std::vector<MetricValue> values_;
  std::vector<Place> places_;  // of each of values_
  std::size_t stride_ = 0;     // numbers in a row; a multiple of the block that is added at once
  Rows open_, closed_;
};

}  // namespace medvlm::sdk
