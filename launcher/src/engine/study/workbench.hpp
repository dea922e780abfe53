// Everything that a study names, made and checked before any work: models, datasets, adapters and metrics.
#pragma once

#include <deque>
#include <memory>
#include <string>
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

/// One scenario of the study: what goes together, and what the study's rules make of it.
struct GridCell {
  Item<Model>* model = nullptr;
  Item<Dataset>* dataset = nullptr;
  const Item<Adapter>* adapter = nullptr;    ///< with the options of this scenario
  std::vector<const Item<Metric>*> metrics;  ///< never empty
  std::size_t batch_size = 0;
};

/// The plugins of a study. Adapters are made anew for every scenario, because they hold its state.
class Workbench {
 public:
  /// Makes everything and reports all complaints at once, after those of reading the study in `diagnostics`. Throws
  /// Error(config).
  Workbench(Study study, const std::vector<std::filesystem::path>& command_line_folders,
            std::vector<Diagnostic> diagnostics);

  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;

  const Study& study() const { return study_; }
  /// Every scenario, grouped by model, in the study's order. Never empty.
  std::vector<GridCell>& cells() { return cells_; }
  std::vector<Item<Model>>& models() { return models_; }
  std::vector<Item<Dataset>>& datasets() { return datasets_; }
  std::vector<Item<Adapter>>& adapters() { return adapters_; }
  std::vector<Item<Metric>>& metrics() { return metrics_; }
  registry::Handle<Adapter> make_adapter(const Item<Adapter>& item) const;
  /// How many test samples of a dataset are used at most; 0: all.
  std::size_t limit_of(const Item<Dataset>& dataset) const;
  /// Test samples of a dataset, cut to its limit. Throws Error(data) if there are none.
  std::vector<Sample> test_samples(const Item<Dataset>& dataset) const;

 private:
  Study study_;
  std::unique_ptr<registry::Registry> registry_;
  std::vector<Item<Model>> models_;
  std::vector<Item<Dataset>> datasets_;
  std::vector<Item<Adapter>> adapters_;
  std::vector<Item<Metric>> metrics_;
  std::deque<Item<Adapter>> variants_;  ///< adapters with the options of [[overrides]]
  std::vector<GridCell> cells_;
};

}  // namespace medvlm::launcher
