// config.json of a Qwen2-VL or Qwen2.5-VL checkpoint, with the defaults of the reference library.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "medvlm/sdk/language/decoder.hpp"
#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::qwen_vl {

/// How a picture is cut: the processor and the tower must agree.
struct PatchShape {
  std::int64_t side = 14;   ///< of a patch, in pixels
  std::int64_t frames = 2;  ///< a patch is so deep in time; a picture is a film that stands still
  std::int64_t merge = 2;   ///< so many patches a side become one feature of the decoder

  std::int64_t values() const { return 3 * frames * side * side; }
  /// Both sides of a resized picture are multiples of it.
  std::int64_t factor() const { return side * merge; }
  bool operator==(const PatchShape&) const = default;
};

struct VisionConfig {
  /// The second generation (Qwen2.5-VL) has RMS norms, gated MLPs and windows.
  enum class Generation { first, second };

  Generation generation = Generation::first;
  sdk::nn::TransformerShape transformer;
  PatchShape patch;
  std::int64_t features = 0;  ///< width of what the decoder gets
  std::int64_t window = 0;    ///< side of an attention window in merged patches; 0: no windows
  std::vector<bool> whole;    ///< per block: attention over the whole picture, not within windows

  std::int64_t head_width() const { return transformer.width / transformer.heads; }
};

struct QwenConfig {
  std::string family;  ///< "Qwen2-VL" or "Qwen2.5-VL"
  VisionConfig vision;
  sdk::language::DecoderShape decoder;
  std::int64_t image_token = 0;  ///< stands where a feature of the image goes
};

/// Throws Error(checkpoint) that names file and key.
QwenConfig read_qwen_config(const std::filesystem::path& file);

}  // namespace medvlm::qwen_vl
