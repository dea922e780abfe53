#include "gemma3_images.hpp"

#include <algorithm>
#include <cmath>

#include "medvlm/base/files.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::gemma3 {
namespace {

using sdk::HfConfig;

HfConfig processor_file(const std::filesystem::path& folder) {
  return HfConfig::from_file(folder / "preprocessor_config.json");
}

/// What the file leaves out is as in Gemma3ImageProcessor.
sdk::ImageProcessor read_processor(const std::filesystem::path& folder, sdk::PassOrder order) {
  sdk::ProcessorConfig config = sdk::read_image_processor(folder, order).config();
  const HfConfig file = processor_file(folder);
  if (config.resize && !file.has("size")) config.resize = sdk::ProcessorConfig::Target{0, {224, 224}};
  if (!file.has("resample")) config.filter = sdk::Filter::bilinear;
  if (config.normalize && !file.has("image_mean")) config.normalize->mean = {0.5, 0.5, 0.5};
  if (config.normalize && !file.has("image_std")) config.normalize->std = {0.5, 0.5, 0.5};
  config.crop.reset();  // that class knows none
  return sdk::ImageProcessor(config);
}

std::optional<PanAndScan> read_pan_and_scan(const std::filesystem::path& folder, const Options& options) {
  const HfConfig file = processor_file(folder);
  const std::string& wanted = options.text("pan_and_scan");
  if (wanted == "off" || (wanted == "checkpoint" && !file.flag("do_pan_and_scan", false))) return std::nullopt;
  PanAndScan crops;
  crops.min_crop = sdk::positive_integer(file, "pan_and_scan_min_crop_size", crops.min_crop);
  crops.max_crops = sdk::positive_integer(file, "pan_and_scan_max_num_crops", crops.max_crops);
  crops.min_ratio = file.number("pan_and_scan_min_ratio_to_activate", crops.min_ratio);
  if (options.has("pan_and_scan_min_crop_size")) crops.min_crop = options.integer("pan_and_scan_min_crop_size");
  if (options.has("pan_and_scan_max_num_crops")) crops.max_crops = options.integer("pan_and_scan_max_num_crops");
  if (options.has("pan_and_scan_min_ratio")) crops.min_ratio = options.number("pan_and_scan_min_ratio");
  return crops;
}

/// How many pieces a side is cut into that is `ratio` times the other.
std::int64_t pieces(int side, double ratio, const PanAndScan& settings) {
  const auto nearest = static_cast<std::int64_t>(std::floor(ratio + 0.5));
  const std::int64_t count = std::max<std::int64_t>(2, std::min<std::int64_t>(side / settings.min_crop, nearest));
  return std::min(count, settings.max_crops);
}

}  // namespace

std::vector<sdk::Window> pan_and_scan(int width, int height, const PanAndScan& settings) {
  const bool wide = width >= height;
  const int longer = std::max(width, height);
  const int shorter = std::min(width, height);
  const double ratio = static_cast<double>(longer) / shorter;
  if (ratio < settings.min_ratio) return {};
  const std::int64_t count = pieces(longer, ratio, settings);
  const int step = static_cast<int>((longer + count - 1) / count);
  if (std::min(step, shorter) < settings.min_crop) return {};
  std::vector<sdk::Window> windows;
  for (int first = 0; first < longer && std::ssize(windows) < count; first += step) {
    const int length = std::min(step, longer - first);
    windows.push_back(wide ? sdk::Window{first, 0, length, height} : sdk::Window{0, first, width, length});
  }
  return windows;
}

Gemma3Images::Gemma3Images(const std::filesystem::path& folder, const Options& options, std::int64_t size)
    : folder_(folder),
      size_(size),
      processor_(read_processor(folder, sdk::pass_order_from_name(options.text("resizing")))),
      crops_(read_pan_and_scan(folder, options)) {}

at::Tensor Gemma3Images::operator()(const Image& image) const {
  std::vector<ProcessedImage> all{{processor_(image), {}}};
  if (crops_) {
    for (const sdk::Window& window : pan_and_scan(image.width, image.height, *crops_)) {
      // A resize to the same size copies.
      all.push_back({processor_(sdk::resize_window(image, image.width, image.height, window, {})), {}});
    }
  }
  return sdk::stack_images(all, size_, folder_);
}

std::string Gemma3Images::identity() const {
  if (!crops_) return processor_.identity();
  return processor_.identity() + " pan_and_scan " + std::to_string(crops_->min_crop) + " " +
         std::to_string(crops_->max_crops) + " " + std::to_string(crops_->min_ratio);
}

}  // namespace medvlm::gemma3
