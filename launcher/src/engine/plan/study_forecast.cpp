#include "study_forecast.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "embedding_ledger.hpp"
#include "machine_rate.hpp"
#include "work_rates.hpp"

namespace medvlm::launcher {
namespace {

std::size_t distinct_images(const std::vector<Sample>& samples) {
  std::set<std::string_view> images;
  for (const Sample& sample : samples) images.insert(sample.image);
  return images.size();
}

class Forecaster {
 public:
  Forecaster(StudyRunner& runner, const Study& study, const std::vector<PlannedScenario>& scenarios,
             const std::vector<ScenarioProgress>& progress)
      : runner_(runner), scenarios_(scenarios), progress_(progress), ledger_(study) {}

  StudyForecast make() {
    for (std::size_t i = 0; i < scenarios_.size(); ++i) note_past(i);
    StudyForecast all;
    for (std::size_t i = 0; i < scenarios_.size(); ++i) all.scenarios.push_back(scenario(i));
    all.matrix_rate = rates_.matrix_rate();
    return all;
  }

 private:
  AdapterTraits traits(const PlannedScenario& planned) const {
    return planned.parts.adapter.object->traits(planned.dataset->object->info());
  }

  bool is_trained(std::size_t i) const { return scenarios_[i].trains && !progress_[i].must_train; }

  std::size_t test_images(const PlannedScenario& planned) {
    auto [found, added] = test_images_.try_emplace(planned.dataset, 0);
    if (added) found->second = distinct_images(runner_.test_set(*planned.dataset).samples);
    return found->second;
  }

  double training_images(const PlannedScenario& planned) {
    const double passes = planned.parts.adapter.object->training_passes(planned.dataset->object->info());
    return double(runner_.training_set(*planned.dataset).size) * std::max(passes, 0.0);
  }

  /// Embeddings that finished work has left in the cache, and how long finished work took.
  void note_past(std::size_t i) {
    const PlannedScenario& planned = scenarios_[i];
    const ScenarioProgress& progress = progress_[i];
    const AdapterInput input = traits(planned).input;
    const bool done = progress.state == "done";
    if (input == AdapterInput::embeddings) {
      if (done) ledger_.note(planned, EmbeddingLedger::Part::test, test_images(planned));
      if (is_trained(i)) ledger_.note(planned, EmbeddingLedger::Part::training, runner_.training_set(*planned.dataset).size);
    }
    if (!progress.past) return;
    rates_.add_predictions(*planned.model, input, *progress.past);
    if (planned.trains) {
      const double passes = training_images(planned);
      rates_.add_training(*planned.model, planned.parts.adapter.entry,
                          passes > 0 ? passes : double(runner_.training_set(*planned.dataset).size), progress.past->training_seconds);
    }
    rates_.add_bytes(planned.dataset->object->info().task, runner_.test_set(*planned.dataset).samples.size(), progress.past->bytes);
  }

  ScenarioForecast scenario(std::size_t i) {
    const PlannedScenario& planned = scenarios_[i];
    const ScenarioProgress& progress = progress_[i];
    ScenarioForecast made;
    made.samples = runner_.test_set(*planned.dataset).samples.size();
    if (progress.state == "done") {
      made.seconds = 0;
      made.basis = Basis::nothing_to_do;
      return made;
    }
    // Predictions of other settings do not count: they are made anew.
    const std::size_t there = progress.state == "changed" ? 0 : std::min(progress.records, made.samples);
    count_images(i, made.samples - there, made);
    if (planned.trains && progress.must_train) {
      made.trainable_parameters =
          planned.parts.adapter.object->trainable_parameters(*planned.model->object, planned.dataset->object->info());
    }
    add_time(i, made.samples - there, made);
    made.bytes = rates_.bytes(planned, made.samples - there) + double(std::max<std::int64_t>(0, made.trainable_parameters)) * 4 +
                 double(embeddings_made_) * ledger_.bytes_each(planned);
    return made;
  }

  void count_images(std::size_t i, std::size_t left, ScenarioForecast& made) {
    const PlannedScenario& planned = scenarios_[i];
    embeddings_made_ = 0;
    const bool trains = planned.trains && progress_[i].must_train;
    if (traits(planned).input != AdapterInput::embeddings) {
      // Several questions share an image: of what is left, about as many images as of the whole.
      made.images_to_encode = made.samples ? test_images(planned) * left / made.samples : 0;
      if (trains) made.training_images = training_images(planned);
      return;
    }
    std::size_t needed = 0, new_ones = 0;
    if (left > 0) {
      needed += test_images(planned);
      new_ones += ledger_.claim(planned, EmbeddingLedger::Part::test, test_images(planned));
    }
    if (trains) {
      needed += runner_.training_set(*planned.dataset).size;
      new_ones += ledger_.claim(planned, EmbeddingLedger::Part::training, runner_.training_set(*planned.dataset).size);
    }
    made.images_to_encode = embeddings_made_ = new_ones;
    made.cached_embeddings = needed - new_ones;
  }

  void add_time(std::size_t i, std::size_t left, ScenarioForecast& made) {
    const PlannedScenario& planned = scenarios_[i];
    const AdapterInput input = traits(planned).input;
    const std::size_t units = input == AdapterInput::questions ? left : made.images_to_encode;
    WorkTime time = rates_.predictions(planned, input, units);
    if (planned.trains && progress_[i].must_train) {
      time += rates_.training(planned, made.training_images, runner_.training_set(*planned.dataset).size);
    }
    made.seconds = time.seconds;
    made.basis = time.basis;
  }

  StudyRunner& runner_;
  const std::vector<PlannedScenario>& scenarios_;
  const std::vector<ScenarioProgress>& progress_;
  EmbeddingLedger ledger_;
  WorkRates rates_;
  std::map<const Item<Dataset>*, std::size_t> test_images_;
  std::size_t embeddings_made_ = 0;  ///< of the scenario at hand
};

}  // namespace

StudyForecast forecast(StudyRunner& runner, const Study& study, const std::vector<PlannedScenario>& scenarios,
                       const std::vector<ScenarioProgress>& progress) {
  return Forecaster(runner, study, scenarios, progress).make();
}

}  // namespace medvlm::launcher
