#include "medvlm/conformance/model.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "laws.hpp"
#include "synthetic.hpp"

namespace medvlm::conformance {
namespace {

constexpr double kBatchTolerance = 1e-4;

bool same(const ProcessedImage& a, const ProcessedImage& b) {
  if (!at::equal(a.pixels, b.pixels) || a.extras.size() != b.extras.size()) return false;
  for (std::size_t i = 0; i < a.extras.size(); ++i) {
    if (a.extras[i].first != b.extras[i].first || !at::equal(a.extras[i].second, b.extras[i].second)) return false;
  }
  return true;
}

void require_finite(const at::Tensor& tensor, const std::string& what) {
  require(tensor.defined(), what + " is undefined");
  require(at::isfinite(tensor).all().item<bool>(), what + " holds numbers that are not finite");
}

void require_close(const at::Tensor& found, const at::Tensor& wanted, const std::string& what) {
  require(found.sizes() == wanted.sizes(), what + ": the shapes differ");
  const double scale = std::max(1.0, wanted.abs().max().item<double>());
  const double difference = (found - wanted).abs().max().item<double>() / scale;
  require(difference <= kBatchTolerance, what + " differs by " + std::to_string(difference) + ", allowed 1e-4");
}

/// Preprocessing laws, the same for encoders and answerers.
template <class Capability>
void check_preprocessing(const Capability& capability) {
  const Image image = synthetic_image(61, 43, 1);
  const auto [first, second] = in_two_threads([&] { return capability.preprocess(image); });
  require_finite(first.pixels.to(at::kFloat), "the preprocessed image");
  require(first.pixels.device().is_cpu(), "preprocess() must give tensors on the CPU");
  require(same(first, second), "the same image was preprocessed differently in two threads");
  require(same(first, capability.preprocess(image)), "the same image was preprocessed differently twice");
  capability.preprocess(synthetic_image(1, 1, 2));
  capability.preprocess(synthetic_image(400, 3, 3));
  const std::string identity = capability.preprocessing_identity();
  require(!identity.empty(), "preprocessing_identity() is empty");
  require(identity == capability.preprocessing_identity(), "preprocessing_identity() differs between two calls");
}

class ModelLaws {
 public:
  ModelLaws(Model& model, const ModelPromise& promise) : model_(model), promise_(promise) {}

  std::vector<Finding> run() {
    const bool sane = laws_.check("info is sane", [&] { info(); });
    if (!sane) return laws_.take();
    if (!laws_.check("loads on the CPU", [&] { model_.load(at::Device(at::kCPU), dtype()); })) return laws_.take();
    laws_.check("offers what its manifest promises", [&] { promise(); });
    if (model_.encoder()) encoder(*model_.encoder());
    if (model_.answerer()) answerer(*model_.answerer());
    if (model_.adaptable()) laws_.check("adaptable layers are named and frozen", [&] { adaptable(); });
    return laws_.take();
  }

 private:
  void info() const {
    const ModelInfo& info = model_.info();
    require(!info.family.empty(), "the family is empty");
    // Behind an endpoint nobody knows how many there are.
    const bool remote = info.files.empty() && promise_.answerer && !promise_.encoder && !promise_.adaptable;
    require(info.parameters > 0 || remote, "the number of parameters is " + std::to_string(info.parameters));
    require(!info.dtypes.empty(), "no dtype is supported");
    for (const auto& file : info.files) {
      require(std::filesystem::exists(file), "the file '" + file.string() + "' does not exist");
    }
  }

  c10::ScalarType dtype() const {
    const auto& dtypes = model_.info().dtypes;
    return std::find(dtypes.begin(), dtypes.end(), at::kFloat) == dtypes.end() ? dtypes.front() : at::kFloat;
  }

  void promise() const {
    const auto agree = [](bool promised, bool found, const std::string& name) {
      require(promised == found, "[capabilities] " + name + " = " + (promised ? "true" : "false") +
                                     " in plugin.toml, but the model " + (found ? "has one" : "has none"));
    };
    require(model_.encoder() || model_.answerer(), "the model is neither an encoder nor an answerer");
    agree(promise_.encoder, model_.encoder() != nullptr, "encoder");
    agree(promise_.answerer, model_.answerer() != nullptr, "answerer");
    agree(promise_.adaptable, model_.adaptable() != nullptr, "adaptable");
  }

  void encoder(ImageTextEncoder& encoder) {
    at::NoGradGuard no_grad;
    laws_.check("the encoder preprocesses the same twice and in two threads", [&] { check_preprocessing(encoder); });
    laws_.check("the encoder embeds an image alone as in a batch", [&] {
      std::vector<ProcessedImage> images;
      for (int i = 0; i < 3; ++i) images.push_back(encoder.preprocess(synthetic_image(50 + i, 40, 10 + i)));
      const ImageEmbeddings batch = encoder.encode_images(images);
      require_finite(batch.joint, "the embedding");
      require(batch.joint.size(0) == 3, "three images gave " + std::to_string(batch.joint.size(0)) + " embeddings");
      for (std::size_t i = 0; i < 3; ++i) {
        const auto alone = encoder.encode_images(std::span(images).subspan(i, 1));
        const auto row = std::int64_t(i);
        require_close(alone.joint, batch.joint.narrow(0, row, 1), "the embedding of one image");
        require(alone.features.defined() == batch.features.defined(), "features are there for one batch size only");
        if (batch.features.defined()) {
          require_finite(batch.features, "the features");
          require_close(alone.features, batch.features.narrow(0, row, 1), "the features of one image");
        }
      }
    });
    laws_.check("similarity is finite and of shape [n, m]", [&] {
      const std::vector<std::string> texts = {"a photo of a melanoma", "a photo of a nevus, which is longer than that"};
      std::vector<ProcessedImage> images;
      for (int i = 0; i < 3; ++i) images.push_back(encoder.preprocess(synthetic_image(40, 40, 20 + i)));
      const at::Tensor embedded = encoder.encode_texts(texts);
      require_finite(embedded, "the text embedding");
      require(embedded.size(0) == 2, "two texts gave " + std::to_string(embedded.size(0)) + " embeddings");
      if (!encoder.texts_depend_on_batch()) {
        const at::Tensor alone = encoder.encode_texts(std::span(texts).subspan(0, 1));
        require_close(alone, embedded.narrow(0, 0, 1), "the embedding of one text");
      }
      const at::Tensor logits = encoder.similarity(encoder.encode_images(images).joint, embedded);
      require_finite(logits, "the similarity");
      require(logits.dim() == 2 && logits.size(0) == 3 && logits.size(1) == 2, "similarity() is not of shape [3, 2]");
    });
  }

  void answerer(Answerer& answerer) {
    laws_.check("the answerer preprocesses the same twice and in two threads", [&] { check_preprocessing(answerer); });
    laws_.check("the answerer answers a question alone as in a batch", [&] {
      const ProcessedImage first = answerer.preprocess(synthetic_image(50, 40, 31));
      const ProcessedImage second = answerer.preprocess(synthetic_image(30, 60, 32));
      const std::vector<Question> questions = {{"What is shown?", &first, 1},
                                               {"Is there a fracture? Answer with yes or no.", &first, 2},
                                               {"What is shown?", &second, 3}};
      Generation generation;
      generation.max_new_tokens = 4;
      const auto batch = answerer.answer(questions, generation);
      require(batch.size() == 3, "three questions got " + std::to_string(batch.size()) + " answers");
      for (std::size_t i = 0; i < 3; ++i) {
        const auto alone = answerer.answer(std::span(questions).subspan(i, 1), generation);
        require(alone.size() == 1, "one question got " + std::to_string(alone.size()) + " answers");
        require(alone[0].text == batch[i].text, "'" + questions[i].text + "' is answered '" + alone[0].text +
                                                    "' alone and '" + batch[i].text + "' in a batch");
        require(batch[i].new_tokens <= 4, "more tokens than max_new_tokens");
      }
    });
  }

  void adaptable() const {
    std::set<std::string> names;
    for (const NamedLayer& layer : model_.adaptable()->layers()) {
      require(layer.layer != nullptr, "the layer '" + layer.name + "' is null");
      require(!layer.name.empty(), "a layer has no name");
      require(names.insert(layer.name).second, "the layer name '" + layer.name + "' occurs twice");
      const at::Tensor weight = layer.layer->weight();
      require(weight.defined() && weight.dim() == 2, "the weight of '" + layer.name + "' is not two-dimensional");
      require(!weight.requires_grad(), "the weight of '" + layer.name + "' is not frozen");
    }
    require(!names.empty(), "there are no layers");
  }

  Model& model_;
  ModelPromise promise_;
  Laws laws_;
};

}  // namespace

std::vector<Finding> check_model(Model& model, const ModelPromise& promise) { return ModelLaws(model, promise).run(); }

}  // namespace medvlm::conformance
