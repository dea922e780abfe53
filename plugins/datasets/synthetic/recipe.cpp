#include "recipe.hpp"

#include <array>
#include <charconv>

#include "medvlm/base/random.hpp"

namespace medvlm::synthetic {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"radiograph", "histology", "fundus", "shapes"};
constexpr std::array<std::string_view, 3> kGrades = {"easy", "medium", "hard"};
constexpr int kMaxSize = 4096;

[[noreturn]] void damaged(const std::string& text) {
  throw Error(ErrorCode::data, "'" + text.substr(0, 200) + "' is no recipe of " + kDecoder);
}

/// A number that belongs to (seed, split, purpose, counter) alone.
std::uint64_t draw(const Recipe& recipe, const std::string& purpose, std::int64_t counter) {
  const std::string name = purpose + ":" + std::string(medvlm::to_string(recipe.split)) + ":" + std::to_string(counter);
  return derive_seed(recipe.seed, name);
}

/// Takes "name=value" from the front of `rest` and returns the value.
std::string_view take(std::string_view& rest, std::string_view name, const std::string& text) {
  if (!rest.starts_with(name) || rest.size() <= name.size() || rest[name.size()] != '=') damaged(text);
  rest.remove_prefix(name.size() + 1);
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view value = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return value;
}

template <typename Number>
Number number(std::string_view value, const std::string& text) {
  Number result{};
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
  if (error != std::errc{} || end != value.data() + value.size()) damaged(text);
  return result;
}

}  // namespace

std::string_view to_string(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

Kind kind_from_string(std::string_view name) {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i] == name) return static_cast<Kind>(i);
  }
  throw Error(ErrorCode::data, "'" + std::string(name) + "' is no kind of synthetic image");
}

std::string_view to_string(Grade grade) { return kGrades[static_cast<std::size_t>(grade)]; }

std::string to_text(const Recipe& recipe) {
  char digits[32];
  const std::string difficulty(digits, std::to_chars(digits, digits + sizeof(digits), recipe.difficulty).ptr);
  return "kind=" + std::string(to_string(recipe.kind)) + " seed=" + std::to_string(recipe.seed) +
         " split=" + std::string(medvlm::to_string(recipe.split)) + " index=" + std::to_string(recipe.index) +
         " size=" + std::to_string(recipe.size) + " difficulty=" + difficulty;
}

Recipe recipe_from_text(const std::string& text) {
  Recipe recipe;
  std::string_view rest = text;
  recipe.kind = kind_from_string(take(rest, "kind", text));
  recipe.seed = number<std::uint64_t>(take(rest, "seed", text), text);
  const auto split = split_from_string(take(rest, "split", text));
  recipe.index = number<std::int64_t>(take(rest, "index", text), text);
  recipe.size = number<int>(take(rest, "size", text), text);
  recipe.difficulty = number<double>(take(rest, "difficulty", text), text);
  const bool in_range = recipe.index >= 0 && recipe.size >= 1 && recipe.size <= kMaxSize && recipe.difficulty >= 0 &&
                        recipe.difficulty <= 1;
  if (!split || !in_range || !rest.empty()) damaged(text);
  recipe.split = *split;
  return recipe;
}

std::int64_t label_of(const Recipe& recipe) {
  const std::int64_t patient = patient_of(recipe);
  const auto swapped = static_cast<std::int64_t>(draw(recipe, "label", patient / 2) >> 63);
  return (patient & 1) ^ swapped;
}

Grade grade_of(const Recipe& recipe) {
  return static_cast<Grade>((draw(recipe, "grade", recipe.index) >> 32) % kGrades.size());
}

double strength_of(const Recipe& recipe) {
  constexpr std::array<double, 3> kShare = {1.0, 0.65, 0.4};
  return (1.0 - 0.85 * recipe.difficulty) * kShare[static_cast<std::size_t>(grade_of(recipe))];
}

std::uint64_t patient_seed(const Recipe& recipe) { return draw(recipe, "patient", patient_of(recipe)); }

std::uint64_t image_seed(const Recipe& recipe) { return draw(recipe, "image", recipe.index); }

}  // namespace medvlm::synthetic
