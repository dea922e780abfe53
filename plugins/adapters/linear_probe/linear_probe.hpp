// The linear probe as an adapter.
#pragma once

#include "medvlm/core/adapter.hpp"
#include "probe_options.hpp"

namespace medvlm::linear_probe {

class LinearProbe final : public Adapter {
 public:
  explicit LinearProbe(const Options& options) : options_(ProbeOptions::read(options)) {}

  AdapterTraits traits(const DatasetInfo& dataset) const override;
  std::int64_t trainable_parameters(Model& model, const DatasetInfo& dataset) const override;
  double training_passes(const DatasetInfo&) const override { return 0; }
  /// Trains, or loads `head.safetensors` and `report.json`, the second of which is written last.
  void prepare(AdapterContext& context) override;
  std::string training_report() const override { return report_; }
  std::vector<Prediction> predict(const AdapterBatch& batch) override;

 private:
  void train(AdapterContext& context);
  at::Tensor features(const ImageEmbeddings& embeddings) const;

  ProbeOptions options_;
  LabelKind kind_ = LabelKind::binary;
  sdk::train::LinearHead head_;  ///< float64
  std::string report_;
};

}  // namespace medvlm::linear_probe
