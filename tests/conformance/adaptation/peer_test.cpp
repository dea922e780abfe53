// What medvlm writes, read by the libraries it is made for: adapters by PEFT, regressions by scikit-learn. Needs a Python
// with torch, transformers, peft, scikit-learn and safetensors, named by MEDVLM_PEER_PYTHON.
#include <cstdlib>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "golden_model.hpp"
#include "linear_probe/strength.hpp"
#include "lora/trainer.hpp"
#include "medvlm/sdk/checkpoint/safetensors_writer.hpp"
#include "temporary_folder.hpp"
#include "trace.hpp"

namespace {

using namespace medvlm;
namespace fs = std::filesystem;

/// Runs a script of tests/peers; true if it is content. Without a Python, says so and gives nothing.
std::optional<bool> run_peer(const std::string& script, const std::vector<fs::path>& arguments) {
  const char* python = std::getenv("MEDVLM_PEER_PYTHON");
  if (!python || !*python) {
    std::printf("SKIPPED: MEDVLM_PEER_PYTHON does not name a Python with peft and scikit-learn\n");
    return std::nullopt;
  }
  std::string command = std::string("'") + python + "' '" MEDVLM_PEERS "/" + script + "'";
  for (const fs::path& argument : arguments) command += " '" + argument.string() + "'";
  return std::system(command.c_str()) == 0;
}

}  // namespace

TEST_CASE("PEFT loads a trained adapter and gives the same embeddings") {
  for (const auto& place : test::adaptation_goldens("trace.safetensors")) {
    const test::Trace trace(place / "trace");
    const fs::path checkpoint = fs::weakly_canonical(place / trace.about().at("base").get<std::string>());
    if (!test::goldens_present("contrastive") || !fs::exists(checkpoint / "config.json")) continue;
    if (test::read_golden_json(checkpoint / "config.json").value("model_type", "") != "clip") continue;
    const auto model = test::load_golden_model(checkpoint);
    REQUIRE(model);
    const auto images = test::as_images(trace["pixel_values"]);
    for (const bool rslora : {false, true}) {
      sdk::lora::LoraAdapter adapter(sdk::lora::choose_targets(model->adaptable()->layers(), {}), {3, 12, 0.1, rslora}, 5);
      lora::Classifier classifier(*model->encoder(),
                                  sdk::train::LinearHead::initial(3, model->encoder()->encode_images(images).joint.size(1),
                                                                  sdk::train::seeded_generator(1)));
      {
        lora::LabelObjective objective(classifier, LabelKind::multiclass, {});
        lora::Trainer trainer(adapter, objective, {});
        for (int step = 0; step < 4; ++step)
          trainer.update({images, at::arange(std::int64_t(images.size())) % 3}, step, 0.02);
      }
      const c10::NoGradGuard frozen;
      const test::TemporaryFolder folder;
      adapter.save(folder.path() / "adapter");
      sdk::write_safetensors(
          folder.path() / "batch.safetensors",
          {{"pixel_values", trace["pixel_values"]}, {"embeds", model->encoder()->encode_images(images).joint}});
      const auto content =
          run_peer("check_peft.py", {checkpoint, folder.path() / "adapter", folder.path() / "batch.safetensors"});
      if (content) CHECK(*content);
    }
  }
}

TEST_CASE("PEFT loads an adapter of a model that answers, whatever transformers calls its modules") {
  const fs::path root = test::goldens_folder() / "vqa_lora";
  if (!test::goldens_present("vqa_lora")) return;
  for (const auto& entry : fs::directory_iterator(root)) {
    const fs::path checkpoint = test::goldens_folder() / "generative" / entry.path().filename() / "checkpoint";
    CAPTURE(checkpoint.string());
    const auto model = test::load_golden_model(checkpoint);
    if (!model) continue;
    sdk::lora::LoraAdapter adapter(sdk::lora::choose_targets(model->adaptable()->layers(), {"language", {}, ""}),
                                   {2, 4, 0, false}, 5);
    for (at::Tensor& parameter : adapter.parameters()) parameter.normal_();
    const test::TemporaryFolder folder;
    adapter.save(folder.path());
    const auto content = run_peer("check_peft_answers.py", {checkpoint, folder.path()});
    if (content) CHECK(*content);
  }
}

TEST_CASE("scikit-learn finds the same optimum, with weights, standardised, of any strength") {
  const test::TemporaryFolder folder;
  sdk::WeightMap tensors;
  for (const std::int64_t classes : {2, 3, 5}) {
    const std::string name = std::to_string(classes);
    const at::Generator generator = sdk::train::seeded_generator(std::uint64_t(classes));
    const at::Tensor index = at::arange(240);
    const at::Tensor labels = (index.square() + index) % 11 % classes;  // every class, unevenly
    const at::Tensor features =
        at::empty({240, 20}, at::kDouble).normal_(3, 2, generator) + labels.to(at::kDouble).unsqueeze(1) * 0.3;
    tensors["features." + name] = features;
    tensors["labels." + name] = labels;
    const at::Tensor everything = at::ones({240}, at::kBool);
    for (const bool balanced : {false, true}) {
      for (const std::string strength : {"0.001", "1", "100"}) {
        const at::Tensor weights = linear_probe::fit_weights({labels, everything, classes}, everything, balanced);
        const auto fit = linear_probe::fit_logistic({features, labels, weights, classes, true}, std::stod(strength), 10000);
        CHECK(fit.converged);
        const std::string fitted = name + (balanced ? ".balanced." : ".plain.") + strength;
        tensors["logits." + fitted] = at::addmm(fit.bias, features, fit.weight.t());
      }
    }
  }
  sdk::write_safetensors(folder.path() / "fits.safetensors", tensors);
  const auto content = run_peer("check_logistic.py", {folder.path() / "fits.safetensors"});
  if (content) CHECK(*content);
}
