#include "medvlm/core/data.hpp"

namespace medvlm {

std::string_view to_string(Task task) { return task == Task::diagnosis ? "diagnosis" : "vqa"; }

std::string_view to_string(LabelKind kind) {
  switch (kind) {
    case LabelKind::binary: return "binary";
    case LabelKind::multiclass: return "multiclass";
    case LabelKind::multilabel: return "multilabel";
  }
  return "binary";
}

std::string_view to_string(Split split) {
  switch (split) {
    case Split::train: return "train";
    case Split::validation: return "validation";
    case Split::test: return "test";
  }
  return "test";
}

std::optional<Split> split_from_string(std::string_view name) {
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    if (to_string(split) == name) return split;
  }
  return std::nullopt;
}

const std::string* find_group(const Sample& sample, std::string_view group) {
  for (const auto& [name, value] : sample.groups) {
    if (name == group) return &value;
  }
  return nullptr;
}

}  // namespace medvlm
