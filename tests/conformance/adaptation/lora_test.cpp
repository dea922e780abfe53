// LoRA against PEFT: logits, losses, first gradients, trained adapters and merged weights, for every golden adapter whose
// model plugin was built.
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "golden_model.hpp"
#include "lora/trainer.hpp"
#include "medvlm/sdk/train/classification.hpp"
#include "temporary_folder.hpp"
#include "trace.hpp"

namespace {

using namespace medvlm;
namespace fs = std::filesystem;

/// A recorded training, set up at its start.
struct Recorded {
  fs::path folder;
  test::Trace trace;
  registry::Handle<Model> model;
  std::vector<ProcessedImage> images;
  at::Tensor labels;
  LabelKind kind = LabelKind::multiclass;
  std::int64_t classes;
  std::unique_ptr<sdk::lora::LoraAdapter> adapter;
  std::unique_ptr<lora::Classifier> classifier;

  explicit Recorded(const fs::path& place)
      : folder(place),
        trace(place / "trace"),
        model(test::load_golden_model(fs::weakly_canonical(place / trace.about().at("base").get<std::string>()))) {
    if (!model) return;
    images = test::as_images(trace["pixel_values"]);
    labels = trace["labels"];
    classes = trace["logits_initial"].size(1);
    attach(place / "initial");
    if (trace.has("head.init.weight")) {
      classifier = std::make_unique<lora::Classifier>(
          *model->encoder(), sdk::train::LinearHead{trace["head.init.weight"].clone(), trace["head.init.bias"].clone()});
    } else {
      classifier = std::make_unique<lora::Classifier>(*model->encoder(), prompts(), false);
    }
  }

  void attach(const fs::path& peft) {
    adapter.reset();
    adapter = sdk::lora::LoraAdapter::load(*model->adaptable(), peft);
  }

  sdk::ClassPrompts prompts() const {
    const auto texts =
        test::read_golden_json(fs::weakly_canonical(folder / trace.about().at("base").get<std::string>()) / "texts.json");
    DatasetInfo dataset;
    dataset.labels = kind;
    dataset.prompt_template = "{}";
    for (std::int64_t c = 0; c < classes; ++c) {
      const std::string text = texts[std::size_t(c)];
      dataset.classes.push_back({text, text, ""});
    }
    return sdk::ClassPrompts({}, dataset);
  }

  lora::TrainingOptions options() const {
    lora::TrainingOptions options;
    options.weight_decay = trace.about().at("optimizer").at("weight_decay");
    options.max_grad_norm = 0;
    return options;
  }
  double lr() const { return trace.about().at("optimizer").at("lr"); }
  at::Tensor weights() const {
    if (classifier->head()) return {};
    return sdk::train::balanced_weights(sdk::train::class_counts(kind, classes, labels));
  }
  at::Tensor logits() {
    const c10::NoGradGuard frozen;
    return classifier->logits(images);
  }
  std::vector<at::Tensor> base_weights() const {
    std::vector<at::Tensor> weights;
    for (const NamedLayer& layer : model->adaptable()->layers()) weights.push_back(layer.layer->weight());
    return weights;
  }
};

void check_gradients(const Recorded& recorded) {
  for (const auto& [name, tensor] : recorded.adapter->tensors()) {
    CAPTURE(name);
    // A layer that PEFT cannot reach (fused attention) has none there, and must have none here.
    REQUIRE(tensor.grad().defined() == recorded.trace.has("gradient." + name));
    if (tensor.grad().defined()) recorded.trace.check("gradient." + name, tensor.grad());
  }
  if (!recorded.classifier->head()) return;
  recorded.trace.check("gradient.head.weight", recorded.classifier->head()->weight.grad());
  recorded.trace.check("gradient.head.bias", recorded.classifier->head()->bias.grad());
}

/// The recorded number of steps; gradients of the first are compared.
void train(Recorded& recorded, lora::TrainingOptions options) {
  lora::LabelObjective objective(*recorded.classifier, recorded.kind, recorded.weights());
  lora::Trainer trainer(*recorded.adapter, objective, options);
  const at::Tensor expected = recorded.trace["loss"].to(at::kDouble);
  for (std::int64_t step = 0; step < expected.size(0); ++step) {
    const auto result = trainer.update({recorded.images, recorded.labels}, step, recorded.lr());
    CAPTURE(step);
    CHECK(result.loss / result.weight == doctest::Approx(expected[step].item<double>()).epsilon(1e-5));
    if (step == 0) check_gradients(recorded);
  }
}

void check_final(const Recorded& recorded) {
  const test::GoldenTensors expected(recorded.folder / "final" / "adapter_model.safetensors");
  for (const auto& [name, tensor] : recorded.adapter->tensors()) {
    recorded.trace.check(name, tensor, expected.tensor(name));
    CAPTURE(name);
    CHECK((tensor.detach() - expected.tensor(name)).abs().max().item<double>() < 1e-5);
  }
  if (!recorded.classifier->head()) return;
  recorded.trace.check("head.final.weight", recorded.classifier->head()->weight);
  recorded.trace.check("head.final.bias", recorded.classifier->head()->bias);
}

/// Every recorded training whose model can be loaded.
void for_each_recorded(const std::function<void(Recorded&)>& action) {
  for (const auto& folder : test::adaptation_goldens("trace.safetensors")) {
    CAPTURE(folder.string());
    Recorded recorded(folder);
    if (recorded.model) action(recorded);
  }
}

}  // namespace

TEST_CASE("there is a recorded training whose model can be loaded") {
  if (!test::goldens_present("contrastive/adaptation")) return;
  int count = 0;
  for_each_recorded([&](Recorded&) { ++count; });
  CHECK(count > 0);
}

TEST_CASE("training from PEFT's adapter goes as PEFT's training went") {
  for_each_recorded([](Recorded& recorded) {
    const std::vector<at::Tensor> base = recorded.base_weights();
    std::vector<at::Tensor> copies;
    for (const at::Tensor& weight : base) copies.push_back(weight.clone());
    recorded.trace.check("logits_initial", recorded.logits());
    train(recorded, recorded.options());
    check_final(recorded);
    const at::Tensor unmerged = recorded.logits();
    recorded.trace.check("logits_final", unmerged);
    recorded.adapter->merge();
    const at::Tensor merged = recorded.logits();
    recorded.trace.check("logits_merged", merged);
    recorded.adapter->unmerge();
    CHECK(at::equal(recorded.logits(), unmerged));
    const std::vector<at::Tensor> after = recorded.base_weights();
    for (std::size_t i = 0; i < base.size(); ++i) {
      CHECK(after[i].is_same(base[i]));
      CHECK(at::equal(after[i], copies[i]));
      CHECK_FALSE(after[i].requires_grad());
    }
  });
}

TEST_CASE("accumulated gradients and checkpointed blocks give the same training") {
  for (const std::int64_t micro : {0, 2}) {
    for_each_recorded([&](Recorded& recorded) {
      lora::TrainingOptions options = recorded.options();
      options.micro_batch = micro;
      options.gradient_checkpointing = micro == 0;
      train(recorded, options);
      check_final(recorded);
    });
  }
}

TEST_CASE("a PEFT adapter that was trained elsewhere gives PEFT's logits, and comes back from a file unchanged") {
  for_each_recorded([](Recorded& recorded) {
    recorded.attach(recorded.folder / "final");
    if (recorded.classifier->head()) {
      recorded.classifier = std::make_unique<lora::Classifier>(
          *recorded.model->encoder(),
          sdk::train::LinearHead{recorded.trace["head.final.weight"], recorded.trace["head.final.bias"]});
    }
    const at::Tensor logits = recorded.logits();
    recorded.trace.check("logits_final", logits);
    const test::TemporaryFolder copy;
    recorded.adapter->save(copy.path());
    recorded.attach(copy.path());
    CHECK(at::equal(recorded.logits(), logits));
  });
}

TEST_CASE("the model is as before when the adapter is gone") {
  for_each_recorded([](Recorded& recorded) {
    const c10::NoGradGuard frozen;
    const at::Tensor adapted = recorded.model->encoder()->encode_images(recorded.images).joint;
    recorded.adapter.reset();
    const at::Tensor plain = recorded.model->encoder()->encode_images(recorded.images).joint;
    CHECK_FALSE(at::allclose(adapted, plain));
    const auto fresh = test::load_golden_model(
        fs::weakly_canonical(recorded.folder / recorded.trace.about().at("base").get<std::string>()));
    CHECK(at::equal(fresh->encoder()->encode_images(recorded.images).joint, plain));
  });
}
