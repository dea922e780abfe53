#include "medvlm/sdk/zero_shot/class_prompts.hpp"

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"

namespace medvlm::sdk {
namespace {

std::vector<std::string> texts_of(const DatasetInfo& dataset, const std::vector<std::string>& wished, bool negative) {
  if (!wished.empty() && wished.size() != dataset.classes.size()) {
    throw Error(ErrorCode::config, std::string(negative ? "negative_texts" : "class_texts") + " has " +
                                       std::to_string(wished.size()) + " entries, but '" + dataset.name + "' has " +
                                       std::to_string(dataset.classes.size()) + " classes");
  }
  if (!wished.empty()) return wished;
  std::vector<std::string> texts;
  for (const ClassInfo& info : dataset.classes) {
    texts.push_back(negative ? info.negative_text : info.text);
    if (negative && info.negative_text.empty()) {
      throw Error(ErrorCode::config, "'" + dataset.name + "' does not say what the absence of '" + info.name +
                                         "' is called; give negative_texts");
    }
  }
  return texts;
}

}  // namespace

std::string fill_template(const std::string& prompt_template, const std::string& text) {
  const std::size_t slot = prompt_template.find("{}");
  if (slot == std::string::npos) {
    throw Error(ErrorCode::config, "the prompt template '" + prompt_template + "' has no {} for the class text");
  }
  return prompt_template.substr(0, slot) + text + prompt_template.substr(slot + 2);
}

ClassPrompts::Wish ClassPrompts::Wish::from_options(const Options& options) {
  Wish wish{options.texts("templates"), options.texts("class_texts"), options.texts("negative_texts")};
  for (const std::string& prompt_template : wish.templates) fill_template(prompt_template, "");
  return wish;
}

ClassPrompts::ClassPrompts(const Wish& wish, const DatasetInfo& dataset)
    : templates_(wish.templates.empty() ? std::vector<std::string>{dataset.prompt_template} : wish.templates),
      positive_(texts_of(dataset, wish.class_texts, false)) {
  if (dataset.labels == LabelKind::multilabel) negative_ = texts_of(dataset, wish.negative_texts, true);
}

ClassPrompts::Embedded ClassPrompts::embed(ImageTextEncoder& encoder) const {
  Embedded classes{embed(encoder, positive_), {}};
  if (!negative_.empty()) classes.negative = embed(encoder, negative_);
  return classes;
}

at::Tensor ClassPrompts::embed(ImageTextEncoder& encoder, const std::vector<std::string>& texts) const {
  std::vector<std::string> prompts;
  for (const std::string& text : texts) {
    for (const std::string& prompt_template : templates_) prompts.push_back(fill_template(prompt_template, text));
  }
  const at::Tensor embedded = encoder.encode_texts(prompts);
  if (templates_.size() == 1) return embedded;
  const at::Tensor unit = embedded / embedded.norm(2, -1, true);
  std::vector<std::int64_t> shape{std::int64_t(texts.size()), std::int64_t(templates_.size())};
  for (std::int64_t i = 1; i < unit.dim(); ++i) shape.push_back(unit.size(i));
  return unit.view(shape).mean(1);
}

at::Tensor ClassPrompts::logits(ImageTextEncoder& encoder, const at::Tensor& joint, const Embedded& classes) {
  const at::Tensor images = joint.to(classes.positive.device(), classes.positive.scalar_type());
  const at::Tensor present = encoder.similarity(images, classes.positive);
  return classes.negative.defined() ? at::stack({encoder.similarity(images, classes.negative), present}, -1) : present;
}

}  // namespace medvlm::sdk
