// Zero-shot prompts: templates x class texts.
#pragma once

#include <string>
#include <vector>

#include "medvlm/base/error.hpp"

namespace medvlm::off_the_shelf {

/// Replaces "{}" in the template. Throws Error(config) for a template without it.
inline std::string fill_template(const std::string& prompt_template, const std::string& text) {
  const std::size_t slot = prompt_template.find("{}");
  if (slot == std::string::npos) {
    throw Error(ErrorCode::config, "the prompt template '" + prompt_template + "' has no {} for the class text");
  }
  return prompt_template.substr(0, slot) + text + prompt_template.substr(slot + 2);
}

/// All prompts of one class.
inline std::vector<std::string> fill_templates(const std::vector<std::string>& templates, const std::string& text) {
  std::vector<std::string> prompts;
  for (const std::string& prompt_template : templates) prompts.push_back(fill_template(prompt_template, text));
  return prompts;
}

}  // namespace medvlm::off_the_shelf
