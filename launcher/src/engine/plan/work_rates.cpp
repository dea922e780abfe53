#include "work_rates.hpp"

#include <algorithm>
#include <limits>

#include "machine_rate.hpp"

namespace medvlm::launcher {
namespace {

// The rule of thumb: see forecast().
constexpr double kTokensPerImage = 200, kTokensPerQuestion = 1000;
constexpr double kTrainingPass = 3;      ///< forward, and twice that backward
constexpr double kUsedRate = 0.5;        ///< of the rate of large products
constexpr double kProbeSeconds = 0.001;  ///< a training sample of a probe on embeddings
constexpr double kDiagnosisBytes = 500, kAnswerBytes = 1500;

const std::string& group_of(const StudyEntry& adapter) { return adapter.group.empty() ? adapter.name : adapter.group; }

}  // namespace

WorkTime& WorkTime::operator+=(const WorkTime& other) {
  seconds += other.seconds;
  basis = std::max(basis, other.basis);
  return *this;
}

void WorkRates::add_predictions(const Item<Model>& model, AdapterInput input, const PastRun& past) {
  if (past.predictions == 0 || past.seconds <= 0) return;
  // Of several that read embeddings only the first has encoded the images: the slowest.
  double& each = seconds_each_[{&model, input}];
  each = std::max(each, past.seconds / double(past.predictions));
}

void WorkRates::add_training(const Item<Model>& model, const StudyEntry& adapter, double images, double seconds) {
  if (images <= 0 || seconds <= 0) return;
  Sum& sum = trainings_[{&model, group_of(adapter)}];
  sum.amount += seconds;
  sum.units += images;
}

void WorkRates::add_bytes(Task task, std::size_t samples, std::uint64_t bytes) {
  bytes_[task].amount += double(bytes);
  bytes_[task].units += double(samples);
}

WorkTime WorkRates::by_rule(const PlannedScenario& planned, double passes, double tokens) {
  const Model& model = *planned.model->object;
  if (model.info().parameters <= 0) return {std::numeric_limits<double>::quiet_NaN(), Basis::unknown};
  if (!rate_) rate_ = launcher::matrix_rate(planned.device);
  return {2 * double(model.info().parameters) * tokens * passes / (*rate_ * kUsedRate), Basis::rule_of_thumb};
}

WorkTime WorkRates::predictions(const PlannedScenario& planned, AdapterInput input, std::size_t units) {
  if (units == 0) return {};
  const auto known = seconds_each_.find({planned.model, input});
  if (known != seconds_each_.end()) return {known->second * double(units), Basis::finished_scenarios};
  return by_rule(planned, double(units), input == AdapterInput::questions ? kTokensPerQuestion : kTokensPerImage);
}

WorkTime WorkRates::training(const PlannedScenario& planned, double images, std::size_t embeddings) {
  const auto known = trainings_.find({planned.model, group_of(planned.parts.adapter.entry)});
  const double units = images > 0 ? images : double(embeddings);
  if (known != trainings_.end()) return {known->second.amount / known->second.units * units, Basis::finished_scenarios};
  if (images <= 0) return {kProbeSeconds * double(embeddings), Basis::rule_of_thumb};
  const bool asks = planned.dataset->object->info().task == Task::vqa;
  return by_rule(planned, kTrainingPass * images, asks ? kTokensPerQuestion : kTokensPerImage);
}

double WorkRates::bytes(const PlannedScenario& planned, std::size_t predictions) const {
  const Task task = planned.dataset->object->info().task;
  const auto known = bytes_.find(task);
  const double each = known != bytes_.end() && known->second.units > 0 ? known->second.amount / known->second.units
                                                                       : task == Task::vqa ? kAnswerBytes : kDiagnosisBytes;
  return each * double(predictions);
}

}  // namespace medvlm::launcher
