#include "mixed_linear.hpp"

#include <cstring>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "medvlm/sdk/nn/layers.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#define MEDVLM_WIDE __attribute__((target("avx2,fma,f16c")))
#endif

namespace medvlm::sdk::nn {
namespace {

/// Up to so many rows every weight is multiplied as it is read.
constexpr std::int64_t kFewRows = 8;
/// Rows that share one pass over a row of the weights, in registers.
constexpr int kRowsAtOnce = 4;
/// Elements of the weights that are widened together for many rows: what a second-level cache holds.
constexpr std::int64_t kBlockElements = 1 << 20;

/// One output of up to kRowsAtOnce rows of x: out[r] = sum of w[k] * x[r * in + k].
using DotRows = void (*)(const std::uint16_t* w, const float* x, std::int64_t in, int rows, float* out);

float widen(std::uint16_t bits, bool bfloat) {
  if (bfloat) {
    const std::uint32_t wide = std::uint32_t{bits} << 16;
    float value;
    std::memcpy(&value, &wide, sizeof value);
    return value;
  }
  return static_cast<float>(c10::Half(bits, c10::Half::from_bits()));
}

template <bool bfloat>
void dot_rows_portable(const std::uint16_t* w, const float* x, std::int64_t in, int rows, float* out) {
  for (int r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t k = 0; k < in; ++k) sum += widen(w[k], bfloat) * x[r * in + k];
    out[r] = sum;
  }
}

#if defined(__x86_64__)
template <bool bfloat>
MEDVLM_WIDE inline __m256 widen_eight(const std::uint16_t* w) {
  const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(w));
  if constexpr (bfloat) return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
  return _mm256_cvtph_ps(bits);
}

MEDVLM_WIDE inline float sum_of(__m256 v) {
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}

template <bool bfloat, int rows>
MEDVLM_WIDE void dot_fixed_rows(const std::uint16_t* w, const float* x, std::int64_t in, float* out) {
  __m256 even[rows], odd[rows];
  for (int r = 0; r < rows; ++r) even[r] = odd[r] = _mm256_setzero_ps();
  std::int64_t k = 0;
  for (; k + 16 <= in; k += 16) {
    const __m256 first = widen_eight<bfloat>(w + k), second = widen_eight<bfloat>(w + k + 8);
    for (int r = 0; r < rows; ++r) {
      even[r] = _mm256_fmadd_ps(first, _mm256_loadu_ps(x + r * in + k), even[r]);
      odd[r] = _mm256_fmadd_ps(second, _mm256_loadu_ps(x + r * in + k + 8), odd[r]);
    }
  }
  for (int r = 0; r < rows; ++r) {
    float sum = sum_of(_mm256_add_ps(even[r], odd[r]));
    for (std::int64_t rest = k; rest < in; ++rest) sum += widen(w[rest], bfloat) * x[r * in + rest];
    out[r] = sum;
  }
}

template <bool bfloat>
MEDVLM_WIDE void dot_rows_wide(const std::uint16_t* w, const float* x, std::int64_t in, int rows, float* out) {
  switch (rows) {
    case 1: return dot_fixed_rows<bfloat, 1>(w, x, in, out);
    case 2: return dot_fixed_rows<bfloat, 2>(w, x, in, out);
    case 3: return dot_fixed_rows<bfloat, 3>(w, x, in, out);
    default: return dot_fixed_rows<bfloat, 4>(w, x, in, out);
  }
}
#endif

DotRows choose_kernel(bool bfloat) {
#if defined(__x86_64__)
  static const bool wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  if (wide) return bfloat ? dot_rows_wide<true> : dot_rows_wide<false>;
#endif
  return bfloat ? dot_rows_portable<true> : dot_rows_portable<false>;
}

at::Tensor few_rows(const at::Tensor& x, const at::Tensor& weight) {
  const std::int64_t rows = x.size(0), in = weight.size(1), out = weight.size(0);
  at::Tensor y = at::empty({rows, out}, x.options());
  const DotRows kernel = choose_kernel(weight.scalar_type() == at::kBFloat16);
  const auto* w = static_cast<const std::uint16_t*>(weight.const_data_ptr());
  const float* input = x.const_data_ptr<float>();
  float* result = y.mutable_data_ptr<float>();
  at::parallel_for(0, out, std::max<std::int64_t>(1, 16384 / in), [&](std::int64_t begin, std::int64_t end) {
    float sums[kRowsAtOnce];
    for (std::int64_t o = begin; o < end; ++o) {
      for (std::int64_t r = 0; r < rows; r += kRowsAtOnce) {
        const int count = static_cast<int>(std::min<std::int64_t>(kRowsAtOnce, rows - r));
        kernel(w + o * in, input + r * in, in, count, sums);
        for (int i = 0; i < count; ++i) result[(r + i) * out + o] = sums[i];
      }
    }
  });
  return y;
}

at::Tensor many_rows(const at::Tensor& x, const at::Tensor& weight) {
  const std::int64_t in = weight.size(1), out = weight.size(0);
  const std::int64_t step = std::max<std::int64_t>(64, kBlockElements / in);
  if (out <= step) return nn::linear(x, weight.to(at::kFloat), at::Tensor());
  at::Tensor y = at::empty({x.size(0), out}, x.options());
  for (std::int64_t first = 0; first < out; first += step) {
    const std::int64_t count = std::min(step, out - first);
    y.narrow(1, first, count).copy_(nn::linear(x, weight.narrow(0, first, count).to(at::kFloat), at::Tensor()));
  }
  return y;
}

}  // namespace

at::Tensor mixed_linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  const at::Tensor rows = x.reshape({-1, x.size(-1)}).contiguous();
  at::Tensor y = rows.size(0) <= kFewRows ? few_rows(rows, weight) : many_rows(rows, weight);
  if (bias.defined()) y.add_(bias.to(at::kFloat));
  std::vector<std::int64_t> shape = x.sizes().vec();
  shape.back() = weight.size(0);
  return y.view(shape);
}

}  // namespace medvlm::sdk::nn
