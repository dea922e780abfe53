#include "lora.hpp"

#include <algorithm>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "medvlm/base/files.hpp"
#include "medvlm/sdk/train/classification.hpp"
#include "training.hpp"

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

AdapterTraits Lora::traits(const DatasetInfo& dataset) const {
  if (dataset.task != Task::diagnosis) {
    throw Error(ErrorCode::config, "lora serves diagnosis datasets; '" + dataset.name + "' asks questions");
  }
  return {AdapterInput::images, true};
}

void Lora::prepare(AdapterContext& context) {
  kind_ = context.dataset().labels;
  if (std::filesystem::exists(context.folder() / kReport)) {
    load(context, context.folder());
  } else {
    make(context);
  }
  report_ = read_file(context.folder() / kReport);
  classifier_->freeze_texts();
}

void Lora::load(AdapterContext& context, const std::filesystem::path& folder) {
  adapter_ = sdk::lora::LoraAdapter::load(adaptable_of(context.model()), folder);
  make_classifier(context, folder);
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
  std::optional<TrainingSamples> samples;
  if (options_.training.epochs > 0) samples = read_samples(context, options_.training);
  if (options_.adapter) {
    load(context, *options_.adapter);
    adapter_->dropout().seed = context.seed();
  } else {
    const auto targets = sdk::lora::choose_targets(model.layers(), options_.targets);
    adapter_ = std::make_unique<sdk::lora::LoraAdapter>(targets, options_.settings, context.seed());
    make_classifier(context, {});
  }
  json report = describe();
  if (samples) report.update(train(context, *samples, *adapter_, *classifier_, options_.training));
  adapter_->save(context.folder());
  if (classifier_->head()) classifier_->head()->save(context.folder() / kHead);
  write_file_atomically(context.folder() / kReport, report.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
  std::filesystem::remove(state_file(context.folder()));
}

json Lora::describe() const {
  std::int64_t parameters = adapter_->parameter_count();
  for (const at::Tensor& parameter : classifier_->parameters()) parameters += parameter.numel();
  return {{"head", options_.prompt_head ? "prompt" : "linear"},
          {"rank", adapter_->settings().rank},
          {"alpha", adapter_->settings().alpha},
          {"adapted_layers", adapter_->layer_count()},
          {"trained_parameters", options_.training.epochs > 0 ? parameters : 0}};
}

std::vector<Prediction> Lora::predict(const AdapterBatch& batch) {
  return sdk::train::to_predictions(sdk::train::probabilities(kind_, classifier_->logits(batch.images)));
}

}  // namespace medvlm::lora
