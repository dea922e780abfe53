// A small painter: float colours on a square, soft edges, lattice noise. Only + - * / and square roots, so that pixels
// do not depend on a mathematics library.
#pragma once

#include <cstdint>
#include <vector>

#include "medvlm/base/random.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm::synthetic {

/// Red, green, blue in 0 to 1.
struct Colour {
  float r = 0, g = 0, b = 0;
};

inline Colour grey(float value) { return {value, value, value}; }
/// `a` at share 0, `b` at share 1.
Colour mix(const Colour& a, const Colour& b, float share);

/// A point of the unit square; x to the right, y down.
struct Point {
  float x = 0, y = 0;
};

/// 0 below `from`, 1 above `to`, a smooth cubic between. `from` may be the larger one.
float ramp(float from, float to, float value);
/// A bump of height 1 at 0 that ends at distance 1, given the squared distance.
inline float bump(float squared) { return squared >= 1 ? 0.0f : (1 - squared) * (1 - squared); }
float length(float x, float y);

/// Smooth noise in 0 to 1 with one hill per unit of x and y.
float noise(std::uint64_t seed, float x, float y);
/// Four octaves of noise, in 0 to 1.
float rough_noise(std::uint64_t seed, float x, float y);

/// Random numbers for a scene.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  /// Uniform in [low, high).
  float between(float low, float high) { return low + (high - low) * static_cast<float>(random_.uniform()); }
  bool coin() { return (random_() >> 63) != 0; }
  std::uint64_t seed() { return random_(); }
  /// A unit vector of random direction.
  Point direction();

 private:
  Splitmix64 random_;
};

/// A square picture.
class Canvas {
 public:
  explicit Canvas(int size);

  int size() const { return size_; }
  /// The width of a pixel in the unit square.
  float pixel() const { return 1.0f / static_cast<float>(size_); }

  /// Calls paint(point, colour) for all pixels.
  template <typename Paint>
  void everywhere(Paint paint) {
    within({0.5f, 0.5f}, 0.5f, paint);
  }

  /// Calls paint(point, colour) for the pixels of the square of half-width `reach` around `centre`.
  template <typename Paint>
  void within(Point centre, float reach, Paint paint) {
    const int top = clamped(centre.y - reach), bottom = clamped(centre.y + reach);
    const int left = clamped(centre.x - reach), right = clamped(centre.x + reach);
    for (int row = top; row <= bottom; ++row) {
      for (int column = left; column <= right; ++column) {
        const Point at{(static_cast<float>(column) + 0.5f) * pixel(), (static_cast<float>(row) + 0.5f) * pixel()};
        paint(at, colours_[static_cast<std::size_t>(row) * static_cast<std::size_t>(size_) +
                           static_cast<std::size_t>(column)]);
      }
    }
  }

  /// A line with round ends and a soft edge.
  void line(Point from, Point to, float half_width, const Colour& colour, float opacity);

  Image to_image() const;

 private:
  int clamped(float coordinate) const;

  int size_;
  std::vector<Colour> colours_;
};

}  // namespace medvlm::synthetic
