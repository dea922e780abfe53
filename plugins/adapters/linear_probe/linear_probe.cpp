#include "linear_probe.hpp"

#include <ATen/ATen.h>

#include "adamw_solver.hpp"
#include "lbfgs_solver.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/train/classification.hpp"
#include "medvlm/sdk/train/folds.hpp"

namespace medvlm::linear_probe {
namespace {

using json = nlohmann::ordered_json;

/// The labelled samples whose image could be embedded.
struct Embedded {
  std::vector<Sample> samples;
  at::Tensor features;
  std::size_t unlabelled = 0, failed = 0;
};

Embedded embed(AdapterContext& context, Split split, const std::function<at::Tensor(const ImageEmbeddings&)>& features) {
  Embedded embedded;
  std::vector<Sample> labelled;
  for (Sample& sample : context.samples(split)) {
    if (sdk::train::has_label(context.dataset(), sample)) labelled.push_back(std::move(sample));
    else ++embedded.unlabelled;
  }
  std::vector<std::size_t> kept;
  ImageEmbeddings embeddings;
  if (!labelled.empty()) embeddings = context.embed(labelled, kept);
  embedded.failed = labelled.size() - kept.size();
  if (kept.empty()) {
    throw Error(ErrorCode::data, "the " + std::string(to_string(split)) + " split of '" + context.dataset().name +
                                     "' has no " + (labelled.empty() ? "labelled sample" : "image that can be read") +
                                     " to learn from");
  }
  for (const std::size_t index : kept) embedded.samples.push_back(std::move(labelled[index]));
  embedded.features = features(embeddings);
  return embedded;
}

}  // namespace

AdapterTraits LinearProbe::traits(const DatasetInfo& dataset) const {
  if (dataset.task != Task::diagnosis) {
    throw Error(ErrorCode::config, "linear_probe serves diagnosis datasets; '" + dataset.name + "' asks questions");
  }
  return {AdapterInput::embeddings, true};
}

std::int64_t LinearProbe::trainable_parameters(Model& model, const DatasetInfo& dataset) const {
  const std::int64_t width = model.encoder() ? model.encoder()->probe_width() : -1;
  if (width < 0) return -1;
  // Of two classes the optimum needs one row of weights; the paper's recipe has one for each.
  const bool one_row = !options_.adamw && dataset.labels == LabelKind::binary;
  return (one_row ? 1 : std::int64_t(dataset.classes.size())) * (width + 1);
}

at::Tensor LinearProbe::features(const ImageEmbeddings& embeddings) const {
  const at::Tensor features = sdk::train::probe_features(embeddings).to(at::kCPU, at::kFloat);
  return options_.unit_length ? features / features.norm(2, -1, true) : features;
}

void LinearProbe::prepare(AdapterContext& context) {
  kind_ = context.dataset().labels;
  const auto head_file = context.folder() / "head.safetensors", report_file = context.folder() / "report.json";
  if (!std::filesystem::exists(report_file)) train(context);
  head_ = sdk::train::LinearHead::load(head_file);
  report_ = read_file(report_file);
}

void LinearProbe::train(AdapterContext& context) {
  const DatasetInfo& dataset = context.dataset();
  const auto features_of = [this](const ImageEmbeddings& embeddings) { return features(embeddings); };
  const auto stop = [&context] {
    if (context.stop_requested()) throw Error(ErrorCode::interrupted, "stopped while training the probe");
  };
  const Embedded train = embed(context, Split::train, features_of);
  ProbeData data{&dataset, {train.features, sdk::train::label_tensor(dataset, train.samples)}, {}, {}, context.seed()};
  const auto counts = sdk::train::class_counts(kind_, std::int64_t(dataset.classes.size()), data.train.labels);
  sdk::train::require_two_classes(dataset, counts, "train");
  const bool chooses = !options_.adamw && options_.strengths.size() > 1;
  const bool has_validation = context.has(Split::validation);
  if (chooses && has_validation) {
    const Embedded validation = embed(context, Split::validation, features_of);
    data.validation = {validation.features, sdk::train::label_tensor(dataset, validation.samples)};
  } else {
    data.folds = sdk::train::cluster_folds(dataset, train.samples, options_.folds, context.seed());
  }
  TrainedProbe probe = options_.adamw ? solve_adamw(data, options_, stop) : solve_lbfgs(data, options_, stop);
  json report = {{"solver", options_.adamw ? "adamw" : "lbfgs"},
                 {"trained_parameters", probe.head.weight.numel() + probe.head.bias.numel()},
                 {"samples", train.samples.size()},
                 {"left_out", {{"without_label", train.unlabelled}, {"image_failed", train.failed}}},
                 {"class_counts", json::array()},
                 {"standardised", options_.standardise}};
  for (std::int64_t c = 0; c < counts.size(0); ++c) {
    if (counts.dim() == 1) report["class_counts"].push_back(counts[c].item<std::int64_t>());
    else report["class_counts"].push_back({counts[c][0].item<std::int64_t>(), counts[c][1].item<std::int64_t>()});
  }
  if (chooses)
    report["chosen_on"] = has_validation ? "validation split" : std::to_string(options_.folds) + " folds of the train split";
  report.update(probe.report);
  sdk::train::LinearHead{probe.head.weight.to(at::kDouble), probe.head.bias.to(at::kDouble)}.save(context.folder() /
                                                                                                  "head.safetensors");
  write_file_atomically(context.folder() / "report.json", report.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

std::vector<Prediction> LinearProbe::predict(const AdapterBatch& batch) {
  const at::Tensor logits = head_.logits(features(batch.embeddings));
  return sdk::train::to_predictions(sdk::train::probabilities(kind_, logits));
}

}  // namespace medvlm::linear_probe
