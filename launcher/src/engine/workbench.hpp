// Everything that a study names, made and checked before any work: models, datasets, adapters and metrics.
#pragma once

#include <memory>
#include <vector>

#include "medvlm/core/adapter.hpp"
#include "medvlm/core/dataset.hpp"
#include "medvlm/core/metric.hpp"
#include "medvlm/core/model.hpp"
#include "medvlm/registry/registry.hpp"
#include "study.hpp"

namespace medvlm::launcher {

/// A study's entry with its plugin and its checked options.
template <class Interface>
struct Item {
  StudyEntry entry;
  const registry::Manifest* manifest = nullptr;
  Options options;
  registry::Handle<Interface> object;
};

/// The plugins of a study. Adapters are made anew for every scenario, because they hold its state.
class Workbench {
 public:
  /// Makes everything and reports all complaints at once, after those of reading the study in `diagnostics`. Throws
  /// Error(config).
  Workbench(Study study, const std::vector<std::filesystem::path>& command_line_folders,
            std::vector<Diagnostic> diagnostics);

  const Study& study() const { return study_; }
  std::vector<Item<Model>>& models() { return models_; }
  std::vector<Item<Dataset>>& datasets() { return datasets_; }
  std::vector<Item<Adapter>>& adapters() { return adapters_; }
  std::vector<Item<Metric>>& metrics() { return metrics_; }
  registry::Handle<Adapter> make_adapter(const Item<Adapter>& item) const;
  /// Test samples of a dataset, cut to the study's limit. Throws Error(data) if there are none.
  std::vector<Sample> test_samples(Dataset& dataset) const;

 private:
  Study study_;
  std::unique_ptr<registry::Registry> registry_;
  std::vector<Item<Model>> models_;
  std::vector<Item<Dataset>> datasets_;
  std::vector<Item<Adapter>> adapters_;
  std::vector<Item<Metric>> metrics_;
};

}  // namespace medvlm::launcher
