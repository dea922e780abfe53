// Whole preprocessing pipelines against Hugging Face's.
#include "goldens.hpp"
#include "medvlm/sdk/image/geometry.hpp"
#include "medvlm/sdk/image/processor.hpp"

using namespace medvlm;
using test::image_goldens;

namespace {

constexpr const char* kClip = R"({"size": 224, "crop_size": 224, "resample": 3, "do_resize": true,
  "do_center_crop": true, "do_normalize": true, "image_mean": [0.48145466, 0.4578275, 0.40821073],
  "image_std": [0.26862954, 0.26130258, 0.27577711]})";
constexpr const char* kSiglip = R"({"size": {"height": 224, "width": 224}, "resample": 3, "do_resize": true,
  "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": true,
  "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]})";

std::vector<nlohmann::json> items_of(const std::string& pipeline) {
  std::vector<nlohmann::json> items;
  for (const auto& item : image_goldens().manifest["pipelines"]) {
    if (item["pipeline"] == pipeline) items.push_back(item);
  }
  return items;
}

double max_float_difference(const at::Tensor& tensor, const at::Tensor& expected) {
  if (tensor.sizes() != expected.sizes()) return 1e30;
  return (tensor - expected).abs().max().item<double>();
}

/// The 8-bit pictures and, where the goldens have them, the tensors of one pipeline.
void compare(const std::string& pipeline, const char* text, sdk::PassOrder order) {
  const auto& goldens = image_goldens();
  sdk::ProcessorConfig config = sdk::parse_processor_config(text, "preprocessor_config.json");
  config.order = order;
  const sdk::ImageProcessor processor(config);
  const auto items = items_of(pipeline);
  CHECK_FALSE(items.empty());
  for (const auto& item : items) {
    const std::string plain = item["key"];
    const std::string key = test::key_of_order(goldens.tensors, plain, order == sdk::PassOrder::pillow_13);
    CAPTURE(key);
    const Image image = goldens.decode(item["file"]);
    const Image pixels = processor.pixels(image);
    CHECK(test::same_size(pixels, goldens.tensors.entry(key)));
    CHECK(test::max_difference(pixels.pixels, goldens.tensors.entry(key).bytes) == 0);
    const at::Tensor tensor = processor(image);
    CHECK(tensor.is_contiguous());
    const bool comparable = key != plain || !goldens.tensors.has(plain + "/vertical_first");
    if (!goldens.tensors.has(plain + "/pixel_values") || !comparable) continue;
    const double difference = max_float_difference(tensor, goldens.tensors.tensor(plain + "/pixel_values"));
    MESSAGE(plain << "/pixel_values: largest difference " << difference);
    CHECK(difference <= 1e-6);
  }
}

}  // namespace

TEST_CASE("the CLIP pipeline gives Hugging Face's pixels and values") {
  if (!test::goldens_present("images")) return;
  compare("clip_224", kClip, sdk::PassOrder::horizontal_first);
  compare("clip_224", kClip, sdk::PassOrder::pillow_13);
}

TEST_CASE("the SigLIP pipeline gives Hugging Face's pixels and values") {
  if (!test::goldens_present("images")) return;
  compare("siglip_224", kSiglip, sdk::PassOrder::horizontal_first);
  compare("siglip_224", kSiglip, sdk::PassOrder::pillow_13);
}

TEST_CASE("padding to a square gives the goldens' pixels") {
  if (!test::goldens_present("images")) return;
  const auto& goldens = image_goldens();
  const auto items = items_of("pad_to_square");
  CHECK_FALSE(items.empty());
  for (const auto& item : items) {
    const std::string key = item["key"];
    CAPTURE(key);
    const auto colour = item["colour"].get<std::array<std::uint8_t, 3>>();
    const Image padded = sdk::pad_to_square(goldens.decode(item["file"]), colour);
    CHECK(test::same_size(padded, goldens.tensors.entry(key)));
    CHECK(test::max_difference(padded.pixels, goldens.tensors.entry(key).bytes) == 0);
  }
}

TEST_CASE("pipelines that have no code yet are counted") {
  if (!test::goldens_present("images")) return;
  std::map<std::string, int> skipped;
  for (const auto& item : image_goldens().manifest["pipelines"]) {
    const std::string pipeline = item["pipeline"];
    if (pipeline != "clip_224" && pipeline != "siglip_224" && pipeline != "pad_to_square") ++skipped[pipeline];
  }
  for (const auto& [pipeline, count] : skipped) MESSAGE("not compared: " << count << " of pipeline " << pipeline);
  for (const auto& [pipeline, count] : skipped) CHECK((pipeline == "qwen2vl" || pipeline == "tiles"));
}

TEST_CASE("the CLIP checkpoint's preprocessor_config.json gives the goldens' pixel_values") {
  if (!test::goldens_present("contrastive/clip")) return;
  const auto folder = test::goldens_folder() / "contrastive" / "clip";
  const test::GoldenTensors tensors(folder / "expected.safetensors");
  const auto expected = test::read_golden_json(folder / "expected.json");
  const std::string file = (folder / "preprocessor_config.json").string();
  const sdk::ImageProcessor processor(test::read_golden_file(file), file);
  const at::Tensor values = tensors.tensor("pixel_values");
  std::int64_t index = 0;
  for (const auto& item : expected["images"]) {
    const std::string name = item["file"];
    CAPTURE(name);
    const at::Tensor tensor = processor(sdk::decode_image_file(folder / "images" / name));
    const double difference = max_float_difference(tensor, values[index++]);
    MESSAGE(name << ": largest difference " << difference);
    CHECK(difference <= expected["tolerances"]["pixel_values"]["atol"].get<double>());
  }
  CHECK(index == values.size(0));
}
