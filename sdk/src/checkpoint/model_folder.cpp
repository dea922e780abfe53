// What every model in the Hugging Face layout does with its folder.
#include "medvlm/sdk/checkpoint/model_folder.hpp"

#include <algorithm>

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/checkpoint/checkpoint.hpp"
#include "medvlm/sdk/checkpoint/weights.hpp"

namespace medvlm::sdk {

namespace fs = std::filesystem;

fs::path checked_checkpoint_folder(const fs::path& folder) {
  if (fs::is_directory(folder)) return folder;
  throw Error(ErrorCode::checkpoint, "the checkpoint folder '" + folder.string() + "' does not exist");
}

PassOrder pass_order_from_name(std::string_view name) {
  if (name == "pillow_12") return PassOrder::horizontal_first;
  if (name == "pillow_13") return PassOrder::pillow_13;
  throw Error(ErrorCode::config, "unknown order of resizing '" + std::string(name) + "'; known: pillow_12, pillow_13");
}

ImageProcessor read_image_processor(const fs::path& folder, PassOrder order) {
  const auto file = folder / "preprocessor_config.json";
  if (!fs::exists(file)) {
    throw Error(ErrorCode::checkpoint, "'" + file.string() + "' is missing: it says how images are resized and " +
                                           "normalised; copy it from the checkpoint's original folder");
  }
  ProcessorConfig config = parse_processor_config(read_file(file), file.string());
  config.order = order;
  return ImageProcessor(config);
}

std::vector<fs::path> model_files(const fs::path& folder, std::initializer_list<const char*> names) {
  std::vector<fs::path> files = Checkpoint::open(folder).files();
  for (const char* name : names) {
    if (fs::exists(folder / name)) files.push_back(folder / name);
  }
  return files;
}

at::Tensor stack_images(std::span<const ProcessedImage> images, std::int64_t size, const fs::path& folder) {
  std::vector<at::Tensor> pixels;
  for (const ProcessedImage& image : images) {
    pixels.push_back(image.pixels);
    const std::int64_t height = image.pixels.size(1);
    const std::int64_t width = image.pixels.size(2);
    if (height == size && width == size) continue;
    const auto sides = [](std::int64_t w, std::int64_t h) { return std::to_string(w) + "x" + std::to_string(h); };
    throw Error(ErrorCode::checkpoint, "'" + (folder / "preprocessor_config.json").string() + "' makes images of " +
                                           sides(width, height) + ", but config.json says that the vision tower takes " +
                                           sides(size, size));
  }
  return at::stack(pixels);
}

void check_token_ids(const at::Tensor& ids, std::int64_t vocabulary, const fs::path& tokenizer) {
  if (ids.numel() == 0) return;
  const auto highest = ids.max().item<std::int64_t>();
  if (highest < vocabulary) return;
  throw Error(ErrorCode::checkpoint, "'" + tokenizer.string() + "' has ids beyond the vocabulary of config.json (" +
                                         std::to_string(highest) + " of " + std::to_string(vocabulary) +
                                         "): they belong to different checkpoints");
}

void load_parameters(const nn::ParameterList& parameters, const fs::path& folder, c10::Device device,
                     c10::ScalarType dtype, const std::vector<std::string>& float32_prefixes) {
  std::vector<WeightSpec> specs;
  for (const auto& parameter : parameters.parameters()) specs.push_back({parameter.name, parameter.shape});
  WeightOptions options;
  options.device = device;
  options.dtype = float32_prefixes.empty() ? std::optional(dtype) : std::nullopt;
  const WeightMap weights = load_weights(Checkpoint::open(folder), specs, options);
  for (const auto& parameter : parameters.parameters()) {
    const bool full = std::any_of(float32_prefixes.begin(), float32_prefixes.end(),
                                  [&](const std::string& prefix) { return parameter.name.starts_with(prefix); });
    *parameter.target = weights.at(parameter.name).to(full ? at::kFloat : dtype);
  }
}

nn::TransformerShape read_transformer_shape(const HfConfig& config, const nn::TransformerShape& fallback) {
  nn::TransformerShape shape = fallback;
  shape.width = positive_integer(config, "hidden_size", fallback.width);
  shape.hidden = positive_integer(config, "intermediate_size", fallback.hidden);
  shape.heads = positive_integer(config, "num_attention_heads", fallback.heads);
  shape.layers = positive_integer(config, "num_hidden_layers", fallback.layers);
  shape.epsilon = config.number("layer_norm_eps", fallback.epsilon);
  if (shape.width % shape.heads != 0) config.fail("num_attention_heads", "does not divide hidden_size");
  if (!config.has("hidden_act")) return shape;
  try {
    shape.activation = nn::activation_from_name(config.text("hidden_act"));
  } catch (const Error& error) {
    config.fail("hidden_act", error.message());
  }
  return shape;
}

std::int64_t positive_integer(const HfConfig& config, std::string_view key, std::int64_t fallback) {
  const std::int64_t value = config.integer(key, fallback);
  if (value <= 0) config.fail(key, "must be positive, is " + std::to_string(value));
  return value;
}

}  // namespace medvlm::sdk
