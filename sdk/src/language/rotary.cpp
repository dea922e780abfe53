#include "medvlm/sdk/language/rotary.hpp"

#include <cmath>

#include <ATen/ATen.h>

namespace medvlm::sdk::language {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// Slow frequencies turn `factor` times slower, fast ones stay, those between are blended.
double scaled_frequency(double frequency, const RotarySettings::Llama3& scaling) {
  const double wavelength = 2 * kPi / frequency;
  if (wavelength < scaling.original_context / scaling.high) return frequency;
  if (wavelength > scaling.original_context / scaling.low) return frequency / scaling.factor;
  const double blend = (scaling.original_context / wavelength - scaling.low) / (scaling.high - scaling.low);
  return (1 - blend) * frequency / scaling.factor + blend * frequency;
}

/// Angle per position for each of the head_width / 2 pairs. The power is taken in float32, as the reference does.
at::Tensor frequencies(std::int64_t head_width, const RotarySettings& settings) {
  at::Tensor values = at::empty({head_width / 2}, at::kFloat);
  auto* value = values.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < head_width / 2; ++i) {
    const float exponent = static_cast<float>(2 * i) / static_cast<float>(head_width);
    double frequency = 1.0f / std::pow(static_cast<float>(settings.theta), exponent);
    if (settings.llama3) frequency = scaled_frequency(frequency, *settings.llama3);
    value[i] = static_cast<float>(frequency / settings.factor);
  }
  return values;
}

/// [3, n, t] -> [n, t, pairs]: each pair follows the coordinate of its section.
at::Tensor position_of_pairs(const at::Tensor& positions, const std::vector<std::int64_t>& sections) {
  std::vector<at::Tensor> parts;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const at::Tensor one = positions[static_cast<std::int64_t>(i)].unsqueeze(-1);
    parts.push_back(one.expand({one.size(0), one.size(1), sections[i]}));
  }
  return at::cat(parts, -1);
}

}  // namespace

Rotary Rotary::at(const at::Tensor& positions, std::int64_t head_width, const RotarySettings& settings) {
  const at::Tensor turns = frequencies(head_width, settings).to(positions.device());
  const at::Tensor places =
      settings.sections.empty() ? positions.unsqueeze(-1) : position_of_pairs(positions, settings.sections);
  const at::Tensor angles = (places.to(at::kFloat) * turns).unsqueeze(1);
  return {angles.cos(), angles.sin()};
}

at::Tensor Rotary::turn(const at::Tensor& x) const {
  const at::Tensor wide = x.to(at::kFloat);
  const auto halves = wide.chunk(2, -1);
  return at::cat({halves[0] * cos - halves[1] * sin, halves[1] * cos + halves[0] * sin}, -1).to(x.scalar_type());
}

}  // namespace medvlm::sdk::language
