// The model as published: zero-shot classification by the similarity of an image to the prompts of the classes, or the
// dataset's questions to a model that answers.
#include <ATen/ATen.h>

#include "medvlm/core/adapter.hpp"
#include "medvlm/sdk/plugin.hpp"
#include "medvlm/sdk/train/classification.hpp"
#include "medvlm/sdk/vqa/questioning.hpp"
#include "medvlm/sdk/zero_shot/class_prompts.hpp"

namespace medvlm::off_the_shelf {
namespace {

class OffTheShelf final : public Adapter {
 public:
  explicit OffTheShelf(const Options& options)
      : wish_(sdk::ClassPrompts::Wish::from_options(options)), questioning_(options) {}

  AdapterTraits traits(const DatasetInfo& dataset) const override {
    if (dataset.task == Task::vqa) return {AdapterInput::questions, false};
    return {AdapterInput::embeddings, false};
  }

  void prepare(AdapterContext& context) override {
    if (context.dataset().task == Task::vqa) return prepare_questions(context);
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
    if (answerer_) return questioning_.ask(*answerer_, batch, seed_);
    const at::Tensor logits = sdk::ClassPrompts::logits(*encoder_, batch.embeddings.joint, classes_);
    return sdk::train::to_predictions(sdk::train::probabilities(kind_, logits));
  }

 private:
  void prepare_questions(AdapterContext& context) {
    answerer_ = context.model().answerer();
    seed_ = context.seed();
    if (answerer_) return;
    throw Error(ErrorCode::config, context.model().info().family + " answers no questions, which dataset '" +
                                       context.dataset().name + "' asks; take a generative model");
  }

  sdk::ClassPrompts::Wish wish_;
  sdk::Questioning questioning_;
  Answerer* answerer_ = nullptr;  ///< for questions
  std::uint64_t seed_ = 0;
  ImageTextEncoder* encoder_ = nullptr;
  LabelKind kind_ = LabelKind::binary;
  sdk::ClassPrompts::Embedded classes_;
};

}  // namespace
}  // namespace medvlm::off_the_shelf

MEDVLM_PLUGIN(medvlm::Adapter, medvlm::off_the_shelf::OffTheShelf)
