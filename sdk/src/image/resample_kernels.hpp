// The two passes of the resampler over bare pixels, portable and AVX2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "medvlm/sdk/image/resize.hpp"

namespace medvlm::sdk::resample {

/// Fractional bits of a fixed-point weight.
inline constexpr int kWeightBits = 22;

/// Weights of a range of output positions along one axis.
struct Weights {
  int taps = 0;                      ///< weights stored per position; a multiple of 4, unused ones are zero
  std::vector<int> first;            ///< first source position that counts, per output position
  std::vector<int> count;            ///< how many count
  std::vector<std::int32_t> values;  ///< positions * taps

  const std::int32_t* at(std::size_t position) const { return values.data() + position * taps; }
};

/// Pillow's weights for output positions [begin, end) of an axis that goes from `in` to `out` pixels.
Weights make_weights(Filter filter, int in, int out, int begin, int end);

/// Bare pixels of a source; rows have `width * channels` bytes without gaps.
struct Source {
  const std::uint8_t* pixels;
  int width;
  int height;
  int channels;

  const std::uint8_t* row(int y) const {
    return pixels + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * channels;
  }
};

/// Rows [first_row, first_row + rows) of the source, each resampled to weights.first.size() columns, into `out`.
void horizontal_portable(const Source& source, int first_row, int rows, const Weights& weights, std::uint8_t* out);
void horizontal_avx2(const Source& source, int first_row, int rows, const Weights& weights, std::uint8_t* out);

/// Output rows from the columns [first_byte, first_byte + bytes) of every source row, into `out` without gaps.
void vertical_portable(const Source& source, std::size_t first_byte, std::size_t bytes, const Weights& weights,
                       std::uint8_t* out);
void vertical_avx2(const Source& source, std::size_t first_byte, std::size_t bytes, const Weights& weights,
                   std::uint8_t* out);

/// Whether this processor runs the AVX2 kernels.
bool has_avx2();

/// Rounds and clips a fixed-point sum. Sums wrap modulo 2^32, in every kernel alike.
inline std::uint8_t clip_sum(std::uint32_t sum) {
  const std::int32_t value = static_cast<std::int32_t>(sum) >> kWeightBits;
  return static_cast<std::uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}

}  // namespace medvlm::sdk::resample
