// What a decoder is asked: token ids with images in their places, and the template that made them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk::language {

/// Stands in Prompt::ids where an image's feature goes and the family has no token id for it.
inline constexpr std::int64_t kImagePlace = -200;

/// The features of an image within a prompt.
struct ImageSpan {
  std::int64_t first = 0;  ///< place of the first feature in Prompt::ids
  at::Tensor features;     ///< [count, width]; prompts whose features lie in the same memory show the same image
};

struct Prompt {
  std::vector<std::int64_t> ids;  ///< one for each token and each feature of an image
  std::vector<ImageSpan> images;  ///< in order, not overlapping
  at::Tensor positions;           ///< [3, tokens] int64 for M-RoPE; undefined: 0, 1, 2, ...
  std::int64_t next_position = -1;  ///< of the first answer token; -1: the number of tokens
};

/// The text without any `marker` (e.g. "<image>"): a question may not bring images of its own.
MEDVLM_API std::string without_marker(std::string_view text, std::string_view marker);

/// A chat prompt with the places {system}, {image} and {question}, each at most once; {question} and {image} are required.
/// "{{" and "}}" stand for braces.
class MEDVLM_API PromptTemplate {
 public:
  /// Throws Error(config), naming `option`, for an unknown, missing or repeated place.
  PromptTemplate(std::string text, std::string system, std::string option = "template");

  /// The text before and after the image. Neither contains the image's marker.
  struct Rendered {
    std::string before, after;
  };
  Rendered render(std::string_view question) const;
  /// The text after the last place: what every prompt ends with.
  std::string ending() const;
  const std::string& text() const { return text_; }
  const std::string& system() const { return system_; }

 private:
  std::string text_, system_;
};

}  // namespace medvlm::sdk::language
