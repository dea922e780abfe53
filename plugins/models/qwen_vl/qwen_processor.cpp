#include "qwen_processor.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"

namespace medvlm::qwen_vl {
namespace {

using sdk::HfConfig;
using sdk::positive_integer;

constexpr int kMostRatio = 200;

PatchShape read_patch(const HfConfig& config) {
  return {positive_integer(config, "patch_size", 14), positive_integer(config, "temporal_patch_size", 2),
          positive_integer(config, "merge_size", 2)};
}

/// The keys have moved twice: min_pixels, then size.min_pixels, then size.shortest_edge; the oldest wins.
PixelRange read_range(const HfConfig& config, const ProcessorOptions& options) {
  const HfConfig size = config.object_or_empty("size");
  const auto limit = [&](const char* old_key, const char* new_key, std::int64_t fallback) {
    if (config.has(old_key)) return positive_integer(config, old_key, fallback);
    return positive_integer(size, size.has(new_key) ? new_key : old_key, fallback);
  };
  PixelRange range;
  range.least = limit("min_pixels", "shortest_edge", PixelRange{}.least);
  range.most = limit("max_pixels", "longest_edge", PixelRange{}.most);
  if (options.min_pixels > 0) range.least = options.min_pixels;
  if (options.max_pixels > 0) range.most = options.max_pixels;
  if (range.least <= range.most) return range;
  throw Error(ErrorCode::config, "min_pixels (" + std::to_string(range.least) + ") is above max_pixels (" +
                                     std::to_string(range.most) + "); what the options do not say is from " +
                                     config.file());
}

/// Filter, rescaling and normalisation by the usual keys; the size is not one of those that the SDK's processor knows.
sdk::ProcessorConfig read_steps(const HfConfig& config, sdk::PassOrder order) {
  if (!config.flag("do_resize", true)) {
    config.fail("do_resize", "is false, but the sides of pictures must become multiples of a merged patch");
  }
  nlohmann::json json = nlohmann::json::parse(read_file(config.file()));
  json.erase("size");
  sdk::ProcessorConfig steps = sdk::parse_processor_config(json.dump(), config.file());
  steps.resize.reset();
  steps.crop.reset();
  steps.order = order;
  return steps;
}

}  // namespace

sdk::ImageSize smart_resize(int width, int height, std::int64_t factor, const PixelRange& range) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  if (width < 1 || height < 1) throw Error(ErrorCode::data, "a picture of " + size + " has no pixels");
  const double ratio = static_cast<double>(std::max(width, height)) / std::min(width, height);
  if (ratio > kMostRatio) {
    throw Error(ErrorCode::data, "a picture of " + size + " is too long for this family: one side may be at most " +
                                     std::to_string(kMostRatio) + " times the other");
  }
  const double step = static_cast<double>(factor);
  const auto multiple = [&](double count) { return static_cast<std::int64_t>(count) * factor; };
  std::int64_t rows = multiple(std::nearbyint(height / step));  // half to even, as Python's round()
  std::int64_t columns = multiple(std::nearbyint(width / step));
  const double area = static_cast<double>(height) * width;
  if (rows * columns > range.most) {
    const double beta = std::sqrt(area / static_cast<double>(range.most));
    rows = std::max(factor, multiple(std::floor(height / beta / step)));
    columns = std::max(factor, multiple(std::floor(width / beta / step)));
  } else if (rows * columns < range.least) {
    const double beta = std::sqrt(static_cast<double>(range.least) / area);
    rows = multiple(std::ceil(height * beta / step));
    columns = multiple(std::ceil(width * beta / step));
  }
  return {static_cast<int>(columns), static_cast<int>(rows)};
}

QwenProcessor::QwenProcessor(const std::filesystem::path& folder, const ProcessorOptions& options)
    : options_(options), normaliser_([&] {
        const HfConfig config = HfConfig::from_file(folder / "preprocessor_config.json");
        patch_ = read_patch(config);
        range_ = read_range(config, options);
        return sdk::ImageProcessor(read_steps(config, options.order));
      }()) {}

ProcessedImage QwenProcessor::operator()(const Image& image) const {
  const auto resized = [&](const Image& from, const sdk::ImageSize& size, sdk::Filter filter) {
    return sdk::resize(from, size.width, size.height, filter, options_.order);
  };
  const auto fitted = [&](const Image& from) {
    const sdk::ImageSize size = smart_resize(from.width, from.height, patch_.factor(), range_);
    return resized(from, size, normaliser_.config().filter);
  };
  const int side = options_.fixed_size;
  const Image picture = side > 0 ? fitted(resized(image, {side, side}, sdk::Filter::bicubic)) : fitted(image);
  const std::vector<std::int64_t> grid = {1, picture.height / patch_.side, picture.width / patch_.side};
  return {patches(normaliser_(picture)), {{"image_grid_thw", at::tensor(grid, at::kLong).unsqueeze(0)}}};
}

/// [3, height, width] -> one row per patch, (channel, frame, y, x), in the order of the merged patches.
at::Tensor QwenProcessor::patches(const at::Tensor& pixels) const {
  const std::int64_t merge = patch_.merge;
  const std::int64_t side = patch_.side;
  const std::int64_t rows = pixels.size(1) / patch_.factor();
  const std::int64_t columns = pixels.size(2) / patch_.factor();
  const at::Tensor cut = pixels.view({3, rows, merge, side, columns, merge, side}).permute({1, 4, 2, 5, 0, 3, 6});
  return cut.unsqueeze(5)
      .expand({rows, columns, merge, merge, 3, patch_.frames, side, side})
      .reshape({rows * columns * merge * merge, patch_.values()});
}

std::string QwenProcessor::identity() const {
  nlohmann::json json = {{"version", 1},
                         {"steps", nlohmann::json::parse(normaliser_.identity())},
                         {"filter", sdk::filter_name(normaliser_.config().filter)},
                         {"order", options_.order == sdk::PassOrder::pillow_13 ? "pillow_13" : "horizontal_first"},
                         {"pixels", {range_.least, range_.most}},
                         {"patch", {patch_.side, patch_.frames, patch_.merge}}};
  if (options_.fixed_size > 0) json["fixed_size"] = options_.fixed_size;
  return json.dump();
}

}  // namespace medvlm::qwen_vl
