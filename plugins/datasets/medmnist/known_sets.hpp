// The 2D sets of MedMNIST: what they are called and what their labels mean.
#pragma once

#include <span>
#include <string_view>

namespace medvlm::medmnist {

/// One set.
struct KnownSet {
  std::string_view id;            ///< as in the file's name: "pneumoniamnist"
  std::string_view name;          ///< "PneumoniaMNIST"
  std::string_view modality;
  bool multilabel = false;        ///< one column per class
  std::span<const std::string_view> classes;  ///< label names of medmnist.INFO, in index order
  std::span<const std::string_view> texts;    ///< what prompts say, where the names alone say nothing; else empty
};

/// The set of that name in any case, or null.
const KnownSet* find_known_set(std::string_view name);

std::span<const KnownSet> known_sets();

}  // namespace medvlm::medmnist
