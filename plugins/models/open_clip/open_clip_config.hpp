// open_clip_config.json, with open_clip's defaults for what it leaves out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "medvlm/sdk/checkpoint/checkpoint.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"
#include "medvlm/sdk/image/geometry.hpp"
#include "medvlm/sdk/image/processor.hpp"
#include "medvlm/sdk/nn/bert.hpp"
#include "medvlm/sdk/nn/fused_transformer.hpp"

namespace medvlm::open_clip {

/// A vision transformer, whoever wrote it.
struct VitConfig {
  enum class Pool { token, average };  ///< the class token, or the mean of the patches
  sdk::nn::TransformerShape transformer;
  sdk::nn::FusedBlockParts parts;
  sdk::ImageSize image;
  std::int64_t patch = 0;
  Pool pool = Pool::token;
  bool pre_norm = true;         ///< a norm before the first block
  bool norm_after_pool = false;

  std::int64_t tokens() const { return (image.height / patch) * (image.width / patch) + 1; }
};

/// What a timm trunk adds.
struct TimmConfig {
  enum class Head { linear, mlp, classifier, none };  ///< from the trunk's width to the shared space
  Head head = Head::linear;
  bool head_bias = false;
  bool patch_bias = true;
};

struct VisionConfig {
  VitConfig vit;
  std::optional<TimmConfig> timm;  ///< absent: open_clip's own transformer
};

/// open_clip's own text transformer.
struct ClipTextConfig {
  enum class Pool { first, last, argmax, eos };
  enum class Projection { matrix, linear, none };
  sdk::nn::TransformerShape transformer;
  sdk::nn::FusedBlockParts parts;
  std::int64_t vocabulary = 0;
  std::int64_t eos_token = 2;
  bool causal = true;
  Pool pool = Pool::argmax;
  Projection projection = Projection::matrix;
  std::string prefix;  ///< "text." where the checkpoint keeps the text tower apart
};

/// A Hugging Face text model.
struct BertTextConfig {
  enum class Pool { token, pooler, mean };
  enum class Projection { none, linear, mlp };
  sdk::nn::BertShape shape;
  std::int64_t pad_token = 0;
  Pool pool = Pool::pooler;
  Projection projection = Projection::mlp;
};

struct TextConfig {
  std::int64_t context = 77;
  ClipTextConfig clip;
  std::optional<BertTextConfig> bert;   ///< instead of `clip`
  std::filesystem::path bert_config;    ///< the file it was read from

  std::int64_t vocabulary() const { return bert ? bert->shape.vocabulary : clip.vocabulary; }
};

struct TokenizerConfig {
  enum class Clean { whitespace, lower, canonicalize };
  bool hugging_face = false;  ///< false: open_clip's own byte pair tokenizer
  Clean clean = Clean::lower;
  bool strip_sep = false;
};

struct OpenClipConfig {
  std::int64_t embedding = 0;  ///< width of the space that images and texts share
  VisionConfig vision;
  TextConfig text;
  TokenizerConfig tokenizer;
  sdk::ProcessorConfig preprocessing;
  bool logit_bias = false;
};

/// Reads `folder`/open_clip_config.json and the text model's config.json. `weights` decides on a timm trunk whose name does
/// not say its sizes; null where there are none. Throws Error(checkpoint) that names file and key.
OpenClipConfig read_open_clip_config(const std::filesystem::path& folder, const sdk::Checkpoint* weights);

}  // namespace medvlm::open_clip
