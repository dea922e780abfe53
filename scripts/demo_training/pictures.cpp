#include "pictures.hpp"

#include <array>
#include <cmath>

#include "canvas.hpp"
#include "recipe.hpp"
#include "scenes.hpp"

namespace medvlm::demo {
namespace {

using namespace synthetic;

struct Named {
  const char* name;
  Colour colour;
};

constexpr std::array<Named, 8> kColours = {{{"red", {0.85f, 0.12f, 0.12f}}, {"blue", {0.10f, 0.35f, 0.80f}},
                                            {"green", {0.10f, 0.55f, 0.20f}}, {"orange", {0.95f, 0.55f, 0.05f}},
                                            {"violet", {0.50f, 0.15f, 0.60f}}, {"black", {0.08f, 0.08f, 0.10f}},
                                            {"white", {0.97f, 0.97f, 0.97f}}, {"pink", {0.95f, 0.60f, 0.70f}}}};
constexpr std::array<const char*, 5> kThings = {"circle", "square", "ring", "cross", "cloud"};
constexpr std::array<const char*, 4> kGrounds = {"plain", "striped", "dotted", "cloudy"};

/// How far the point (relative to the thing's centre, in its own units) is outside the thing; below 0 inside.
float outside(std::size_t thing, float x, float y, std::uint64_t texture) {
  switch (thing) {
    case 0: return length(x, y) - 1;
    case 1: return std::max(std::fabs(x), std::fabs(y)) - 0.886f;  // the circle's area
    case 2: return std::fabs(length(x, y) - 0.8f) - 0.22f;
    case 3: return std::min(std::max(std::fabs(x) - 0.25f, std::fabs(y) - 1.0f), std::max(std::fabs(y) - 0.25f, std::fabs(x) - 1.0f));
    default: return length(x, y) * (0.6f + 0.8f * rough_noise(texture, 4 + 2 * x, 4 + 2 * y)) - 0.8f;
  }
}

/// The ground's second shade at a point, 0 to 1.
float pattern(std::size_t ground, Point at, float fineness, std::uint64_t texture) {
  const float x = at.x * fineness, y = at.y * fineness;
  switch (ground) {
    case 1: return ramp(0.35f, 0.65f, std::fabs(x + 0.4f * y - std::floor(x + 0.4f * y) - 0.5f) * 2);
    case 2: {
      const float u = x - std::floor(x) - 0.5f, v = y - std::floor(y) - 0.5f;
      return ramp(0.33f, 0.22f, length(u, v));
    }
    case 3: return rough_noise(texture, x * 0.6f, y * 0.6f);
    default: return 0;
  }
}

std::string size_word(float radius) { return radius > 0.22f ? "large " : radius < 0.14f ? "small " : ""; }

}  // namespace

Captioned everyday_picture(std::uint64_t seed, std::int64_t index, int size) {
  Dice dice(derive_seed(seed, "everyday:" + std::to_string(index)));
  const auto pick = [&](std::size_t count) { return static_cast<std::size_t>(dice.between(0, 0.9999f * static_cast<float>(count))); };
  const std::size_t thing = pick(kThings.size()), ground = pick(kGrounds.size());
  const std::size_t colour = pick(kColours.size());
  const std::size_t other = (colour + 1 + pick(kColours.size() - 1)) % kColours.size();
  const float radius = dice.between(0.08f, 0.30f);
  const Point centre{dice.between(radius, 1 - radius), dice.between(radius, 1 - radius)};
  const float lean = dice.between(-0.25f, 0.25f), unit = length(1, lean);
  const float fineness = dice.between(4, 18), depth = dice.between(0.2f, 0.5f), strength = dice.between(0.3f, 1.0f);
  const std::uint64_t texture = dice.seed(), grain = dice.seed();
  const Colour base = kColours[other].colour;
  const Colour shade = mix(base, base.r + base.g + base.b > 1.5f ? Colour{0, 0, 0} : Colour{1, 1, 1}, depth);
  Canvas canvas(size);
  canvas.everywhere([&](Point at, Colour& under) {
    under = mix(base, shade, pattern(ground, at, fineness, texture));
    const float dx = (at.x - centre.x) / radius, dy = (at.y - centre.y) / radius;
    const float x = (dx + dy * lean) / unit, y = (dy - dx * lean) / unit;
    const float inside = ramp(0.08f, -0.08f, outside(thing, x, y, grain));
    under = mix(under, kColours[colour].colour, inside * strength);
    const float speck = 0.04f * (noise(grain, at.x * 180, at.y * 180) - 0.5f);
    under = {under.r + speck, under.g + speck, under.b + speck};
  });
  Captioned result{canvas.to_image(), "", ""};
  // Captions say now more, now less, as people do; one that leaves something out may fit other pictures too.
  const std::string what = std::string("a picture of a ");
  const std::string name = kThings[thing];
  switch (pick(4)) {
    case 0: result.caption = what + name; break;
    case 1: result.caption = what + kColours[colour].name + " " + name; break;
    case 2: result.caption = what + size_word(radius) + kColours[colour].name + " " + name + " on a " + kColours[other].name + " ground"; break;
    default: result.caption = what + size_word(radius) + name + " on a " + kGrounds[ground] + " " + kColours[other].name + " ground"; break;
  }
  result.meaning = result.caption;
  return result;
}

Captioned radiograph(std::uint64_t seed, std::int64_t index, int size) {
  Recipe recipe;
  recipe.kind = Kind::radiograph;
  recipe.seed = seed;
  recipe.split = Split::train;
  recipe.index = index;
  recipe.size = size;
  recipe.difficulty = 0.2;
  const bool finding = label_of(recipe) == 1;
  Canvas canvas(size);
  paint_radiograph(canvas, {finding, static_cast<float>(strength_of(recipe)), patient_seed(recipe), image_seed(recipe)});
  constexpr std::array<const char*, 4> kWith = {"a chest radiograph with an opacity", "chest radiograph: an opacity in a lung",
                                                "an x-ray of the chest that shows an opacity", "a radiograph of pneumonia"};
  constexpr std::array<const char*, 4> kWithout = {"a chest radiograph with clear lungs", "chest radiograph: the lungs are clear",
                                                   "an x-ray of the chest without findings", "a radiograph of healthy lungs"};
  Dice dice(derive_seed(seed, "report:" + std::to_string(index)));
  const auto line = static_cast<std::size_t>(dice.between(0, 3.9999f));
  return {canvas.to_image(), finding ? kWith[line] : kWithout[line], finding ? "opacity" : "clear"};
}

}  // namespace medvlm::demo
