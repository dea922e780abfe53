#include <algorithm>

#include "scenes.hpp"

namespace medvlm::synthetic {
namespace {

/// The pink ground: fibres, and white gaps between them.
void paint_ground(Canvas& canvas, Dice& dice) {
  const std::uint64_t fibres = dice.seed(), gaps = dice.seed(), tint = dice.seed();
  const Point along = dice.direction();
  const Colour pale{0.96f, 0.82f, 0.89f}, deep{0.86f, 0.52f, 0.70f}, white{0.97f, 0.95f, 0.97f};
  canvas.everywhere([&](Point at, Colour& colour) {
    const float bend = 0.12f * rough_noise(tint + 3, at.x * 3, at.y * 3);
    const float u = at.x * along.x + at.y * along.y + bend, v = at.x * along.y - at.y * along.x + bend;
    const float fibre = 0.6f * rough_noise(fibres, u * 5, v * 26) + 0.4f * rough_noise(tint, at.x * 5, at.y * 5);
    colour = mix(pale, deep, ramp(0.25f, 0.75f, fibre));
    colour = mix(colour, white, 0.9f * ramp(0.67f, 0.75f, rough_noise(gaps, at.x * 6, at.y * 6)));
  });
}

struct Nucleus {
  Point centre, axis;
  float radius, stretch, darkness;
  std::uint64_t texture;
};

void paint_nucleus(Canvas& canvas, const Nucleus& nucleus) {
  const Colour body = mix(Colour{0.56f, 0.40f, 0.70f}, Colour{0.24f, 0.11f, 0.42f}, nucleus.darkness);
  const Colour cytoplasm{0.80f, 0.52f, 0.74f};
  canvas.within(nucleus.centre, nucleus.radius * 2.4f, [&](Point at, Colour& colour) {
    const float dx = at.x - nucleus.centre.x, dy = at.y - nucleus.centre.y;
    const float u = (dx * nucleus.axis.x + dy * nucleus.axis.y) / (nucleus.radius * nucleus.stretch);
    const float v = (dx * nucleus.axis.y - dy * nucleus.axis.x) * nucleus.stretch / nucleus.radius;
    const float fine = 1.3f / nucleus.radius;
    const float ragged = 0.85f + 0.3f * noise(nucleus.texture, at.x * fine, at.y * fine);
    const float distance = length(u, v) / ragged;
    const float soft = canvas.pixel() / nucleus.radius;
    colour = mix(colour, cytoplasm, 0.45f * ramp(2.1f, 1.2f, distance));
    const float chromatin = noise(nucleus.texture + 1, at.x / nucleus.radius * 3, at.y / nucleus.radius * 3);
    Colour inside = mix(body, Colour{0.16f, 0.07f, 0.32f}, 0.45f * ramp(0.5f, 0.9f, chromatin));
    inside = mix(inside, Colour{0.22f, 0.10f, 0.38f}, 0.5f * ramp(0.7f, 0.98f, distance));
    colour = mix(colour, inside, 0.95f * ramp(1 + soft, 1 - soft, distance));
  });
}

}  // namespace

void paint_histology(Canvas& canvas, const Scene& scene) {
  Dice stain(scene.patient);
  const float base_radius = stain.between(0.0165f, 0.0195f);
  const float strength = scene.finding ? scene.strength : 0;
  Dice dice(scene.image);
  paint_ground(canvas, dice);
  // A jittered grid keeps normal nuclei apart; the finding makes it finer and more disorderly.
  const int cells = 8 + static_cast<int>(5 * strength + 0.5f);
  const float step = 1.0f / static_cast<float>(cells);
  const float kept = 0.72f + 0.25f * strength;
  for (int row = -1; row <= cells; ++row) {
    for (int column = -1; column <= cells; ++column) {
      const float jitter = 0.38f + 0.12f * strength;
      Nucleus nucleus;
      nucleus.centre = {(static_cast<float>(column) + 0.5f + dice.between(-jitter, jitter)) * step,
                        (static_cast<float>(row) + 0.5f + dice.between(-jitter, jitter)) * step};
      nucleus.axis = dice.direction();
      nucleus.radius = base_radius * (1 + 0.75f * strength + dice.between(-0.12f, 0.12f) * (1 + 3 * strength));
      nucleus.stretch = dice.between(1.0f, 1.25f);
      nucleus.darkness = std::clamp(0.30f + 0.55f * strength + dice.between(-0.15f, 0.15f), 0.0f, 1.0f);
      nucleus.texture = dice.seed();
      if (dice.between(0, 1) < kept) paint_nucleus(canvas, nucleus);
    }
  }
}

}  // namespace medvlm::synthetic
