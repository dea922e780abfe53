// What an image is made of: a short text that determines every pixel, and the facts that follow from it.
#pragma once

#include <cstdint>
#include <string>

#include "medvlm/core/data.hpp"

namespace medvlm::synthetic {

/// EncodedImage::decoder; raise the number whenever the pixels of a recipe change.
inline constexpr const char* kDecoder = "synthetic-1";

enum class Kind { radiograph, histology, fundus, shapes };

std::string_view to_string(Kind kind);
/// Throws Error(data) for an unknown name.
Kind kind_from_string(std::string_view name);

enum class Grade { easy, medium, hard };

std::string_view to_string(Grade grade);

/// Identifies one image.
struct Recipe {
  Kind kind = Kind::radiograph;
  std::uint64_t seed = 0;
  Split split = Split::test;
  std::int64_t index = 0;
  int size = 224;
  double difficulty = 0;  ///< 0 to 1
};

/// "kind=radiograph seed=42 split=test index=17 size=224 difficulty=0.3"
std::string to_text(const Recipe& recipe);
/// The inverse. Throws Error(data) for anything that to_text() does not write, and for sizes outside 1 to 4096.
Recipe recipe_from_text(const std::string& text);

/// Two neighbouring images belong to one patient.
inline std::int64_t patient_of(const Recipe& recipe) { return recipe.index / 2; }
/// 1 with the finding, 0 without; one for all images of a patient, balanced over each four images. Integers only.
std::int64_t label_of(const Recipe& recipe);
/// How plain the finding is in this image. Integers only.
Grade grade_of(const Recipe& recipe);
/// How much of the finding shows, 0 to 1: option and grade together.
double strength_of(const Recipe& recipe);
/// Seeds of what the patient's images share, and of what each has for itself.
std::uint64_t patient_seed(const Recipe& recipe);
std::uint64_t image_seed(const Recipe& recipe);

}  // namespace medvlm::synthetic
