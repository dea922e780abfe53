// Zero-shot classification (Radford et al., 2021): templates x class texts, and the logits of images against them.
#pragma once

#include <string>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/model.hpp"

namespace medvlm::sdk {

/// Replaces "{}" in the template. Throws Error(config) for a template without it.
MEDVLM_API std::string fill_template(const std::string& prompt_template, const std::string& text);

/// The prompts of one diagnosis dataset.
class MEDVLM_API ClassPrompts {
 public:
  /// What the user asks for; empty lists: what the dataset says of itself.
  struct Wish {
    std::vector<std::string> templates;
    std::vector<std::string> class_texts;     ///< in class order
    std::vector<std::string> negative_texts;  ///< multi-label only: what the absence of each finding is called

    /// From the options `templates`, `class_texts` and `negative_texts`. Throws Error(config) for a bad template.
    static Wish from_options(const Options& options);
  };

  /// Throws Error(config) for lists that do not fit the dataset.
  ClassPrompts(const Wish& wish, const DatasetInfo& dataset);

  /// Class embeddings of a model.
  struct Embedded {
    at::Tensor positive;  ///< [classes, ...]
    at::Tensor negative;  ///< the same for the absence of findings; undefined unless multi-label
  };
  /// One embedding per class; of several templates, the mean of their normalised embeddings. Differentiable when gradients
  /// are enabled.
  Embedded embed(ImageTextEncoder& encoder) const;

  /// Logits of ImageEmbeddings::joint: [n, classes], or [n, classes, 2] (absent, present) for multi-label.
  static at::Tensor logits(ImageTextEncoder& encoder, const at::Tensor& joint, const Embedded& classes);

 private:
  at::Tensor embed(ImageTextEncoder& encoder, const std::vector<std::string>& texts) const;

  std::vector<std::string> templates_, positive_, negative_;
};

}  // namespace medvlm::sdk
