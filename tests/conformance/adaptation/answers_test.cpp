// LoRA on models that answer, against PEFT and transformers: the loss of a batch of answers, the first gradients and the
// losses of a training, for every family with goldens in vqa_lora. Their checkpoints are stored in 16 bits and computed in
// float32, so the gradients go through matrices that stay as they are stored.
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "built_plugins.hpp"
#include "generative_goldens.hpp"
#include "lora/trainer.hpp"
#include "trace.hpp"

namespace {

using namespace medvlm;
namespace fs = std::filesystem;

std::vector<fs::path> recorded_folders() {
  std::vector<fs::path> folders;
  const fs::path root = test::goldens_folder() / "vqa_lora";
  if (!fs::is_directory(root)) return folders;
  for (const auto& entry : fs::directory_iterator(root)) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  return folders;
}

/// A loaded model on the CPU in float32 that prepares images as those of the goldens were, or null.
registry::Handle<Model> load_answering_model(const fs::path& base) {
  for (const registry::Manifest& manifest : test::built_plugins().plugins()) {
    if (manifest.kind != "model") continue;
    try {
      auto model = test::make_plugin<Model>("model", manifest.id, {{"checkpoint", (base / "checkpoint").string()},
                                                                   {"resizing", test::generative_resizing(base)}});
      model->load(c10::kCPU, c10::kFloat);
      if (model->trainable_answerer()) return model;
    } catch (const Error&) {
      // Another family's.
    }
  }
  std::fprintf(stderr, "LEFT OUT: no model plugin takes %s\n", base.c_str());
  return registry::Handle<Model>(nullptr, registry::Destroy{});
}

/// A recorded training, set up at its start.
struct Recorded {
  test::Trace trace;
  fs::path base;
  registry::Handle<Model> model;
  sdk::Questioning questioning{Options(Value::Table{{"instruction", "none"}, {"question_template", "{}"}})};
  std::vector<Sample> samples;
  lora::Batch batch;
  std::int64_t answer_tokens = 0;
  std::unique_ptr<sdk::lora::LoraAdapter> adapter;

  explicit Recorded(const fs::path& folder)
      : trace(folder / "trace"),
        base(fs::weakly_canonical(folder / trace.about().at("base").get<std::string>())),
        model(load_answering_model(base)) {
    if (!model) return;
    const test::GenerativeGoldens goldens(base);
    for (const auto& asked : trace.about().at("questions")) {
      Sample sample;
      sample.id = asked.at("image");
      sample.question = asked.at("query");
      sample.answer = asked.at("answer");
      answer_tokens += std::int64_t(asked.at("answer_ids").size());
      batch.images.push_back(model->answerer()->preprocess(goldens.picture(sample.id)));
      samples.push_back(std::move(sample));
    }
    for (const Sample& sample : samples) batch.samples.push_back(&sample);
    adapter = sdk::lora::LoraAdapter::load(*model->adaptable(), folder / "initial");
  }

  lora::TrainingOptions options() const {
    lora::TrainingOptions options;
    options.weight_decay = trace.about().at("optimizer").at("weight_decay");
    options.max_grad_norm = 0;
    return options;
  }
  double lr() const { return trace.about().at("optimizer").at("lr"); }
  lora::AnswerObjective objective() { return {*model->trainable_answerer(), questioning, 1}; }
};

void for_each_recorded(const std::function<void(Recorded&)>& action) {
  for (const fs::path& folder : recorded_folders()) {
    CAPTURE(folder.string());
    Recorded recorded(folder);
    if (recorded.model) action(recorded);
  }
}

void check_gradients(const Recorded& recorded) {
  for (const auto& [name, tensor] : recorded.adapter->tensors()) {
    CAPTURE(name);
    REQUIRE(tensor.grad().defined());
    recorded.trace.check("gradient." + name, tensor.grad());
  }
}

/// The recorded number of steps; gradients of the first are compared.
void train(Recorded& recorded, const lora::TrainingOptions& options) {
  lora::AnswerObjective objective = recorded.objective();
  lora::Trainer trainer(*recorded.adapter, objective, options);
  const at::Tensor expected = recorded.trace["loss"].to(at::kDouble);
  for (std::int64_t step = 0; step < expected.size(0); ++step) {
    const auto result = trainer.update(recorded.batch, step, recorded.lr());
    CAPTURE(step);
    CHECK(result.failed == 0);
    CHECK(result.weight == double(recorded.answer_tokens));
    CHECK(result.loss / result.weight == doctest::Approx(expected[step].item<double>()).epsilon(step == 0 ? 1e-5 : 1e-4));
    if (step == 0) check_gradients(recorded);
  }
}

std::vector<at::Tensor> base_weights(const Recorded& recorded) {
  std::vector<at::Tensor> weights;
  for (const NamedLayer& layer : recorded.model->adaptable()->layers()) weights.push_back(layer.layer->weight());
  return weights;
}

/// The loss of the batch, without gradients.
double loss_now(Recorded& recorded) {
  const c10::NoGradGuard frozen;
  lora::AnswerObjective objective = recorded.objective();
  return objective.loss(recorded.batch, 0, std::int64_t(recorded.samples.size())).sum.item<double>();
}

}  // namespace

TEST_CASE("there are recorded trainings of answers") {
  if (!test::goldens_present("vqa_lora")) return;
  int count = 0;
  for_each_recorded([&](Recorded&) { ++count; });
  CHECK(count > 0);
}

TEST_CASE("learning answers goes as PEFT's training went, and the model's own weights stay") {
  for_each_recorded([](Recorded& recorded) {
    const std::vector<at::Tensor> base = base_weights(recorded);
    std::vector<at::Tensor> copies;
    for (const at::Tensor& weight : base) copies.push_back(weight.clone());
    train(recorded, recorded.options());
    const std::vector<at::Tensor> after = base_weights(recorded);
    for (std::size_t i = 0; i < base.size(); ++i) {
      CHECK(after[i].is_same(base[i]));
      CHECK(at::equal(after[i], copies[i]));
      CHECK_FALSE(after[i].requires_grad());
    }
  });
}

TEST_CASE("accumulated gradients and checkpointed layers give the same training") {
  for (const std::int64_t micro : {0, 1}) {
    for_each_recorded([&](Recorded& recorded) {
      lora::TrainingOptions options = recorded.options();
      options.micro_batch = micro;
      options.gradient_checkpointing = micro == 0;
      train(recorded, options);
    });
  }
}

TEST_CASE("images are encoded with gradients where the projector or the image tower learns") {
  for_each_recorded([](Recorded& recorded) {
    for (const char* part : {"projector", "vision", "all"}) {
      CAPTURE(part);
      recorded.adapter.reset();
      const std::vector<NamedLayer> layers = recorded.model->adaptable()->layers();
      // Gemma's projector is a bare matrix: no layer that an adapter could change.
      const auto there = [&](const NamedLayer& layer) { return std::string(part) == "all" || layer.part == part; };
      if (std::none_of(layers.begin(), layers.end(), there)) continue;
      const auto targets = sdk::lora::choose_targets(layers, {part, {}, ""});
      recorded.adapter = std::make_unique<sdk::lora::LoraAdapter>(targets, sdk::lora::LoraSettings{2, 4, 0, false}, 5);
      lora::AnswerObjective objective = recorded.objective();
      recorded.adapter->require_gradients(true);
      objective.loss(recorded.batch, 0, std::int64_t(recorded.samples.size())).sum.backward();
      recorded.adapter->require_gradients(false);
      // Along the gradient the loss grows as fast as the gradient is long.
      double squared = 0;
      std::vector<std::pair<at::Tensor, at::Tensor>> moved;
      for (at::Tensor& parameter : recorded.adapter->parameters()) {
        if (!parameter.grad().defined()) continue;
        squared += parameter.grad().to(at::kDouble).square().sum().item<double>();
        moved.emplace_back(parameter, parameter.grad().clone());
      }
      REQUIRE(squared > 0);
      const double step = 2e-3 / std::sqrt(squared);
      const c10::NoGradGuard frozen;
      for (auto& [parameter, gradient] : moved) parameter.add_(gradient, step);
      const double ahead = loss_now(recorded);
      for (auto& [parameter, gradient] : moved) parameter.sub_(gradient, 2 * step);
      const double behind = loss_now(recorded);
      CHECK((ahead - behind) / (2 * step) == doctest::Approx(squared).epsilon(0.05));
    }
  });
}

TEST_CASE("a question that fails is left out by itself") {
  for_each_recorded([](Recorded& recorded) {
    const c10::NoGradGuard frozen;
    TrainableAnswerer& answerer = *recorded.model->trainable_answerer();
    const auto asked = [&](std::size_t i, std::string answer) {
      return TaughtQuestion{recorded.questioning.question(recorded.samples[i], recorded.batch.images[i], 1), std::move(answer)};
    };
    const std::vector<TaughtQuestion> good{asked(0, "yes")}, both{asked(0, "yes"), asked(1, "\xff")};
    const AnswerLoss alone = answerer.answer_loss(good), with = answerer.answer_loss(both);
    REQUIRE(with.errors.size() == 2);
    CHECK_FALSE(with.errors[0]);
    REQUIRE(with.errors[1]);
    CHECK(with.tokens == alone.tokens);
    CHECK(with.sum.item<double>() == doctest::Approx(alone.sum.item<double>()).epsilon(1e-5));
    const std::vector<TaughtQuestion> bad{asked(1, "\xff")};
    const AnswerLoss nothing = answerer.answer_loss(bad);
    CHECK(nothing.tokens == 0);
    CHECK_FALSE(nothing.sum.defined());
  });
}
