// The resampler's passes in plain C++: the reference for the vector kernels.
#include "resample_kernels.hpp"

namespace medvlm::sdk::resample {
namespace {

constexpr std::uint32_t kHalf = 1u << (kWeightBits - 1);

template <int channels>
void horizontal_row(const std::uint8_t* row, const Weights& weights, std::uint8_t* out) {
  for (std::size_t x = 0; x < weights.first.size(); ++x) {
    const std::uint8_t* pixel = row + static_cast<std::size_t>(weights.first[x]) * channels;
    const std::int32_t* weight = weights.at(x);
    std::uint32_t sums[channels];
    for (auto& sum : sums) sum = kHalf;
    for (int j = 0; j < weights.count[x]; ++j) {
      for (int c = 0; c < channels; ++c) sums[c] += static_cast<std::uint32_t>(weight[j]) * pixel[j * channels + c];
    }
    for (int c = 0; c < channels; ++c) *out++ = clip_sum(sums[c]);
  }
}

}  // namespace

void horizontal_portable(const Source& source, int first_row, int rows, const Weights& weights, std::uint8_t* out) {
  const std::size_t out_bytes = weights.first.size() * source.channels;
  for (int y = 0; y < rows; ++y, out += out_bytes) {
    const std::uint8_t* row = source.row(first_row + y);
    switch (source.channels) {
      case 1: horizontal_row<1>(row, weights, out); break;
      case 3: horizontal_row<3>(row, weights, out); break;
      default: horizontal_row<4>(row, weights, out); break;
    }
  }
}

void vertical_portable(const Source& source, std::size_t first_byte, std::size_t bytes, const Weights& weights,
                       std::uint8_t* out) {
  std::vector<std::uint32_t> sums(bytes);
  for (std::size_t y = 0; y < weights.first.size(); ++y) {
    std::fill(sums.begin(), sums.end(), kHalf);
    for (int j = 0; j < weights.count[y]; ++j) {
      const std::uint8_t* row = source.row(weights.first[y] + j) + first_byte;
      const auto weight = static_cast<std::uint32_t>(weights.at(y)[j]);
      for (std::size_t x = 0; x < bytes; ++x) sums[x] += weight * row[x];
    }
    for (std::size_t x = 0; x < bytes; ++x) *out++ = clip_sum(sums[x]);
  }
}

}  // namespace medvlm::sdk::resample
