#include <algorithm>
#include <cmath>

#include "scenes.hpp"

namespace medvlm::synthetic {
namespace {

/// The parts of a chest, in the unit square.
struct Chest {
  explicit Chest(Dice dice)
      : middle(dice.between(0.48f, 0.52f)), width(dice.between(0.145f, 0.165f)), height(dice.between(0.29f, 0.33f)),
        lung_y(dice.between(0.46f, 0.50f)), heart(dice.between(0.11f, 0.135f)), rib_step(dice.between(0.072f, 0.085f)),
        rib_start(dice.between(0.14f, 0.18f)), exposure(dice.between(0.92f, 1.08f)), texture(dice.seed()) {}

  float middle, width, height, lung_y, heart, rib_step, rib_start, exposure;
  std::uint64_t texture;

  /// How far the point is inside a lung, 0 to 1. `side` is -1 or 1.
  float lung(Point at, float side) const {
    const float x = (at.x - middle - side * 0.205f) / width;
    const float y = (at.y - lung_y) / height;
    // Narrow at the top, broad at the base, flat towards the middle.
    const float taper = 1 + 0.30f * y;
    const float inside = ramp(1.05f, 0.80f, (x * x) / (taper * taper) + y * y * y * y);
    return inside * (1 - diaphragm(at, side)) * (1 - 0.85f * heart_shadow(at));
  }

  float diaphragm(Point at, float side) const {
    const float x = (at.x - middle - side * 0.20f) / 0.22f;
    const float dome = 0.70f + 0.07f * x * x + (side > 0 ? 0.02f : 0.0f);
    return ramp(dome - 0.015f, dome + 0.015f, at.y);
  }

  float heart_shadow(Point at) const {
    const float x = (at.x - middle - 0.045f) / heart;
    const float y = (at.y - 0.60f) / 0.16f;
    return ramp(1.2f, 0.7f, x * x + y * y + 0.4f * x * y);
  }
};

/// Shoulders, neck and trunk: bright where rays are stopped, 0 beside the body.
float body(const Chest& chest, Point at) {
  const float side = std::fabs(at.x - chest.middle);
  const float shoulder = at.y < 0.24f ? 0.10f + 0.36f * ramp(0.02f, 0.24f, at.y) : 0.46f - 0.05f * (at.y - 0.24f);
  return ramp(shoulder + 0.02f, shoulder - 0.03f, side);
}

/// Back parts of the ribs (falling outwards) and, fainter, the front parts (rising outwards).
float ribs(const Chest& chest, Point at) {
  const float side = std::fabs(at.x - chest.middle);
  float sum = 0;
  for (int i = 0; i < 9; ++i) {
    const float start = chest.rib_start + chest.rib_step * static_cast<float>(i);
    const float back = start - 0.05f * ramp(0.0f, 0.14f, side) + 1.3f * side * side * side / 0.16f;
    const float front = start + 0.16f - 0.42f * side + 0.5f * side * side;
    sum += ramp(0.016f, 0.006f, std::fabs(at.y - back)) + 0.45f * ramp(0.014f, 0.005f, std::fabs(at.y - front));
  }
  const float covered = 1 - 0.7f * ramp(0.68f, 0.80f, at.y);  // the belly hides the lower ribs
  return std::min(sum, 1.2f) * ramp(0.37f, 0.33f, side) * ramp(0.03f, 0.06f, side) * covered;
}

float collar_bones(const Chest& chest, Point at) {
  const float side = std::fabs(at.x - chest.middle);
  const float bone = 0.205f - 0.16f * side + 0.22f * side * side;
  return ramp(0.020f, 0.008f, std::fabs(at.y - bone)) * ramp(0.03f, 0.05f, side) * ramp(0.40f, 0.36f, side);
}

float spine(const Chest& chest, Point at) {
  const float side = std::fabs(at.x - chest.middle);
  const float disc = at.y * 17 - std::floor(at.y * 17);
  const float gap = ramp(0.12f, 0.02f, std::fabs(disc - 0.5f)) * 0.05f;
  return ramp(0.060f, 0.035f, side) * (0.17f - gap) + ramp(0.11f, 0.04f, side) * 0.10f;
}

float brightness(const Chest& chest, Point at) {
  const float trunk = body(chest, at);
  float value = 0.03f + trunk * (0.48f + 0.12f * ramp(0.55f, 0.95f, at.y));
  for (const float side : {-1.0f, 1.0f}) {
    const float lung = chest.lung(at, side);
    const float vessels = rough_noise(chest.texture + 7, at.x * 22, at.y * 16);
    const float hilum = bump(((at.x - chest.middle - side * 0.085f) * (at.x - chest.middle - side * 0.085f) +
                              (at.y - 0.47f) * (at.y - 0.47f) * 0.5f) / 0.012f);
    value += lung * (-0.42f + 0.10f * (vessels - 0.4f) + 0.20f * hilum);
  }
  value += trunk * (0.10f * ribs(chest, at) + 0.13f * collar_bones(chest, at) + spine(chest, at));
  value += 0.12f * chest.heart_shadow(at) * (1 - 0.8f * ramp(0.66f, 0.78f, at.y));
  value *= chest.exposure;
  return value < 0.7f ? value : 0.7f + 0.55f * (value - 0.7f);  // film saturates
}

/// A cloud in one lung.
struct Opacity {
  Opacity(const Chest& chest, Dice& dice) {
    const float side = dice.coin() ? 1.0f : -1.0f;
    centre = {chest.middle + side * (0.21f + dice.between(-0.035f, 0.05f)), dice.between(0.32f, 0.60f)};
    radius = dice.between(0.075f, 0.11f);
    texture = dice.seed();
  }

  float at(Point point) const {
    const float ragged = 0.65f + 0.7f * rough_noise(texture, point.x * 14, point.y * 14);
    const float x = (point.x - centre.x) / (radius * ragged), y = (point.y - centre.y) / (radius * ragged);
    return bump((x * x + y * y) * 0.55f) * (0.8f + 0.4f * rough_noise(texture + 9, point.x * 40, point.y * 40));
  }

  Point centre;
  float radius;
  std::uint64_t texture;
};

}  // namespace

void paint_radiograph(Canvas& canvas, const Scene& scene) {
  const Chest chest{Dice(scene.patient)};
  Dice dice(scene.image);
  const Opacity opacity(chest, dice);
  const Point shift{dice.between(-0.015f, 0.015f), dice.between(-0.015f, 0.015f)};
  const std::uint64_t grain = dice.seed();
  const float strength = scene.finding ? scene.strength : 0;
  canvas.everywhere([&](Point pixel, Colour& colour) {
    const Point at{pixel.x + shift.x, pixel.y + shift.y};
    float value = brightness(chest, at);
    const float lung = std::max(chest.lung(at, -1), chest.lung(at, 1));
    if (strength > 0 && lung > 0) value += strength * 0.42f * opacity.at(at) * lung;
    value += 0.035f * (noise(grain, at.x * 220, at.y * 220) - 0.5f) * ramp(0.02f, 0.2f, value);
    colour = grey(value);
  });
}

}  // namespace medvlm::synthetic
