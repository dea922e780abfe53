#include "lora.hpp"

#include <algorithm>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "medvlm/base/files.hpp"
#include "medvlm/sdk/train/classification.hpp"

namespace medvlm::lora {
namespace {

using json = nlohmann::ordered_json;

constexpr const char* kHead = "head.safetensors";
constexpr const char* kReport = "report.json";

/// The model's capabilities that the adapter needs.
ImageTextEncoder& encoder_of(Model& model) {
  if (ImageTextEncoder* encoder = model.encoder()) return *encoder;
  throw Error(ErrorCode::config, model.info().family + " has no image encoder that lora could adapt");
}

Answerer& answerer_of(Model& model) {
  if (Answerer* answerer = model.answerer()) return *answerer;
  throw Error(ErrorCode::config, model.info().family + " answers no questions; take a generative model");
}

TrainableAnswerer& trainable_of(Model& model) {
  if (TrainableAnswerer* answerer = model.trainable_answerer()) return *answerer;
  throw Error(ErrorCode::config, model.info().family + " cannot learn answers: lora needs a model whose weights are here; " +
                                     "ask it off the shelf");
}

Adaptable& adaptable_of(Model& model) {
  if (Adaptable* adaptable = model.adaptable()) return *adaptable;
  throw Error(ErrorCode::config, model.info().family + " has no layers that an adapter may change");
}

/// The width of what the head sees, learnt from the first image that can be read.
std::int64_t feature_width(AdapterContext& context, ImageTextEncoder& encoder) {
  const std::vector<Sample> samples = context.samples(Split::train);
  std::vector<const Sample*> order;
  for (const Sample& sample : samples) order.push_back(&sample);
  const auto item = context.stream(order)->next();
  if (!item) throw Error(ErrorCode::data, "no image of the train split of '" + context.dataset().name + "' can be read");
  const c10::NoGradGuard frozen;
  return sdk::train::probe_features(encoder.encode_images(std::span(&item->image, 1))).size(1);
}

sdk::train::LinearHead to_device(const sdk::train::LinearHead& head, c10::Device device) {
  return {head.weight.to(device, at::kFloat), head.bias.to(device, at::kFloat)};
}

}  // namespace

Lora::Lora(const Options& options) : given_(options), questioning_(options) {
  // What serves neither task is refused at once; what serves one of them, when a dataset of the other is there.
  try {
    options_ = LoraOptions::read(options, Task::diagnosis);
  } catch (const Error& refusal) {
    try {
      options_ = LoraOptions::read(options, Task::vqa);
    } catch (const Error&) {
      throw refusal;
    }
  }
}

AdapterTraits Lora::traits(const DatasetInfo& dataset) const {
  LoraOptions::read(given_, dataset.task);
  return {dataset.task == Task::vqa ? AdapterInput::questions : AdapterInput::images, true};
}

void Lora::prepare(AdapterContext& context) {
  asks_ = context.dataset().task == Task::vqa;
  options_ = LoraOptions::read(given_, context.dataset().task);
  kind_ = context.dataset().labels;
  seed_ = context.seed();
  if (std::filesystem::exists(context.folder() / kReport)) {
    load(context, context.folder());
  } else {
    make(context);
  }
  report_ = read_file(context.folder() / kReport);
  if (classifier_) classifier_->freeze_texts();
}

void Lora::load(AdapterContext& context, const std::filesystem::path& folder) {
  adapter_ = sdk::lora::LoraAdapter::load(adaptable_of(context.model()), folder);
  make_use(context, folder);
}

void Lora::make_use(AdapterContext& context, const std::filesystem::path& folder) {
  if (asks_) answerer_ = &answerer_of(context.model());
  else make_classifier(context, folder);
}

bool Lora::trains_texts() const {
  const std::vector<NamedLayer> layers = adapter_->layers();
  return std::any_of(layers.begin(), layers.end(), [](const NamedLayer& layer) { return layer.part != "vision"; });
}

void Lora::make_classifier(AdapterContext& context, const std::filesystem::path& folder) {
  ImageTextEncoder& encoder = encoder_of(context.model());
  if (options_.prompt_head) {
    classifier_ =
        std::make_unique<Classifier>(encoder, sdk::ClassPrompts(options_.prompts, context.dataset()), trains_texts());
    return;
  }
  const c10::Device device = adapter_->parameters().front().device();
  const auto classes = static_cast<std::int64_t>(context.dataset().classes.size());
  if (!folder.empty() && std::filesystem::exists(folder / kHead)) {
    const auto head = sdk::train::LinearHead::load(folder / kHead);
    if (head.weight.size(0) != classes) {
      throw Error(ErrorCode::checkpoint, (folder / kHead).string() + ": has " + std::to_string(head.weight.size(0)) +
                                             " classes, '" + context.dataset().name + "' has " + std::to_string(classes));
    }
    classifier_ = std::make_unique<Classifier>(encoder, to_device(head, device));
    return;
  }
  if (options_.training.epochs == 0) {
    throw Error(ErrorCode::checkpoint, "'" + (folder / kHead).string() +
                                           "' is missing: an adapter without its head cannot " +
                                           "classify; use head = \"prompt\", or train with epochs > 0");
  }
  const auto head = sdk::train::LinearHead::initial(classes, feature_width(context, encoder),
                                                    sdk::train::seeded_generator(context.seed()));
  classifier_ = std::make_unique<Classifier>(encoder, to_device(head, device));
}

void Lora::make(AdapterContext& context) {
  Adaptable& model = adaptable_of(context.model());
  if (asks_ && options_.training.epochs > 0) trainable_of(context.model());  // before anything is read
  std::optional<TrainingSamples> samples;
  if (options_.training.epochs > 0) samples = read_samples(context, options_.training);
  if (options_.adapter) {
    load(context, *options_.adapter);
    adapter_->dropout().seed = context.seed();
  } else {
    const auto targets = sdk::lora::choose_targets(model.layers(), options_.targets);
    adapter_ = std::make_unique<sdk::lora::LoraAdapter>(targets, options_.settings, context.seed());
    make_use(context, {});
  }
  json report = describe();
  if (samples) report.update(train(context, *samples, *adapter_, *objective(context, *samples), options_.training));
  adapter_->save(context.folder());
  if (classifier_ && classifier_->head()) classifier_->head()->save(context.folder() / kHead);
  write_file_atomically(context.folder() / kReport, report.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
  std::filesystem::remove(state_file(context.folder()));
}

std::unique_ptr<Objective> Lora::objective(AdapterContext& context, const TrainingSamples& samples) {
  if (asks_) return std::make_unique<AnswerObjective>(trainable_of(context.model()), questioning_, seed_);
  at::Tensor weights;
  if (options_.training.class_weights) {
    const auto classes = std::int64_t(context.dataset().classes.size());
    weights = sdk::train::balanced_weights(sdk::train::class_counts(kind_, classes, samples.train.labels));
  }
  return std::make_unique<LabelObjective>(*classifier_, kind_, weights);
}

json Lora::describe() const {
  std::int64_t parameters = adapter_->parameter_count();
  if (classifier_) {
    for (const at::Tensor& parameter : classifier_->parameters()) parameters += parameter.numel();
  }
  json report = json::object();
  if (!asks_) report["head"] = options_.prompt_head ? "prompt" : "linear";
  report["rank"] = adapter_->settings().rank;
  report["alpha"] = adapter_->settings().alpha;
  report["adapted_layers"] = adapter_->layer_count();
  report["trained_parameters"] = options_.training.epochs > 0 ? parameters : 0;
  return report;
}

std::vector<Prediction> Lora::predict(const AdapterBatch& batch) {
  if (asks_) return questioning_.ask(*answerer_, batch, seed_);
  return sdk::train::to_predictions(sdk::train::probabilities(kind_, classifier_->logits(batch.images)));
}

}  // namespace medvlm::lora
