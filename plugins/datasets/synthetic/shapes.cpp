#include <algorithm>
#include <array>
#include <cmath>

#include "scenes.hpp"

namespace medvlm::synthetic {

void paint_shapes(Canvas& canvas, const Scene& scene) {
  constexpr std::array<Colour, 6> kShapes = {{{0.85f, 0.12f, 0.12f}, {0.10f, 0.35f, 0.80f}, {0.10f, 0.55f, 0.20f},
                                             {0.95f, 0.55f, 0.05f}, {0.50f, 0.15f, 0.60f}, {0.10f, 0.10f, 0.12f}}};
  constexpr std::array<Colour, 4> kGrounds = {
      {{0.97f, 0.97f, 0.95f}, {0.86f, 0.92f, 0.97f}, {0.97f, 0.93f, 0.82f}, {0.88f, 0.95f, 0.88f}}};
  Dice palette(scene.patient);
  const Colour ground = kGrounds[palette.seed() % kGrounds.size()];
  // Weak scenes keep a rest of contrast: without any there would be nothing to name.
  const Colour colour = mix(ground, kShapes[palette.seed() % kShapes.size()], 0.08f + 0.92f * scene.strength);
  Dice dice(scene.image);
  const float radius = dice.between(0.16f, 0.30f);
  const Point centre{dice.between(radius + 0.05f, 0.95f - radius), dice.between(radius + 0.05f, 0.95f - radius)};
  const float lean = dice.between(-0.25f, 0.25f);
  const float unit = length(1, lean);
  const Point axis{1 / unit, lean / unit};
  // Half the side of the square that has the circle's area: size alone must not tell them apart.
  const float half_side = radius * 0.8862269f;
  const std::uint64_t grain = dice.seed();
  canvas.everywhere([&](Point at, Colour& under) {
    const float dx = at.x - centre.x, dy = at.y - centre.y;
    const float u = dx * axis.x + dy * axis.y, v = dx * axis.y - dy * axis.x;
    const float outside =
        scene.finding ? std::max(std::fabs(u), std::fabs(v)) - half_side : length(dx, dy) - radius;
    under = mix(ground, colour, ramp(canvas.pixel(), -canvas.pixel(), outside));
    const float speck = 0.03f * (noise(grain, at.x * 180, at.y * 180) - 0.5f);
    under = {under.r + speck, under.g + speck, under.b + speck};
  });
}

}  // namespace medvlm::synthetic
