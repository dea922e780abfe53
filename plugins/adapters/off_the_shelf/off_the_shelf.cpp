// The model as published: zero-shot classification by the similarity of an image to the prompts of the classes.
#include <ATen/ATen.h>

#include "medvlm/core/adapter.hpp"
#include "medvlm/sdk/plugin.hpp"
#include "prompts.hpp"

namespace medvlm::off_the_shelf {
namespace {

class OffTheShelf final : public Adapter {
 public:
  explicit OffTheShelf(const Options& options)
      : templates_(options.texts("templates")),
        class_texts_(options.texts("class_texts")),
        negative_texts_(options.texts("negative_texts")) {
    for (const std::string& prompt_template : templates_) fill_template(prompt_template, "");
  }

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
    const DatasetInfo& dataset = context.dataset();
    const auto templates = templates_.empty() ? std::vector<std::string>{dataset.prompt_template} : templates_;
    multilabel_ = dataset.labels == LabelKind::multilabel;
    positive_ = class_embeddings(templates, texts(dataset, class_texts_, false));
    if (multilabel_) negative_ = class_embeddings(templates, texts(dataset, negative_texts_, true));
  }

  std::vector<Prediction> predict(const AdapterBatch& batch) override {
    const at::Tensor& images = batch.embeddings.joint;
    at::Tensor logits = encoder_->similarity(images.to(positive_.device(), positive_.scalar_type()), positive_);
    if (multilabel_) {
      const at::Tensor absent = encoder_->similarity(images.to(positive_.device(), positive_.scalar_type()), negative_);
      logits = at::stack({absent, logits}, -1);
    }
    // In double on the CPU: the order of close scores then follows the logits alone.
    at::Tensor scores = at::softmax(logits.to(at::kCPU, at::kDouble), -1);
    if (multilabel_) scores = scores.select(-1, 1);
    scores = scores.contiguous();
    const double* values = scores.const_data_ptr<double>();
    const std::int64_t classes = scores.size(1);
    std::vector<Prediction> predictions(batch.samples.size());
    for (std::size_t i = 0; i < predictions.size(); ++i) {
      predictions[i].scores.assign(values + std::int64_t(i) * classes, values + (std::int64_t(i) + 1) * classes);
    }
    return predictions;
  }

 private:
  static std::vector<std::string> texts(const DatasetInfo& dataset, const std::vector<std::string>& own, bool negative) {
    if (!own.empty() && own.size() != dataset.classes.size()) {
      throw Error(ErrorCode::config, std::string(negative ? "negative_texts" : "class_texts") + " has " +
                                         std::to_string(own.size()) + " entries, but '" + dataset.name + "' has " +
                                         std::to_string(dataset.classes.size()) + " classes");
    }
    if (!own.empty()) return own;
    std::vector<std::string> texts;
    for (const ClassInfo& info : dataset.classes) {
      texts.push_back(negative ? info.negative_text : info.text);
      if (negative && info.negative_text.empty()) {
        throw Error(ErrorCode::config, "'" + dataset.name + "' does not say what the absence of '" + info.name +
                                           "' is called; give negative_texts");
      }
    }
    return texts;
  }

  /// One embedding per class, [classes, ...]. Several templates: the mean of their normalised embeddings.
  at::Tensor class_embeddings(const std::vector<std::string>& templates, const std::vector<std::string>& texts) {
    std::vector<std::string> prompts;
    for (const std::string& text : texts) {
      for (std::string& prompt : fill_templates(templates, text)) prompts.push_back(std::move(prompt));
    }
    const at::Tensor embedded = encoder_->encode_texts(prompts);
    if (templates.size() == 1) return embedded;
    const at::Tensor unit = embedded / embedded.norm(2, -1, true);
    std::vector<std::int64_t> shape{std::int64_t(texts.size()), std::int64_t(templates.size())};
    for (std::int64_t i = 1; i < unit.dim(); ++i) shape.push_back(unit.size(i));
    return unit.view(shape).mean(1);
  }

  std::vector<std::string> templates_, class_texts_, negative_texts_;
  ImageTextEncoder* encoder_ = nullptr;
  bool multilabel_ = false;
  at::Tensor positive_, negative_;
};

}  // namespace
}  // namespace medvlm::off_the_shelf

MEDVLM_PLUGIN(medvlm::Adapter, medvlm::off_the_shelf::OffTheShelf)
