// config.json of LLaVA checkpoints: the layout of Hugging Face's library and the original repositories'.
#pragma once

#include <filesystem>
#include <string>

#include "medvlm/sdk/language/decoder.hpp"
#include "medvlm/sdk/nn/vision_tower.hpp"

namespace medvlm::llava {

/// Where the tensors of each part are, by the beginning of their names.
struct TensorNames {
  std::string decoder;            ///< "language_model.model"
  std::string head;               ///< "language_model.lm_head"
  std::string projector_first;    ///< "multi_modal_projector.linear_1"
  std::string projector_second;
  std::string tower;              ///< "vision_tower.vision_model"
};

struct LlavaConfig {
  sdk::language::DecoderShape decoder;
  sdk::nn::VisionTowerShape tower;
  sdk::nn::Activation projector_activation = sdk::nn::Activation::gelu;
  TensorNames names;
  std::filesystem::path tower_folder;         ///< of the tower's weights
  std::filesystem::path preprocessor_folder;  ///< of preprocessor_config.json
  bool pad_to_square = false;  ///< pictures are padded to a square before they are resized
  bool class_token = false;    ///< is among the features
  bool instruct = false;       ///< speaks Mistral's [INST] format, not Vicuna's
  std::int64_t image_token = -1;  ///< its id, where the tokenizer knows `<image>`; else the text is split there
};

/// `vision_tower`: the option of that name. Throws Error(checkpoint) that names file, key and cure.
LlavaConfig read_llava_config(const std::filesystem::path& folder, const std::string& vision_tower);

}  // namespace medvlm::llava
