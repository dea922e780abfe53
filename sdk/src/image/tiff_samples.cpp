// The conversions behind tiff_samples.hpp.
#include "tiff_samples.hpp"

#include <algorithm>
#include <cstring>

#include <tiff.h>

#include "decoders.hpp"

namespace medvlm::sdk::decoders::tiff {
namespace {

void put_gray(std::uint8_t* rgb, std::uint8_t value) { rgb[0] = rgb[1] = rgb[2] = value; }

/// Sample number `index` of a row with 1, 2, 4 or 8 bits each.
unsigned packed(const std::uint8_t* samples, std::size_t index, unsigned bits) {
  const std::size_t bit = index * bits;
  return (samples[bit / 8] >> (8 - bits - bit % 8)) & ((1u << bits) - 1);
}

/// Gray of up to 8 bits, spread over 0..255; further samples are dropped.
void gray(const Layout& layout, const std::uint8_t* samples, int width, std::uint8_t* rgb) {
  const unsigned most = (1u << layout.bits) - 1;
  const bool inverted = layout.photometric == PHOTOMETRIC_MINISWHITE;
  for (int x = 0; x < width; ++x, rgb += 3) {
    const unsigned value = packed(samples, static_cast<std::size_t>(x) * layout.samples, layout.bits) * (255 / most);
    put_gray(rgb, static_cast<std::uint8_t>(inverted ? 255 - value : value));
  }
}

void indexed(const Layout& layout, const std::uint8_t* samples, int width, std::uint8_t* rgb) {
  for (int x = 0; x < width; ++x, rgb += 3) {
    const unsigned index = packed(samples, static_cast<std::size_t>(x) * layout.samples, layout.bits);
    std::memcpy(rgb, layout.palette[index].data(), 3);
  }
}

std::uint8_t saturate(std::int64_t value) { return static_cast<std::uint8_t>(std::clamp<std::int64_t>(value, 0, 255)); }

/// Cut to an integer within 0..255; what is not a number becomes 0.
std::uint8_t saturate(double value) {
  if (value >= 255.0) return 255;
  return value > 0.0 ? static_cast<std::uint8_t>(value) : 0;
}

/// Deep gray: clipped to 0..255, not scaled. Pillow does not invert it, either.
template <class Sample, class Wide>
void deep_gray(const Layout& layout, const std::uint8_t* samples, int width, std::uint8_t* rgb) {
  const std::size_t step = sizeof(Sample) * layout.samples;
  for (int x = 0; x < width; ++x, rgb += 3, samples += step) {
    Sample value;
    std::memcpy(&value, samples, sizeof(value));
    put_gray(rgb, saturate(static_cast<Wide>(value)));
  }
}

/// The 8-bit value of a colour sample: of 16 bits the high byte.
template <int bytes>
unsigned colour(const std::uint8_t* sample) {
  if constexpr (bytes == 1) return *sample;
  std::uint16_t value;
  std::memcpy(&value, sample, 2);
  return value >> 8;
}

template <int bytes>
void rgb_colours(const Layout& layout, const std::uint8_t* samples, int width, std::uint8_t* rgb) {
  const std::size_t step = static_cast<std::size_t>(bytes) * layout.samples;
  const bool divide = layout.premultiplied && layout.samples > 3;
  for (int x = 0; x < width; ++x, rgb += 3, samples += step) {
    for (int c = 0; c < 3; ++c) rgb[c] = static_cast<std::uint8_t>(colour<bytes>(samples + c * bytes));
    if (!divide) continue;
    const unsigned alpha = colour<bytes>(samples + 3 * bytes);
    if (alpha == 255) continue;
    for (int c = 0; c < 3; ++c) {
      rgb[c] = static_cast<std::uint8_t>(alpha == 0 ? 0 : std::min(255u, rgb[c] * 255u / alpha));
    }
  }
}

template <int bytes>
void cmyk_colours(const Layout& layout, const std::uint8_t* samples, int width, std::uint8_t* rgb) {
  const std::size_t step = static_cast<std::size_t>(bytes) * layout.samples;
  for (int x = 0; x < width; ++x, rgb += 3, samples += step) {
    cmyk_to_rgb(colour<bytes>(samples), colour<bytes>(samples + bytes), colour<bytes>(samples + 2 * bytes),
                colour<bytes>(samples + 3 * bytes), rgb);
  }
}

Convert gray_converter(const Layout& layout) {
  if (layout.bits == 8) return layout.samples <= 2 && !layout.premultiplied ? gray : nullptr;
  if (layout.samples != 1) return nullptr;
  switch (layout.format * 100 + layout.bits) {
    case SAMPLEFORMAT_UINT * 100 + 1:
    case SAMPLEFORMAT_UINT * 100 + 2:
    case SAMPLEFORMAT_UINT * 100 + 4: return gray;
    case SAMPLEFORMAT_UINT * 100 + 16: return deep_gray<std::uint16_t, std::int64_t>;
    case SAMPLEFORMAT_INT * 100 + 16: return deep_gray<std::int16_t, std::int64_t>;
    case SAMPLEFORMAT_UINT * 100 + 32:  // Pillow reads both as signed
    case SAMPLEFORMAT_INT * 100 + 32: return deep_gray<std::int32_t, std::int64_t>;
    case SAMPLEFORMAT_IEEEFP * 100 + 32: return deep_gray<float, double>;
    case SAMPLEFORMAT_IEEEFP * 100 + 64: return deep_gray<double, double>;
    default: return nullptr;
  }
}

}  // namespace

std::string Layout::describe() const {
  return std::to_string(samples) + " samples of " + std::to_string(bits) + " bits, format " + std::to_string(format) +
         ", photometric " + std::to_string(photometric);
}

Convert converter(const Layout& layout) {
  if (layout.samples < 1 || layout.samples > 6) return nullptr;
  const bool integers = layout.format == SAMPLEFORMAT_UINT;
  const bool bytes_or_words = integers && (layout.bits == 8 || layout.bits == 16);
  switch (layout.photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK: return gray_converter(layout);
    case PHOTOMETRIC_PALETTE:
      if (!integers || !layout.has_palette || (layout.samples > 1 && layout.bits != 8)) return nullptr;
      return layout.bits == 1 || layout.bits == 2 || layout.bits == 4 || layout.bits == 8 ? indexed : nullptr;
    case PHOTOMETRIC_RGB:
      if (!bytes_or_words || layout.samples < 3) return nullptr;
      return layout.bits == 8 ? rgb_colours<1> : rgb_colours<2>;
    case PHOTOMETRIC_SEPARATED:
      if (!bytes_or_words || layout.samples < 4) return nullptr;
      return layout.bits == 8 ? cmyk_colours<1> : cmyk_colours<2>;
    default: return nullptr;
  }
}

}  // namespace medvlm::sdk::decoders::tiff
