// The model as published: zero-shot classification by the similarity of an image to the prompts of the classes.
#include <ATen/ATen.h>

#include "medvlm/core/adapter.hpp"
#include "medvlm/sdk/plugin.hpp"
#include "medvlm/sdk/train/classification.hpp"
#include "medvlm/sdk/zero_shot/class_prompts.hpp"

namespace medvlm::off_the_shelf {
namespace {

class OffTheShelf final : public Adapter {
 public:
  explicit OffTheShelf(const Options& options) : wish_(sdk::ClassPrompts::Wish::from_options(options)) {}

  AdapterTraits traits(const DatasetInfo& dataset) const override {
    if (dataset.task != Task::diagnosis) {
      throw Error(ErrorCode::config, "off_the_shelf serves diagnosis datasets; '" + dataset.name + "' asks questions");
    }
    return {AdapterInput::embeddings, false};
  }

  void prepare(AdapterContext& context) override {
    encoder_ = context.model().encoder();
    if (!encoder_) {
      throw Error(ErrorCode::config, context.model().info().family + " has no encoder for images and texts, which " +
                                         "zero-shot classification needs");
    }
    const c10::InferenceMode frozen;
    kind_ = context.dataset().labels;
    classes_ = sdk::ClassPrompts(wish_, context.dataset()).embed(*encoder_);
  }

  std::vector<Prediction> predict(const AdapterBatch& batch) override {
    const at::Tensor logits = sdk::ClassPrompts::logits(*encoder_, batch.embeddings.joint, classes_);
    return sdk::train::to_predictions(sdk::train::probabilities(kind_, logits));
  }

 private:
  sdk::ClassPrompts::Wish wish_;
  ImageTextEncoder* encoder_ = nullptr;
  LabelKind kind_ = LabelKind::binary;
  sdk::ClassPrompts::Embedded classes_;
};

}  // namespace
}  // namespace medvlm::off_the_shelf

MEDVLM_PLUGIN(medvlm::Adapter, medvlm::off_the_shelf::OffTheShelf)
