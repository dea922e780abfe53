// Questions about a generated image, with the answers that its recipe knows.
#pragma once

#include <string>
#include <vector>

#include "recipe.hpp"

namespace medvlm::synthetic {

struct AskedQuestion {
  std::string text;
  std::string answer;
  bool open = false;  ///< false: yes or no
};

/// Four questions: the finding (yes or no), the kind of image (open), what is shown (open), and whether it is an image of
/// one of the medical kinds (yes or no, right for half of the images). Throws Error(data) for shapes.
std::vector<AskedQuestion> questions_on(const Recipe& recipe);

}  // namespace medvlm::synthetic
