// Low-rank adaptation as an adapter.
#pragma once

#include <nlohmann/json.hpp>

#include "classifier.hpp"
#include "lora_options.hpp"
#include "medvlm/core/adapter.hpp"
#include "medvlm/sdk/vqa/questioning.hpp"
#include "objective.hpp"
#include "training.hpp"

namespace medvlm::lora {

class Lora final : public Adapter {
 public:
  explicit Lora(const Options& options);

  AdapterTraits traits(const DatasetInfo& dataset) const override;
  std::int64_t trainable_parameters(Model& model, const DatasetInfo& dataset) const override;
  double training_passes(const DatasetInfo& dataset) const override;
  /// Trains, goes on with a training that was stopped or killed, or loads a finished one: `adapter_config.json`,
  /// `adapter_model.safetensors`, `head.safetensors` (of a linear head) and, written last, `report.json`.
  void prepare(AdapterContext& context) override;
  std::string training_report() const override { return report_; }
  std::vector<Prediction> predict(const AdapterBatch& batch) override;

 private:
  void make(AdapterContext& context);
  void load(AdapterContext& context, const std::filesystem::path& folder);
  /// What makes predictions of the adapted model: a classifier, or the model's own answers.
  void make_use(AdapterContext& context, const std::filesystem::path& folder);
  void make_classifier(AdapterContext& context, const std::filesystem::path& folder);
  std::unique_ptr<Objective> objective(AdapterContext& context, const TrainingSamples& samples);
  bool trains_texts() const;
  nlohmann::ordered_json describe() const;

  Options given_;
  LoraOptions options_;  ///< as the dataset's task reads them
  sdk::Questioning questioning_;
  LabelKind kind_ = LabelKind::binary;
  bool asks_ = false;
  std::uint64_t seed_ = 0;
  std::unique_ptr<sdk::lora::LoraAdapter> adapter_;
  std::unique_ptr<Classifier> classifier_;  ///< for labels
  Answerer* answerer_ = nullptr;            ///< for answers
  std::string report_;
};

}  // namespace medvlm::lora
