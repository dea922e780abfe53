// LoRA as a user meets it: what it learns, keeps, loads and refuses.
#include "adapter_bench.hpp"
#include "checks.hpp"
#include "medvlm/sdk/checkpoint/safetensors.hpp"

using namespace medvlm;
using test::AdapterBench;

namespace {

/// A training short enough for a test and strong enough to learn.
Value::Table quick(Value::Table more = {}) {
  more.insert({{"epochs", 5}, {"lr", 0.01}, {"rank", 4}, {"alpha", 8.0}, {"dropout", 0.0}});
  return more;
}

AdapterBench lora(LabelKind kind, Value::Table options) { return AdapterBench("lora", kind, std::move(options)); }

at::Tensor embeddings(AdapterBench& bench) {
  const c10::InferenceMode frozen;
  const Sample sample = bench.dataset.samples(Split::test).front();
  const ProcessedImage image =
      bench.model->encoder()->preprocess(bench.dataset.decode_image(bench.dataset.read_image(sample)));
  return bench.model->encoder()->encode_images(std::span(&image, 1)).joint;
}

}  // namespace

TEST_CASE("the adapter learns with either head, and the model is as before afterwards") {
  struct Case {
    LabelKind kind;
    const char* head;
  };
  for (const auto& [kind, head] : {Case{LabelKind::binary, "linear"},
                                   {LabelKind::binary, "prompt"},
                                   {LabelKind::multiclass, "linear"},
                                   {LabelKind::multilabel, "linear"},
                                   {LabelKind::multilabel, "prompt"}}) {
    auto bench = lora(kind, quick({{"head", head}}));
    CAPTURE(std::string(to_string(kind)));
    CAPTURE(head);
    const at::Tensor before = embeddings(bench);
    CHECK(bench.run().scored == 40);
    CHECK(bench.worst_auroc() > 0.9);
    CHECK(at::equal(embeddings(bench), before));
    const auto report = bench.report();
    CHECK(report["head"] == head);
    CHECK(report["losses"].size() == 5);
    CHECK(report["losses"][4] < report["losses"][0]);
    CHECK(report["adapted_layers"] == 1 + 3 * 6);
    CHECK(report["updates"] == 30);
    CHECK(std::filesystem::exists(bench.trained("head.safetensors")) == (std::string(head) == "linear"));
    CHECK_FALSE(std::filesystem::exists(bench.trained("state.safetensors")));
  }
}

TEST_CASE("the encoder itself changes: prompts are zero-shot before and trained after") {
  auto untrained = lora(LabelKind::binary, quick({{"head", "prompt"}, {"lr", 0.0}}));
  untrained.dataset.contrast = 25;
  auto trained = lora(LabelKind::binary, quick({{"head", "prompt"}}));
  trained.dataset.contrast = 25;
  untrained.run();
  trained.run();
  CHECK(trained.auroc(1) > untrained.auroc(1));
  const sdk::Safetensors file(trained.trained("adapter_model.safetensors"));
  for (const std::string& name : file.names()) {
    if (name.ends_with("lora_B.weight")) CHECK_MESSAGE(file.tensor(name).abs().sum().item<double>() > 0, name);
  }
}

TEST_CASE("both towers can be trained with prompts") {
  auto bench = lora(LabelKind::binary,
                    quick({{"head", "prompt"}, {"part", "both"}, {"target_modules", Value::Array{"q_proj", "v_proj"}}}));
  bench.run();
  CHECK(bench.worst_auroc() > 0.9);
  CHECK(bench.report()["adapted_layers"] == 2 * (3 + 2));
  const sdk::Safetensors file(bench.trained("adapter_model.safetensors"));
  CHECK(
      file.tensor("base_model.model.text_model.encoder.layers.0.self_attn.q_proj.lora_B.weight").abs().sum().item<double>() >
      0);
}

TEST_CASE("a trained folder serves as `adapter`, as it is or to go on from") {
  auto trained = lora(LabelKind::binary, quick());
  trained.run();
  auto used = lora(LabelKind::binary, {{"adapter", trained.run_folder().string() + "/adapter"}, {"epochs", 0}});
  used.run();
  CHECK(at::equal(used.scores(), trained.scores()));
  CHECK(used.report()["trained_parameters"] == 0);
  CHECK(used.report()["rank"] == 4);
  auto further =
      lora(LabelKind::binary, {{"adapter", trained.run_folder().string() + "/adapter"}, {"epochs", 1}, {"lr", 0.001}});
  further.run();
  CHECK(further.report()["losses"][0] < trained.report()["losses"][0]);
  std::filesystem::remove(trained.trained("head.safetensors"));
  auto headless = lora(LabelKind::binary, {{"adapter", trained.run_folder().string() + "/adapter"}, {"epochs", 0}});
  CHECK(test::contains(test::refusal([&] { headless.run(); }), "head.safetensors' is missing"));
}

TEST_CASE("a rank beyond the layers' sizes and a batch beyond the train split are no trouble") {
  auto bench = lora(LabelKind::binary,
                    quick({{"rank", 200}, {"batch_size", 1000}, {"epochs", 20}, {"target_modules", Value::Array{"fc1"}}}));
  bench.run();
  CHECK(bench.report()["updates"] == 20);
  CHECK(bench.worst_auroc() > 0.9);
}

TEST_CASE("images that cannot be read are left out and counted") {
  auto bench = lora(LabelKind::binary, quick({{"epochs", 2}}));
  bench.dataset.unreadable = {"train-3", "train-17"};
  bench.run();
  CHECK(bench.report()["samples"] == 46);
  CHECK(bench.report()["left_out"]["image_failed"] == 2);
}

TEST_CASE("what cannot work is refused with its cure") {
  const auto refused = [](Value::Table options) {
    return test::refusal([&] { lora(LabelKind::binary, quick(std::move(options))).run(); });
  };
  CHECK(test::contains(refused({{"part", "text"}}), "part = \"text\""));
  CHECK(test::contains(refused({{"epochs", 0}}), "epochs = 0 trains nothing"));
  CHECK(test::contains(refused({{"target_modules", Value::Array{"w_proj"}}}), "no layer is called 'w_proj'"));
  CHECK(test::contains(refused({{"part", "all"}, {"target_modules", Value::Array{"text_projection"}}}),
                       "has any influence on the loss"));
  CHECK(test::contains(refused({{"adapter", "/nowhere"}}), "'/nowhere' does not exist"));
  CHECK(test::contains(refused({{"head", "prompt"}, {"templates", Value::Array{"no slot"}}}), "has no {}"));
  CHECK(test::contains(refused({{"head", "prompt"}, {"class_texts", Value::Array{"one"}}}), "class_texts has 1 entries"));
  auto one_class = lora(LabelKind::binary, quick());
  for (Sample& sample : one_class.dataset.content[Split::train]) sample.label = 0;
  CHECK(test::contains(test::refusal([&] { one_class.run(); }), "samples of one class only, 'red'"));
  auto empty = lora(LabelKind::binary, quick());
  empty.dataset.content[Split::train].clear();
  CHECK(test::contains(test::refusal([&] { empty.run(); }), "no labelled sample"));
  auto blind = lora(LabelKind::binary, quick());
  for (const Sample& sample : blind.dataset.content[Split::train]) blind.dataset.unreadable.insert(sample.id);
  CHECK(test::contains(test::refusal([&] { blind.run(); }), "can be read"));
}
