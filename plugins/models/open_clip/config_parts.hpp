// The parts of open_clip_config.json; each reader throws Error(checkpoint) that names file and key.
#pragma once

#include "open_clip_config.hpp"

namespace medvlm::open_clip {

/// int(width * mlp_ratio), as in Python.
std::int64_t hidden_width(const sdk::HfConfig& tower, std::int64_t width);
/// [height, width] or one number for both.
sdk::ImageSize image_size(const sdk::HfConfig& config, const char* key, int fallback);
/// Refuses keys that switch on parts this plugin does not have.
void refuse_flags(const sdk::HfConfig& config, std::initializer_list<const char*> keys);
/// True for a key that is there with the value null, which is not the same as absent in open_clip's Python.
bool is_null(const sdk::HfConfig& config, const std::string& key);

/// norm_kwargs.eps, act_kwargs.approximate and quick_gelu.
void read_norm_and_activation(const sdk::HfConfig& tower, bool quick_gelu, sdk::nn::TransformerShape& shape);

VisionConfig read_vision(const sdk::HfConfig& vision, bool quick_gelu, const sdk::Checkpoint* weights);
VisionConfig read_timm_vision(const sdk::HfConfig& vision, const sdk::Checkpoint* weights);
TextConfig read_text(const sdk::HfConfig& text, const std::filesystem::path& folder, bool quick_gelu, bool custom,
                     std::int64_t embedding);
TokenizerConfig read_tokenizer(const sdk::HfConfig& text);
/// `image` is the size that the vision tower takes.
sdk::ProcessorConfig read_preprocessing(const sdk::HfConfig& preprocessing, const sdk::ImageSize& image);

}  // namespace medvlm::open_clip
