#include "canvas.hpp"

#include <algorithm>
#include <cmath>

namespace medvlm::synthetic {
namespace {

/// A lattice value in 0 to 1.
float corner(std::uint64_t seed, std::int64_t x, std::int64_t y) {
  const std::uint64_t mixed =
      splitmix64(splitmix64(seed ^ static_cast<std::uint64_t>(x)) ^ static_cast<std::uint64_t>(y));
  return static_cast<float>(mixed >> 40) * 0x1.0p-24f;
}

}  // namespace

Colour mix(const Colour& a, const Colour& b, float share) {
  return {a.r + (b.r - a.r) * share, a.g + (b.g - a.g) * share, a.b + (b.b - a.b) * share};
}

float ramp(float from, float to, float value) {
  const float t = std::clamp((value - from) / (to - from), 0.0f, 1.0f);
  return t * t * (3 - 2 * t);
}

float length(float x, float y) { return std::sqrt(x * x + y * y); }

float noise(std::uint64_t seed, float x, float y) {
  const float left = std::floor(x), top = std::floor(y);
  const auto column = static_cast<std::int64_t>(left), row = static_cast<std::int64_t>(top);
  const float u = ramp(0, 1, x - left), v = ramp(0, 1, y - top);
  const float upper = corner(seed, column, row) * (1 - u) + corner(seed, column + 1, row) * u;
  const float lower = corner(seed, column, row + 1) * (1 - u) + corner(seed, column + 1, row + 1) * u;
  return upper * (1 - v) + lower * v;
}

float rough_noise(std::uint64_t seed, float x, float y) {
  float sum = 0, weight = 8, scale = 1;
  for (std::uint64_t octave = 0; octave < 4; ++octave) {
    sum += weight * noise(seed + octave, x * scale, y * scale);
    weight *= 0.5f;
    scale *= 2;
  }
  return sum / 15;
}

Point Dice::direction() {
  for (;;) {
    const float x = between(-1, 1), y = between(-1, 1);
    const float radius = length(x, y);
    if (radius > 0.1f && radius <= 1) return {x / radius, y / radius};
  }
}

Canvas::Canvas(int size)
    : size_(size), colours_(static_cast<std::size_t>(size) * static_cast<std::size_t>(size)) {}

int Canvas::clamped(float coordinate) const {
  return std::clamp(static_cast<int>(coordinate * static_cast<float>(size_)), 0, size_ - 1);
}

void Canvas::line(Point from, Point to, float half_width, const Colour& colour, float opacity) {
  const float dx = to.x - from.x, dy = to.y - from.y;
  const float squared = dx * dx + dy * dy;
  const Point middle{(from.x + to.x) / 2, (from.y + to.y) / 2};
  const float reach = length(dx, dy) / 2 + half_width + pixel();
  within(middle, reach, [&](Point at, Colour& under) {
    const float along =
        squared > 0 ? std::clamp(((at.x - from.x) * dx + (at.y - from.y) * dy) / squared, 0.0f, 1.0f) : 0.0f;
    const float distance = length(at.x - from.x - along * dx, at.y - from.y - along * dy);
    const float share = ramp(half_width + pixel(), half_width - pixel(), distance);
    if (share > 0) under = mix(under, colour, share * opacity);
  });
}

Image Canvas::to_image() const {
  Image image{size_, size_, {}};
  image.pixels.reserve(colours_.size() * 3);
  const auto byte = [](float value) {
    return static_cast<std::uint8_t>(std::clamp(value, 0.0f, 1.0f) * 255.0f + 0.5f);
  };
  for (const Colour& colour : colours_) {
    image.pixels.insert(image.pixels.end(), {byte(colour.r), byte(colour.g), byte(colour.b)});
  }
  return image;
}

}  // namespace medvlm::synthetic
