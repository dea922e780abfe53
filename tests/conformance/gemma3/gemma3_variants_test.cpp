// Cases that the common goldens leave out, from tests/peers/make_gemma3_variants.py: pan and scan, a window smaller than
// an image, the config keys of newer versions of the library. They belong to the checkpoint in the source tree.
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include "gemma3_goldens.hpp"
#include "medvlm/sdk/image/decode.hpp"

using namespace medvlm;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const fs::path kRoot(MEDVLM_GOLDENS_DEFAULT);
const fs::path kCheckpoint = kRoot / "generative" / "gemma3" / "checkpoint";
const fs::path kVariants = kRoot / "gemma3_variants";

struct Variants {
  json about = test::read_golden_json(kVariants / "variants.json");
  test::GoldenTensors tensors{kVariants / "variants.safetensors.gz"};
};

fs::path picture_file(const std::string& name) {
  return fs::exists(kVariants / name) ? kVariants / name : kRoot / "generative" / "gemma3" / "images" / name;
}

void check_variant(gemma3::Gemma3Model& model, const Variants& variants, const std::string& variant,
                   const std::string& picture) {
  const std::string key = variant + "." + picture + ".";
  CAPTURE(key);
  const c10::InferenceMode frozen;
  const ProcessedImage image = model.preprocess(sdk::decode_image_file(picture_file(picture)));
  const at::Tensor pixels = variants.tensors.tensor(key + "pixel_values");
  REQUIRE(image.pixels.sizes() == pixels.sizes());
  CHECK((image.pixels - pixels).abs().max().item<double>() < 2e-6);
  const auto prompt = model.prompt(variants.about.at("question").get<std::string>(), image, model.encode_image(image));
  CHECK(at::equal(at::tensor(prompt.ids, at::kLong), variants.tensors.tensor(key + "input_ids")));
  CHECK(std::ssize(prompt.images) == pixels.size(0));
  const at::Tensor expected = variants.tensors.tensor(key + "logits");
  const at::Tensor logits = model.generator().logits(prompt);
  CHECK(at::allclose(logits.narrow(0, logits.size(0) - expected.size(0), expected.size(0)), expected, 1e-4, 1e-3));
  const at::Tensor greedy = variants.tensors.tensor(key + "greedy_ids");
  auto settings = model.settings();
  CHECK_FALSE(settings.sample);
  settings.stop.clear();
  settings.max_new_tokens = greedy.numel();
  const std::uint64_t seed = 0;
  const auto generated = model.generator().generate(std::span(&prompt, 1), settings, std::span(&seed, 1));
  CHECK(at::equal(at::tensor(generated.front().ids, at::kLong), greedy));
}

/// With the variant's changes of text_config.
void check_changed_config(const std::string& variant) {
  const Variants variants;
  const json changes = variants.about.at("text_config").at(variant);
  REQUIRE_FALSE(changes.empty());
  const auto copy = test::changed_checkpoint(kCheckpoint, "config.json", [&](json& config) {
    if (changes.contains("rope_parameters")) config["text_config"].erase("rope_scaling");
    config["text_config"].update(changes);
  });
  const auto model = test::gemma3_model(copy->path());
  model->load(at::kCPU, at::kFloat);
  check_variant(*model, variants, variant, "long.png");
}

Value::Table pan_and_scan_options(const json& settings) {
  return {{"pan_and_scan", Value("on")},
          {"pan_and_scan_min_crop_size", Value(settings.at("min_crop_size").get<std::int64_t>())},
          {"pan_and_scan_max_num_crops", Value(settings.at("max_num_crops").get<std::int64_t>())},
          {"pan_and_scan_min_ratio", Value(settings.at("min_ratio").get<double>())}};
}

}  // namespace

TEST_CASE("pan and scan gives the reference's crops, prompts and answers") {
  const Variants variants;
  const auto model = test::gemma3_model(kCheckpoint, pan_and_scan_options(variants.about.at("pan_and_scan")));
  model->load(at::kCPU, at::kFloat);
  for (const char* picture : {"a.png", "b.jpg", "c.png", "long.png"}) {
    check_variant(*model, variants, "pan_and_scan", picture);
  }
  CHECK(model->preprocessing_identity() != test::gemma3_model(kCheckpoint)->preprocessing_identity());
}

TEST_CASE("preprocessor_config.json may ask for pan and scan, and the option overrules it") {
  const Variants variants;
  const json settings = variants.about.at("pan_and_scan");
  const auto copy = test::changed_checkpoint(kCheckpoint, "preprocessor_config.json", [&](json& config) {
    config["do_pan_and_scan"] = true;
    config["pan_and_scan_min_crop_size"] = settings.at("min_crop_size");
    config["pan_and_scan_max_num_crops"] = settings.at("max_num_crops");
    config["pan_and_scan_min_ratio_to_activate"] = settings.at("min_ratio");
  });
  const Image picture = sdk::decode_image_file(picture_file("long.png"));
  CHECK(test::gemma3_model(copy->path())->preprocess(picture).pixels.size(0) == 4);
  CHECK(test::gemma3_model(copy->path(), {{"pan_and_scan", Value("off")}})->preprocess(picture).pixels.size(0) == 1);
}

TEST_CASE("processor keys that are left out are Gemma3ImageProcessor's, not CLIP's") {
  const auto copy = test::changed_checkpoint(kCheckpoint, "preprocessor_config.json", [](json& config) {
    for (const char* key : {"resample", "image_mean", "image_std", "do_resize", "do_rescale", "do_normalize"}) {
      config.erase(key);
    }
  });
  const Image picture = sdk::decode_image_file(picture_file("long.png"));
  CHECK(at::equal(test::gemma3_model(copy->path())->preprocess(picture).pixels,
                  test::gemma3_model(kCheckpoint)->preprocess(picture).pixels));
}

TEST_CASE("config keys of newer versions of the library are read") { check_changed_config("newer_keys"); }

TEST_CASE("a window smaller than an image hides a part of it") {
  check_changed_config("small_window");
}
