// Low-rank adaptation as an adapter.
#pragma once

#include <nlohmann/json.hpp>

#include "classifier.hpp"
#include "lora_options.hpp"
#include "medvlm/core/adapter.hpp"

namespace medvlm::lora {

class Lora final : public Adapter {
 public:
  explicit Lora(const Options& options) : options_(LoraOptions::read(options)) {}

  AdapterTraits traits(const DatasetInfo& dataset) const override;
  /// Trains, goes on with a training that was stopped or killed, or loads a finished one: `adapter_config.json`,
  /// `adapter_model.safetensors`, `head.safetensors` and, written last, `report.json`.
  void prepare(AdapterContext& context) override;
  std::string training_report() const override { return report_; }
  std::vector<Prediction> predict(const AdapterBatch& batch) override;

 private:
  void make(AdapterContext& context);
  void load(AdapterContext& context, const std::filesystem::path& folder);
  void make_classifier(AdapterContext& context, const std::filesystem::path& folder);
  bool trains_texts() const;
  nlohmann::ordered_json describe() const;

  LoraOptions options_;
  LabelKind kind_ = LabelKind::binary;
  std::unique_ptr<sdk::lora::LoraAdapter> adapter_;
  std::unique_ptr<Classifier> classifier_;
  std::string report_;
};

}  // namespace medvlm::lora
