// How long a model's work takes: measured on finished scenarios, else by a rule of thumb.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "study_forecast.hpp"

namespace medvlm::launcher {

/// A time with its source; the worse source counts for a sum.
struct WorkTime {
  double seconds = 0;
  Basis basis = Basis::nothing_to_do;

  WorkTime& operator+=(const WorkTime& other);
};

/// Not for several threads.
class WorkRates {
 public:
  void add_predictions(const Item<Model>& model, AdapterInput input, const PastRun& past);
  void add_training(const Item<Model>& model, const StudyEntry& adapter, double images, double seconds);
  void add_bytes(Task task, std::size_t samples, std::uint64_t bytes);

  /// Time for images to encode, or questions to answer.
  WorkTime predictions(const PlannedScenario& planned, AdapterInput input, std::size_t units);
  /// Time to train: `images` pass through the model (0 for what learns on embeddings, of `embeddings` training images).
  WorkTime training(const PlannedScenario& planned, double images, std::size_t embeddings);
  /// Bytes of the files of so many predictions.
  double bytes(const PlannedScenario& planned, std::size_t predictions) const;
  /// What the rule of thumb rests on, if it was asked for; else 0.
  double matrix_rate() const { return rate_.value_or(0); }

 private:
  struct Sum {
    double amount = 0, units = 0;  ///< seconds or bytes, and of how many
  };
  /// By the rule: `passes` forward passes of `tokens` each through the whole model.
  WorkTime by_rule(const PlannedScenario& planned, double passes, double tokens);

  std::map<std::pair<const Item<Model>*, AdapterInput>, double> seconds_each_;
  std::map<std::pair<const Item<Model>*, std::string>, Sum> trainings_;
  std::map<Task, Sum> bytes_;
  std::optional<double> rate_;
};

}  // namespace medvlm::launcher
