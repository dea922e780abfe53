// Puts the passes together: which rows and columns are needed, in which order, with or without alpha.
#include "medvlm/sdk/image/resize.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "pixel_limit.hpp"
#include "resample_kernels.hpp"

namespace medvlm::sdk {
namespace {

using resample::Source;
using resample::Weights;

struct Plan {
  int width;   ///< of the whole resized picture
  int height;
  Window window;
  ResizeOptions options;
};

using Pixels = std::vector<std::uint8_t>;

std::size_t area(int width, int height, int channels) {
  return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * static_cast<std::size_t>(channels);
}

std::string size_text(int width, int height) { return std::to_string(width) + "x" + std::to_string(height); }

void check(const Source& source, std::size_t bytes, const Plan& plan) {
  if (source.channels != 1 && source.channels != 3 && source.channels != 4) {
    throw Error(ErrorCode::data, "cannot resize a picture with " + std::to_string(source.channels) +
                                     " channels; 1, 3 and 4 are supported");
  }
  if (source.width < 1 || source.height < 1 || bytes != area(source.width, source.height, source.channels)) {
    throw Error(ErrorCode::data, "cannot resize a picture of " + size_text(source.width, source.height) + " with " +
                                     std::to_string(bytes) + " bytes of pixels");
  }
  if (plan.width < 1 || plan.height < 1) {
    throw Error(ErrorCode::data, "cannot resize to " + size_text(plan.width, plan.height) + "; sides must be positive");
  }
  const Window& w = plan.window;
  if (w.x < 0 || w.y < 0 || w.width < 1 || w.height < 1 || w.width > plan.width - w.x ||
      w.height > plan.height - w.y) {
    throw Error(ErrorCode::data, "the window " + size_text(w.width, w.height) + " at " + std::to_string(w.x) + "," +
                                     std::to_string(w.y) + " is not inside " + size_text(plan.width, plan.height));
  }
  if (area(w.width, w.height, 1) > kMaxPixels) {
    throw Error(ErrorCode::data, "resizing to " + size_text(w.width, w.height) + " exceeds the limit of 2^28 pixels");
  }
}

Pixels crop(const Source& source, const Window& window) {
  const std::size_t row_bytes = static_cast<std::size_t>(window.width) * source.channels;
  Pixels out(row_bytes * window.height);
  for (int y = 0; y < window.height; ++y) {
    const std::uint8_t* row = source.row(window.y + y) + static_cast<std::size_t>(window.x) * source.channels;
    std::memcpy(out.data() + y * row_bytes, row, row_bytes);
  }
  return out;
}

/// Source positions of the nearest filter. Pillow adds the scale up, and the rounding of the sums shows.
std::vector<int> nearest_positions(int in, int out, int begin, int count) {
  const double scale = static_cast<double>(in) / out;
  double position = scale * 0.5;
  for (int i = 0; i < begin; ++i) position += scale;
  std::vector<int> positions(count);
  for (int& p : positions) {
    p = std::min(static_cast<int>(position), in - 1);
    position += scale;
  }
  return positions;
}

Pixels nearest(const Source& source, const Plan& plan) {
  const Window& w = plan.window;
  const std::vector<int> columns = nearest_positions(source.width, plan.width, w.x, w.width);
  const std::vector<int> rows = nearest_positions(source.height, plan.height, w.y, w.height);
  Pixels out;
  out.reserve(area(w.width, w.height, source.channels));
  for (const int y : rows) {
    const std::uint8_t* row = source.row(y);
    for (const int x : columns) {
      const std::uint8_t* pixel = row + static_cast<std::size_t>(x) * source.channels;
      out.insert(out.end(), pixel, pixel + source.channels);
    }
  }
  return out;
}

/// The passes over pixels whose channels are independent. A pass whose size does not change is left out.
class Passes {
 public:
  Passes(const Source& source, const Plan& plan)
      : source_(source), plan_(plan), wide_(source.width != plan.width), high_(source.height != plan.height),
        fast_(plan.options.kernel == Kernel::fastest && resample::has_avx2()) {}

  Pixels run() {
    if (!wide_ && !high_) return crop(source_, plan_.window);
    const Window& w = plan_.window;
    if (wide_) columns_ = resample::make_weights(plan_.options.filter, source_.width, plan_.width, w.x, w.x + w.width);
    if (high_) rows_ = resample::make_weights(plan_.options.filter, source_.height, plan_.height, w.y, w.y + w.height);
    if (!high_) return horizontal(source_, w.y, w.height);
    if (!wide_) return vertical(source_, w.x, w.width);
    return vertical_first() ? vertical_then_horizontal() : horizontal_then_vertical();
  }

 private:
  bool vertical_first() const {
    const std::int64_t shorter = std::int64_t{source_.height} - plan_.height;
    const std::int64_t narrower = std::int64_t{source_.width} - plan_.width;
    return plan_.options.order == PassOrder::pillow_13 && shorter > 0 && shorter > 2 * narrower;
  }

  Pixels horizontal(const Source& source, int first_row, int rows) const {
    check_size(plan_.window.width, rows);
    Pixels out(area(plan_.window.width, rows, source.channels));
    (fast_ ? resample::horizontal_avx2 : resample::horizontal_portable)(source, first_row, rows, columns_, out.data());
    return out;
  }

  Pixels vertical(const Source& source, int first_column, int columns) const {
    check_size(columns, plan_.window.height);
    Pixels out(area(columns, plan_.window.height, source.channels));
    const std::size_t first_byte = static_cast<std::size_t>(first_column) * source.channels;
    const std::size_t bytes = static_cast<std::size_t>(columns) * source.channels;
    (fast_ ? resample::vertical_avx2 : resample::vertical_portable)(source, first_byte, bytes, rows_, out.data());
    return out;
  }

  /// The picture between the passes can be larger than source and window: one side comes from each.
  static void check_size(int width, int height) {
    if (area(width, height, 1) > kMaxPixels) {
      throw Error(ErrorCode::data, "resizing needs a picture of " + size_text(width, height) +
                                       " on the way, which exceeds the limit of 2^28 pixels");
    }
  }

  Pixels horizontal_then_vertical() {
    // Only the rows that the vertical pass reads.
    const int first = rows_.first.front();
    const int last = rows_.first.back() + rows_.count.back();
    const Pixels between = horizontal(source_, first, last - first);
    for (int& position : rows_.first) position -= first;
    return vertical({between.data(), plan_.window.width, last - first, source_.channels}, 0, plan_.window.width);
  }

  Pixels vertical_then_horizontal() {
    const int first = columns_.first.front();
    const int last = columns_.first.back() + columns_.count.back();
    const Pixels between = vertical(source_, first, last - first);
    for (int& position : columns_.first) position -= first;
    return horizontal({between.data(), last - first, plan_.window.height, source_.channels}, 0, plan_.window.height);
  }

  Source source_;
  const Plan& plan_;
  bool wide_;
  bool high_;
  bool fast_;
  Weights columns_;
  Weights rows_;
};

Pixels premultiply(const Source& source) {
  Pixels out(source.pixels, source.pixels + area(source.width, source.height, 4));
  for (std::size_t i = 0; i < out.size(); i += 4) {
    for (std::size_t c = 0; c < 3; ++c) {
      const unsigned product = out[i + c] * unsigned{out[i + 3]} + 128;
      out[i + c] = static_cast<std::uint8_t>(((product >> 8) + product) >> 8);
    }
  }
  return out;
}

void unmultiply(Pixels& pixels) {
  for (std::size_t i = 0; i < pixels.size(); i += 4) {
    const unsigned alpha = pixels[i + 3];
    if (alpha == 0 || alpha == 255) continue;
    for (std::size_t c = 0; c < 3; ++c) {
      pixels[i + c] = static_cast<std::uint8_t>(std::min(255u, 255u * pixels[i + c] / alpha));
    }
  }
}

Pixels resize_pixels(const Source& source, std::size_t bytes, const Plan& plan) {
  check(source, bytes, plan);
  if (source.width == plan.width && source.height == plan.height) return crop(source, plan.window);
  if (plan.options.filter == Filter::nearest) return nearest(source, plan);
  if (source.channels != 4) return Passes(source, plan).run();
  const Pixels multiplied = premultiply(source);
  Pixels out = Passes({multiplied.data(), source.width, source.height, 4}, plan).run();
  unmultiply(out);
  return out;
}

}  // namespace

Image resize_window(const Image& image, int width, int height, const Window& window, const ResizeOptions& options) {
  const Source source{image.pixels.data(), image.width, image.height, 3};
  Image out;
  out.pixels = resize_pixels(source, image.pixels.size(), {width, height, window, options});
  out.width = window.width;
  out.height = window.height;
  return out;
}

Raster resize_window(const Raster& raster, int width, int height, const Window& window, const ResizeOptions& options) {
  const Source source{raster.pixels.data(), raster.width, raster.height, raster.channels};
  Raster out;
  out.pixels = resize_pixels(source, raster.pixels.size(), {width, height, window, options});
  out.width = window.width;
  out.height = window.height;
  out.channels = raster.channels;
  return out;
}

Image resize(const Image& image, int width, int height, const ResizeOptions& options) {
  return resize_window(image, width, height, {0, 0, width, height}, options);
}

Image resize(const Image& image, int width, int height, Filter filter, PassOrder order) {
  return resize(image, width, height, ResizeOptions{filter, order, Kernel::fastest});
}

Raster resize(const Raster& raster, int width, int height, const ResizeOptions& options) {
  return resize_window(raster, width, height, {0, 0, width, height}, options);
}

}  // namespace medvlm::sdk
