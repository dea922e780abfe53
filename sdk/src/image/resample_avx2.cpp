// The resampler's passes in AVX2. A weight w is split as high * 2^15 + low, so that two multiply-adds of 16-bit pairs
// give the exact sum modulo 2^32.
#include <cstring>

#include "resample_kernels.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#define MEDVLM_AVX2 __attribute__((target("avx2")))

namespace medvlm::sdk::resample {
namespace {

constexpr int kSplit = 15;
constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);
constexpr std::size_t kSlack = 16;  ///< bytes that a row may be read beyond its end

std::uint32_t pair_of(std::int32_t first, std::int32_t second) {
  return (static_cast<std::uint32_t>(first) & 0xffffu) | (static_cast<std::uint32_t>(second) << 16);
}

std::int32_t low_part(std::int32_t weight) { return weight & ((1 << kSplit) - 1); }
std::int32_t high_part(std::int32_t weight) { return weight >> kSplit; }

/// Per output position and group of four taps: the low halves of taps 0,1 | 2,3, then the high halves.
struct PairedWeights {
  int groups = 0;
  std::vector<std::uint32_t> pairs;  ///< positions * groups * 4

  explicit PairedWeights(const Weights& weights) : groups(weights.taps / 4) {
    pairs.reserve(weights.first.size() * groups * 4);
    for (std::size_t i = 0; i < weights.first.size(); ++i) {
      for (int g = 0; g < groups; ++g) {
        const std::int32_t* w = weights.at(i) + g * 4;
        pairs.push_back(pair_of(low_part(w[0]), low_part(w[1])));
        pairs.push_back(pair_of(low_part(w[2]), low_part(w[3])));
        pairs.push_back(pair_of(high_part(w[0]), high_part(w[1])));
        pairs.push_back(pair_of(high_part(w[2]), high_part(w[3])));
      }
    }
  }
};

/// Adds the two lanes' sums and brings them to bytes: R, G, B in the low 24 bits.
MEDVLM_AVX2 inline std::uint32_t finish_pixel(__m256i low, __m256i high) {
  const __m256i both = _mm256_add_epi32(low, _mm256_slli_epi32(high, kSplit));
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
  sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(kHalf)), kWeightBits);
  sum = _mm_packs_epi32(sum, sum);
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm_packus_epi16(sum, sum)));
}

MEDVLM_AVX2 inline void store_pixel(std::uint8_t* out, std::uint32_t pixel) {
  out[0] = static_cast<std::uint8_t>(pixel);
  out[1] = static_cast<std::uint8_t>(pixel >> 8);
  out[2] = static_cast<std::uint8_t>(pixel >> 16);
}

/// `row_count` RGB rows at once, so that each weight is loaded once for all of them.
template <int row_count>
MEDVLM_AVX2 void horizontal_rgb(const std::uint8_t* const* rows, const Weights& weights, const PairedWeights& paired,
                                std::uint8_t* const* out) {
  // The low lane takes pixels 0 and 1, the high lane 2 and 3, as 16-bit pairs per channel.
  const __m256i gather = _mm256_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,  //
                                          6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
  const __m256i low_lanes = _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1);
  const __m256i high_lanes = _mm256_setr_epi32(2, 2, 2, 2, 3, 3, 3, 3);
  for (std::size_t x = 0; x < weights.first.size(); ++x) {
    __m256i low[row_count], high[row_count];
    for (int r = 0; r < row_count; ++r) low[r] = high[r] = _mm256_setzero_si256();
    const std::uint32_t* pair = paired.pairs.data() + x * paired.groups * 4;
    std::size_t offset = static_cast<std::size_t>(weights.first[x]) * 3;
    const int groups = (weights.count[x] + 3) / 4;
    for (int g = 0; g < groups; ++g, pair += 4, offset += 12) {
      const __m256i four = _mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(pair)));
      const __m256i low_weight = _mm256_permutevar8x32_epi32(four, low_lanes);
      const __m256i high_weight = _mm256_permutevar8x32_epi32(four, high_lanes);
      for (int r = 0; r < row_count; ++r) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows[r] + offset));
        const __m256i pixels = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), gather);
        low[r] = _mm256_add_epi32(low[r], _mm256_madd_epi16(pixels, low_weight));
        high[r] = _mm256_add_epi32(high[r], _mm256_madd_epi16(pixels, high_weight));
      }
    }
    for (int r = 0; r < row_count; ++r) store_pixel(out[r] + x * 3, finish_pixel(low[r], high[r]));
  }
}

/// One row in a buffer that may be read beyond the row's end.
struct PaddedRow {
  std::vector<std::uint8_t> bytes;
  const std::uint8_t* fill(const std::uint8_t* row, std::size_t size) {
    bytes.resize(size + kSlack);
    std::memcpy(bytes.data(), row, size);
    return bytes.data();
  }
};

/// Sums of 32 neighbouring bytes over all taps of one output row: four registers of 8 sums for each half of the weight.
struct Sums {
  __m256i low[4];
  __m256i high[4];
};

MEDVLM_AVX2 inline void add_pair(Sums& sums, __m256i first, __m256i second, __m256i low_weight, __m256i high_weight) {
  const __m256i zero = _mm256_setzero_si256();
  const __m256i even = _mm256_unpacklo_epi8(first, second);
  const __m256i odd = _mm256_unpackhi_epi8(first, second);
  const __m256i parts[4] = {_mm256_unpacklo_epi8(even, zero), _mm256_unpackhi_epi8(even, zero),
                            _mm256_unpacklo_epi8(odd, zero), _mm256_unpackhi_epi8(odd, zero)};
  for (int p = 0; p < 4; ++p) {
    sums.low[p] = _mm256_add_epi32(sums.low[p], _mm256_madd_epi16(parts[p], low_weight));
    sums.high[p] = _mm256_add_epi32(sums.high[p], _mm256_madd_epi16(parts[p], high_weight));
  }
}

MEDVLM_AVX2 inline __m256i finish_bytes(const Sums& sums) {
  __m256i words[4];
  for (int p = 0; p < 4; ++p) {
    const __m256i sum = _mm256_add_epi32(sums.low[p], _mm256_slli_epi32(sums.high[p], kSplit));
    words[p] = _mm256_srai_epi32(_mm256_add_epi32(sum, _mm256_set1_epi32(kHalf)), kWeightBits);
  }
  return _mm256_packus_epi16(_mm256_packs_epi32(words[0], words[1]), _mm256_packs_epi32(words[2], words[3]));
}

MEDVLM_AVX2 inline __m256i load32(const std::uint8_t* bytes) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
}

/// 32 bytes of one output row.
MEDVLM_AVX2 __m256i vertical_block(const std::uint8_t* top, std::size_t stride, int count, const std::int32_t* weight) {
  Sums sums;
  for (int p = 0; p < 4; ++p) sums.low[p] = sums.high[p] = _mm256_setzero_si256();
  for (int j = 0; j < count; j += 2) {
    // An odd count meets a weight of zero; the row is read again rather than one that may not exist.
    const std::int32_t second = j + 1 < count ? weight[j + 1] : 0;
    const std::uint8_t* row = top + static_cast<std::size_t>(j) * stride;
    const std::uint8_t* next = j + 1 < count ? row + stride : row;
    const auto low = static_cast<std::int32_t>(pair_of(low_part(weight[j]), low_part(second)));
    const auto high = static_cast<std::int32_t>(pair_of(high_part(weight[j]), high_part(second)));
    add_pair(sums, load32(row), load32(next), _mm256_set1_epi32(low), _mm256_set1_epi32(high));
  }
  return finish_bytes(sums);
}

}  // namespace

bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }

MEDVLM_AVX2 void horizontal_avx2(const Source& source, int first_row, int rows, const Weights& weights,
                                 std::uint8_t* out) {
  if (source.channels != 3) return horizontal_portable(source, first_row, rows, weights, out);
  constexpr int kRows = 4;
  const PairedWeights paired(weights);
  const std::size_t row_bytes = static_cast<std::size_t>(source.width) * 3;
  const std::size_t out_bytes = weights.first.size() * 3;
  const std::uint8_t* const end = source.row(source.height);
  PaddedRow padded;
  int y = 0;
  while (y < rows) {
    const std::uint8_t* in[kRows];
    std::uint8_t* to[kRows];
    const int left = std::min(kRows, rows - y);
    for (int r = 0; r < left; ++r) {
      in[r] = source.row(first_row + y + r);
      to[r] = out + static_cast<std::size_t>(y + r) * out_bytes;
    }
    const std::uint8_t* last = in[left - 1];
    if (left == kRows && static_cast<std::size_t>(end - last) >= row_bytes + kSlack) {
      horizontal_rgb<kRows>(in, weights, paired, to);
      y += kRows;
      continue;
    }
    const std::uint8_t* one = in[0];
    if (static_cast<std::size_t>(end - one) < row_bytes + kSlack) one = padded.fill(one, row_bytes);
    horizontal_rgb<1>(&one, weights, paired, to);
    ++y;
  }
}

MEDVLM_AVX2 void vertical_avx2(const Source& source, std::size_t first_byte, std::size_t bytes, const Weights& weights,
                               std::uint8_t* out) {
  constexpr std::size_t kBlock = 32;
  if (bytes < kBlock) return vertical_portable(source, first_byte, bytes, weights, out);
  const std::size_t stride = static_cast<std::size_t>(source.width) * source.channels;
  for (std::size_t y = 0; y < weights.first.size(); ++y, out += bytes) {
    const std::uint8_t* top = source.row(weights.first[y]) + first_byte;
    for (std::size_t x = 0; x < bytes; x += kBlock) {
      // The last block overlaps the one before it instead of leaving the row.
      const std::size_t at = std::min(x, bytes - kBlock);
      const __m256i block = vertical_block(top + at, stride, weights.count[y], weights.at(y));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + at), block);
    }
  }
}

}  // namespace medvlm::sdk::resample

#else  // another processor: the portable passes serve

namespace medvlm::sdk::resample {

bool has_avx2() { return false; }

void horizontal_avx2(const Source& source, int first_row, int rows, const Weights& weights, std::uint8_t* out) {
  horizontal_portable(source, first_row, rows, weights, out);
}

void vertical_avx2(const Source& source, std::size_t first_byte, std::size_t bytes, const Weights& weights,
                   std::uint8_t* out) {
  vertical_portable(source, first_byte, bytes, weights, out);
}

}  // namespace medvlm::sdk::resample

#endif
