// Applies a ProcessorConfig to pictures.
#include "medvlm/sdk/image/processor.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <ATen/ops/empty.h>
#include <nlohmann/json.hpp>

namespace medvlm::sdk {
namespace {

constexpr int kMaxTarget = 16384;

void check_side(int side, const char* what) {
  if (side < 1 || side > kMaxTarget) {
    throw Error(ErrorCode::checkpoint, std::string("image processor: ") + what + " of " + std::to_string(side) +
                                           " pixels; 1 to " + std::to_string(kMaxTarget) + " is expected");
  }
}

void check(const ProcessorConfig& config) {
  if (config.resize && config.resize->shortest_edge != 0) {
    check_side(config.resize->shortest_edge, "a resize");
  } else if (config.resize) {
    check_side(config.resize->exact.width, "a resize");
    check_side(config.resize->exact.height, "a resize");
  }
  if (config.crop) {
    check_side(config.crop->width, "a crop");
    check_side(config.crop->height, "a crop");
  }
  if (config.rescale && !std::isfinite(*config.rescale)) {
    throw Error(ErrorCode::checkpoint, "image processor: rescale_factor is not finite");
  }
  for (std::size_t c = 0; config.normalize && c < 3; ++c) {
    const float deviation = static_cast<float>(config.normalize->std[c]);
    if (!std::isfinite(config.normalize->mean[c]) || !std::isfinite(deviation) || deviation == 0.0f) {
      throw Error(ErrorCode::checkpoint, "image processor: image_mean and image_std must be finite, image_std not 0");
    }
  }
}

/// numpy's operations: the product in double, the rest in float.
float processed(const ProcessorConfig& config, int value, std::size_t channel) {
  float result = config.rescale ? static_cast<float>(value * *config.rescale) : static_cast<float>(value);
  if (config.normalize) {
    result -= static_cast<float>(config.normalize->mean[channel]);
    result /= static_cast<float>(config.normalize->std[channel]);
  }
  return result;
}

int floor_half(int value) { return value >= 0 ? value / 2 : -((1 - value) / 2); }

/// One axis of a centre crop: what of the resized picture is seen, and after how many zeros.
struct Span {
  int first;
  int count;
  int before;
};

/// d / 2 to the nearest whole number, half to even.
int round_half(int d) { return d % 2 == 0 ? d / 2 : (d % 4 == 1 ? d / 2 : d / 2 + 1); }

int crop_offset(int size, int crop, ProcessorConfig::CropRounding rounding) {
  if (rounding == ProcessorConfig::CropRounding::down) return floor_half(size - crop);
  return size >= crop ? round_half(size - crop) : -((crop - size) / 2);
}

Span crop_span(int size, int crop, ProcessorConfig::CropRounding rounding) {
  const int offset = crop_offset(size, crop, rounding);
  const int first = std::max(0, offset);
  return {first, std::min(size, offset + crop) - first, first - offset};
}

ImageSize target_size(const ProcessorConfig::Target& target, const Image& image) {
  if (target.shortest_edge > 0) return shortest_edge_size(image.width, image.height, target.shortest_edge);
  if (target.fit == ProcessorConfig::Fit::stretch) return target.exact;
  return keep_ratio_size(image.width, image.height, target.exact, target.fit == ProcessorConfig::Fit::cover);
}

}  // namespace

/// The seen part of the resized picture and where it lies in the output.
struct ImageProcessor::Placed {
  Image part;
  int width;
  int height;
  int left;
  int top;

  bool fills() const { return part.width == width && part.height == height; }
};

ImageProcessor::ImageProcessor(const ProcessorConfig& config) : config_(config) {
  check(config_);
  for (std::size_t c = 0; c < 3; ++c) {
    for (int value = 0; value < 256; ++value) table_[c][value] = processed(config_, value, c);
  }
}

ImageProcessor::ImageProcessor(std::string_view text, const std::string& file)
    : ImageProcessor(parse_processor_config(text, file)) {}

ImageProcessor::Placed ImageProcessor::place(const Image& image) const {
  ImageSize size{image.width, image.height};
  if (config_.resize) {
    size = target_size(*config_.resize, image);
  }
  const ImageSize crop = config_.crop.value_or(size);
  const Span across = crop_span(size.width, crop.width, config_.crop_rounding);
  const Span down = crop_span(size.height, crop.height, config_.crop_rounding);
  const Window window{across.first, down.first, across.count, down.count};
  const ResizeOptions options{config_.filter, config_.order, Kernel::fastest};
  return {resize_window(image, size.width, size.height, window, options), crop.width, crop.height, across.before,
          down.before};
}

Image ImageProcessor::pixels(const Image& image) const {
  Placed placed = place(image);
  if (placed.fills()) return std::move(placed.part);
  Image out;
  out.width = placed.width;
  out.height = placed.height;
  out.pixels.assign(static_cast<std::size_t>(out.width) * out.height * 3, config_.fill);
  const std::size_t row_bytes = static_cast<std::size_t>(placed.part.width) * 3;
  for (int y = 0; y < placed.part.height; ++y) {
    const std::size_t to = (static_cast<std::size_t>(placed.top + y) * out.width + placed.left) * 3;
    std::memcpy(out.pixels.data() + to, placed.part.pixels.data() + y * row_bytes, row_bytes);
  }
  return out;
}

at::Tensor ImageProcessor::operator()(const Image& image) const {
  const Image picture = pixels(image);
  const std::size_t plane = static_cast<std::size_t>(picture.width) * picture.height;
  at::Tensor tensor = at::empty({3, picture.height, picture.width}, at::kFloat);
  float* const out = tensor.mutable_data_ptr<float>();
  const std::uint8_t* rgb = picture.pixels.data();
  for (std::size_t i = 0; i < plane; ++i, rgb += 3) {
    out[i] = table_[0][rgb[0]];
    out[plane + i] = table_[1][rgb[1]];
    out[2 * plane + i] = table_[2][rgb[2]];
  }
  return tensor;
}

std::string ImageProcessor::identity() const {
  nlohmann::json json;
  json["version"] = 1;
  if (config_.resize) {
    const auto& target = *config_.resize;
    json["resize"] = target.shortest_edge > 0
                         ? nlohmann::json{{"shortest_edge", target.shortest_edge}}
                         : nlohmann::json{{"width", target.exact.width}, {"height", target.exact.height}};
    if (target.shortest_edge == 0 && target.fit != ProcessorConfig::Fit::stretch) {
      json["fit"] = target.fit == ProcessorConfig::Fit::cover ? "cover" : "contain";
    }
    json["filter"] = filter_name(config_.filter);
    json["order"] = config_.order == PassOrder::pillow_13 ? "pillow_13" : "horizontal_first";
  }
  if (config_.crop) json["crop"] = {{"width", config_.crop->width}, {"height", config_.crop->height}};
  if (config_.crop_rounding == ProcessorConfig::CropRounding::torchvision) json["crop_rounding"] = "torchvision";
  if (config_.fill != 0) json["fill"] = config_.fill;
  if (config_.rescale) json["rescale"] = *config_.rescale;
  if (config_.normalize) json["normalize"] = {{"mean", config_.normalize->mean}, {"std", config_.normalize->std}};
  return json.dump();
}

}  // namespace medvlm::sdk
