// What a VILA checkpoint says of itself: a config for the whole, and one in the folder of each of its three parts.
#pragma once

#include <filesystem>
#include <string>

#include "medvlm/sdk/language/decoder.hpp"
#include "medvlm/sdk/nn/vision_tower.hpp"

namespace medvlm::vila {

/// How a picture becomes the square that the tower takes: `image_aspect_ratio`.
enum class Shaping {
  resize,     ///< bicubic to the tower's size, whatever the processor says; the aspect ratio is lost
  pad,        ///< made square with the processor's mean colour, then the processor
  processor,  ///< the processor alone
};

struct VilaConfig {
  std::filesystem::path vision, projector, language;  ///< the folders of the parts
  Shaping shaping = Shaping::resize;
  sdk::nn::VisionTowerShape tower;      ///< cut after the layer whose output is used
  sdk::language::DecoderShape decoder;  ///< its context is what the tokenizer allows, if that is less
  /// VILA's own name of a chat template that comes with its code and replaces the tokenizer's; mostly empty.
  std::string bundled_template;
};

/// Reads `config.json` of the folder and of its parts. Throws Error(checkpoint) that names file and key: for what is
/// missing or contradictory, and for kinds of VILA that are not supported (tiles, several scales, other towers).
VilaConfig read_vila_config(const std::filesystem::path& folder);

}  // namespace medvlm::vila
