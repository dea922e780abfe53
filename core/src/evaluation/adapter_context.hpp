// What the evaluation lends to an adapter while it prepares; keeps the test split closed.
#pragma once

#include <set>

#include "medvlm/core/image_loader.hpp"
#include "medvlm/core/scenario.hpp"

namespace medvlm {

/// The model's own preprocessing, for loader threads: that of its encoder, unless it is asked questions or only answers.
/// Throws Error(config) for a model without images.
Preprocess image_preprocessing(Model& model, AdapterInput input = AdapterInput::images);

class ScenarioContext final : public AdapterContext {
 public:
  ScenarioContext(Scenario& scenario, Progress& progress);

  Model& model() override { return *scenario_.model; }
  const DatasetInfo& dataset() const override { return scenario_.dataset->info(); }
  std::uint64_t seed() const override { return scenario_.seed; }
  const std::filesystem::path& folder() const override { return folder_; }
  bool has(Split split) const override;
  std::vector<Sample> samples(Split split) override;
  ImageEmbeddings embed(std::span<const Sample> samples, std::vector<std::size_t>& kept) override;
  std::vector<ProcessedImage> load(std::span<const Sample> samples, std::vector<std::size_t>& kept) override;
  std::unique_ptr<ImageStream> stream(std::span<const Sample* const> order) override;
  Progress& progress() override { return progress_; }
  bool stop_requested() const override { return progress_.stop_requested(); }

 private:
  Scenario& scenario_;
  Progress& progress_;
  std::filesystem::path folder_;
  std::set<std::string> reported_;  ///< ids of samples whose image failed
};

}  // namespace medvlm
