// What identifies a scenario (so that a changed study is noticed) and what its result says of how it was made.
#pragma once

#include <string>

#include "workbench.hpp"

namespace medvlm::launcher {

/// The parts of one scenario, without its test split.
struct ScenarioParts {
  const Item<Model>& model;
  const Item<Dataset>& dataset;
  const Item<Adapter>& adapter;
  std::vector<const Item<Metric>*> metrics;  ///< those that apply to the dataset
  std::uint64_t seed = 0;
  std::string weights_sha256;
  std::string training_sha256;  ///< of the train and validation samples; empty for an adapter that does not train
  std::string device;           ///< "cpu", "cuda:0"
  std::string dtype;
  std::string unit;             ///< of the bootstrap, resolved: "sample" or "cluster"
  std::size_t batch_size = 0;
  std::size_t limit = 0;        ///< of test samples; 0: all
};

/// The dataset's modality: the study's word, else the plugin's.
std::string modality_of(const Item<Dataset>& dataset);

/// "ID", "OOD" or "-": analysis::domain_of() of the study's facts.
std::string domain_of(const ScenarioParts& parts);

/// Whether the study says that the dataset is in the model's training mixture.
bool is_trained_on(const ScenarioParts& parts);

/// JSON: everything that determines what an adapter learns.
std::string training_identity(const ScenarioParts& parts);

/// JSON: everything that determines the predictions, and under "scoring" what determines the statistics.
std::string scenario_identity(const Study& study, const ScenarioParts& parts, const std::string& samples_sha256);

/// JSON: versions, plugins, checkpoint, machine, resolved configuration, time.
std::string scenario_manifest(const Study& study, const ScenarioParts& parts, const std::string& samples_sha256);

/// SHA-256 of everything that determines an embedding but the image.
std::string encoder_key(const ScenarioParts& parts);

}  // namespace medvlm::launcher
