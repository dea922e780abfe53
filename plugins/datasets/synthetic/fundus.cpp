#include <algorithm>

#include "scenes.hpp"

namespace medvlm::synthetic {
namespace {

/// One eye; `side` is where the optic disc lies, -1 left or 1 right.
struct Eye {
  explicit Eye(Dice dice)
      : side(dice.coin() ? 1.0f : -1.0f), disc{0.5f + side * dice.between(0.17f, 0.20f), dice.between(0.48f, 0.52f)},
        disc_radius(dice.between(0.070f, 0.080f)), cup(dice.between(0.26f, 0.36f)), texture(dice.seed()),
        vessels(dice.seed()) {}

  float side;
  Point disc;
  float disc_radius, cup;  ///< cup: its radius as a share of the disc's, in health
  std::uint64_t texture, vessels;
};

constexpr float kFieldRadius = 0.47f;

void paint_retina(Canvas& canvas, const Eye& eye) {
  const Colour bright{0.88f, 0.45f, 0.20f}, dim{0.52f, 0.19f, 0.08f}, dark{0.42f, 0.13f, 0.06f};
  const Point macula{eye.disc.x - eye.side * 0.30f, eye.disc.y + 0.015f};
  canvas.everywhere([&](Point at, Colour& colour) {
    const float radius = length(at.x - 0.5f, at.y - 0.5f);
    const float mottle = rough_noise(eye.texture, at.x * 9, at.y * 9);
    colour = mix(bright, dim, ramp(0.05f, 0.52f, radius) * 0.75f + 0.3f * (mottle - 0.4f));
    const float mx = (at.x - macula.x) / 0.13f, my = (at.y - macula.y) / 0.13f;
    colour = mix(colour, dark, 0.75f * bump(mx * mx + my * my));
  });
}

void paint_disc(Canvas& canvas, const Eye& eye, float cup_share) {
  const Colour rim{0.97f, 0.72f, 0.40f}, pale{1.0f, 0.96f, 0.80f}, halo{0.92f, 0.55f, 0.28f};
  canvas.within(eye.disc, eye.disc_radius * 1.7f, [&](Point at, Colour& colour) {
    const float x = (at.x - eye.disc.x) / eye.disc_radius, y = (at.y - eye.disc.y) / (eye.disc_radius * 1.08f);
    const float distance = length(x, y);
    colour = mix(colour, halo, 0.5f * ramp(1.6f, 1.0f, distance));
    colour = mix(colour, rim, ramp(1.07f, 0.95f, distance));
    colour = mix(colour, pale, ramp(cup_share + 0.07f, cup_share - 0.07f, distance));
  });
}

Point bend(Point a, Point b, Point c, float t) {
  const float u = 1 - t;
  return {u * u * a.x + 2 * u * t * b.x + t * t * c.x, u * u * a.y + 2 * u * t * b.y + t * t * c.y};
}

/// A vessel along a curve, thinner towards its end, with twigs.
void paint_vessel(Canvas& canvas, Dice& dice, Point from, Point over, Point to, float half_width, const Colour& colour,
                  int twigs) {
  constexpr int kSteps = 28;
  const std::uint64_t wobble = dice.seed();
  Point before = from;
  const auto width_at = [&](float t) { return half_width * (1 - 0.65f * t); };
  for (int i = 1; i <= kSteps; ++i) {
    const float t = static_cast<float>(i) / kSteps;
    Point at = bend(from, over, to, t);
    at.x += 0.016f * t * (noise(wobble, t * 6, 0.5f) - 0.5f);
    at.y += 0.016f * t * (noise(wobble, t * 6, 7.5f) - 0.5f);
    canvas.line(before, at, width_at(t), colour, 0.85f);
    before = at;
  }
  for (int i = 0; i < twigs; ++i) {
    const float t = dice.between(0.25f, 0.85f);
    const Point start = bend(from, over, to, t), ahead = bend(from, over, to, std::min(t + 0.15f, 1.0f));
    const float turn = dice.coin() ? 0.9f : -0.9f;
    const float dx = ahead.x - start.x, dy = ahead.y - start.y, reach = dice.between(1.0f, 2.2f);
    const Point end{start.x + reach * (dx - turn * dy), start.y + reach * (dy + turn * dx)};
    const Point bow{start.x + 0.6f * reach * dx, start.y + 0.6f * reach * dy};
    paint_vessel(canvas, dice, start, bow, end, width_at(t) * 0.6f, colour, twigs / 2);
  }
}

void paint_vessels(Canvas& canvas, const Eye& eye) {
  Dice dice(eye.vessels);
  const Colour vein{0.42f, 0.07f, 0.06f}, artery{0.62f, 0.14f, 0.09f};
  for (const Colour& colour : {vein, artery}) {
    for (const float up : {-1.0f, 1.0f}) {
      const float spread = dice.between(0.0f, 0.06f);
      // The great arcades run around the macula, the others to the near edge.
      const Point far{eye.disc.x - eye.side * (0.50f + spread), 0.5f + up * (0.20f + spread)};
      const Point over{eye.disc.x - eye.side * 0.10f, eye.disc.y + up * (0.42f + spread)};
      paint_vessel(canvas, dice, eye.disc, over, far, 0.0085f, colour, 4);
      const Point near{eye.disc.x + eye.side * (0.20f + spread), eye.disc.y + up * (0.26f + spread)};
      const Point near_over{eye.disc.x + eye.side * 0.03f, eye.disc.y + up * 0.16f};
      paint_vessel(canvas, dice, eye.disc, near_over, near, 0.0060f, colour, 2);
    }
  }
}

}  // namespace

void paint_fundus(Canvas& canvas, const Scene& scene) {
  const Eye eye{Dice(scene.patient)};
  Dice dice(scene.image);
  const float light = dice.between(0.92f, 1.08f);
  const std::uint64_t grain = dice.seed();
  const float strength = scene.finding ? scene.strength : 0;
  paint_retina(canvas, eye);
  paint_disc(canvas, eye, eye.cup + (0.86f - eye.cup) * strength);
  paint_vessels(canvas, eye);
  canvas.everywhere([&](Point at, Colour& colour) {
    const float field = ramp(kFieldRadius + 0.006f, kFieldRadius - 0.006f, length(at.x - 0.5f, at.y - 0.5f));
    const float shade = field * light * (1 + 0.05f * (noise(grain, at.x * 200, at.y * 200) - 0.5f));
    colour = {colour.r * shade + 0.01f, colour.g * shade + 0.01f, colour.b * shade + 0.01f};
  });
}

}  // namespace medvlm::synthetic
