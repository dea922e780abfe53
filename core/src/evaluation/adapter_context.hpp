// What the evaluation lends to an adapter while it prepares; keeps the test split closed.
#pragma once

#include "medvlm/core/scenario.hpp"

namespace medvlm {

class ScenarioContext final : public AdapterContext {
 public:
  ScenarioContext(Scenario& scenario, Progress& progress);

  Model& model() override { return *scenario_.model; }
  const DatasetInfo& dataset() const override { return scenario_.dataset->info(); }
  std::uint64_t seed() const override { return scenario_.seed; }
  const std::filesystem::path& folder() const override { return folder_; }
  std::vector<Sample> samples(Split split) override;
  ImageEmbeddings embed(std::span<const Sample> samples, std::vector<std::size_t>& kept) override;
  std::vector<ProcessedImage> load(std::span<const Sample> samples, std::vector<std::size_t>& kept) override;
  bool stop_requested() const override { return progress_.stop_requested(); }

 private:
  Scenario& scenario_;
  Progress& progress_;
  std::filesystem::path folder_;
};

}  // namespace medvlm
