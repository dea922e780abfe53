// The smallest complete adapter: zero-shot diagnosis with an image-text encoder, one prompt per class.
#include <ATen/ATen.h>

#include "medvlm/core/adapter.hpp"
#include "medvlm/sdk/plugin.hpp"

namespace {

class MinimalAdapter : public medvlm::Adapter {
 public:
  explicit MinimalAdapter(const medvlm::Options&) {}

  medvlm::AdapterTraits traits(const medvlm::DatasetInfo& dataset) const override {
    if (dataset.task == medvlm::Task::diagnosis && dataset.labels != medvlm::LabelKind::multilabel) return {};
    throw medvlm::Error(medvlm::ErrorCode::config, "minimal-adapter needs one class per sample");
  }

  void prepare(medvlm::AdapterContext& context) override {
    encoder_ = context.model().encoder();
    if (!encoder_) throw medvlm::Error(medvlm::ErrorCode::config, "minimal-adapter needs an image-text encoder");
    std::vector<std::string> prompts;
    for (const medvlm::ClassInfo& item : context.dataset().classes) {
      std::string prompt = context.dataset().prompt_template;
      if (const auto at = prompt.find("{}"); at != std::string::npos) prompt.replace(at, 2, item.text);
      prompts.push_back(prompt);
    }
    texts_ = encoder_->encode_texts(prompts);
  }

  std::vector<medvlm::Prediction> predict(const medvlm::AdapterBatch& batch) override {
    const at::Tensor probabilities =
        at::softmax(encoder_->similarity(batch.embeddings.joint, texts_), -1).to(at::kCPU, at::kDouble).contiguous();
    std::vector<medvlm::Prediction> predictions(batch.samples.size());
    const auto classes = static_cast<std::size_t>(probabilities.size(1));
    for (std::size_t i = 0; i < predictions.size(); ++i) {
      const double* row = probabilities.data_ptr<double>() + i * classes;
      predictions[i].scores.assign(row, row + classes);
    }
    return predictions;
  }

 private:
  medvlm::ImageTextEncoder* encoder_ = nullptr;  // owned by the model
  at::Tensor texts_;
};

}  // namespace

MEDVLM_PLUGIN(medvlm::Adapter, MinimalAdapter)
