// Pillow's filters and their fixed-point weights.
#include <cmath>
#include <numbers>
#include <string>

#include "resample_kernels.hpp"

namespace medvlm::sdk {

Filter filter_from_pillow(std::int64_t code) {
  switch (code) {
    case 0: return Filter::nearest;
    case 1: return Filter::lanczos;
    case 2: return Filter::bilinear;
    case 3: return Filter::bicubic;
    case 4: return Filter::box;
    case 5: return Filter::hamming;
    default:
      throw Error(ErrorCode::config, "resample code " + std::to_string(code) +
                                         " is unknown; Pillow's codes are 0 nearest, 1 lanczos, 2 bilinear, "
                                         "3 bicubic, 4 box, 5 hamming");
  }
}

std::string_view filter_name(Filter filter) {
  switch (filter) {
    case Filter::nearest: return "nearest";
    case Filter::box: return "box";
    case Filter::bilinear: return "bilinear";
    case Filter::hamming: return "hamming";
    case Filter::bicubic: return "bicubic";
    case Filter::lanczos: return "lanczos";
  }
  return "unknown";
}

namespace resample {
namespace {

double box(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }

double bilinear(double x) {
  x = std::fabs(x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

double hamming(double x) {
  x = std::fabs(x);
  if (x == 0.0) return 1.0;
  if (x >= 1.0) return 0.0;
  x *= std::numbers::pi;
  return std::sin(x) / x * (0.54 + 0.46 * std::cos(x));
}

double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::fabs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
  return 0.0;
}

double sinc(double x) {
  if (x == 0.0) return 1.0;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

double lanczos(double x) { return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0; }

struct Curve {
  double (*value)(double);
  double support;
};

Curve curve(Filter filter) {
  switch (filter) {
    case Filter::box: return {box, 0.5};
    case Filter::bilinear: return {bilinear, 1.0};
    case Filter::hamming: return {hamming, 1.0};
    case Filter::bicubic: return {bicubic, 2.0};
    case Filter::lanczos: return {lanczos, 3.0};
    case Filter::nearest: break;
  }
  throw Error(ErrorCode::internal, "the nearest filter has no weights");
}

std::int32_t to_fixed(double weight) {
  constexpr double one = 1 << kWeightBits;
  return static_cast<std::int32_t>(weight < 0 ? -0.5 + weight * one : 0.5 + weight * one);
}

}  // namespace

// Every operation and its order is Pillow's: the results must not differ in the last bit.
Weights make_weights(Filter filter, int in, int out, int begin, int end) {
  const Curve shape = curve(filter);
  const double scale = static_cast<double>(in) / out;
  const double filter_scale = scale < 1.0 ? 1.0 : scale;
  const double support = shape.support * filter_scale;
  const double inverse = 1.0 / filter_scale;
  const std::size_t positions = static_cast<std::size_t>(end - begin);
  // No position can need more taps than the source has pixels.
  const double most = std::min(std::ceil(support) * 2 + 1, static_cast<double>(in));
  Weights weights;
  weights.taps = (static_cast<int>(most) + 3) / 4 * 4;
  weights.first.resize(positions);
  weights.count.resize(positions);
  weights.values.assign(positions * weights.taps, 0);
  std::vector<double> exact(weights.taps);
  for (std::size_t i = 0; i < positions; ++i) {
    const double center = (static_cast<double>(begin) + static_cast<double>(i) + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(center - support + 0.5));
    const int last = std::min(in, static_cast<int>(center + support + 0.5));
    const int count = last - first;
    double sum = 0.0;
    for (int j = 0; j < count; ++j) {
      exact[j] = shape.value((j + first - center + 0.5) * inverse);
      sum += exact[j];
    }
    for (int j = 0; j < count; ++j) {
      if (sum != 0.0) exact[j] /= sum;
      weights.values[i * weights.taps + j] = to_fixed(exact[j]);
    }
    weights.first[i] = first;
    weights.count[i] = count;
  }
  return weights;
}

}  // namespace resample
}  // namespace medvlm::sdk
