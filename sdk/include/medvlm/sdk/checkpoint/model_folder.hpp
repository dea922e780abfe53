// What every model in the Hugging Face layout does with its folder, with errors that name file and cure.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <span>
#include <vector>

#include <c10/core/Device.h>

#include "medvlm/core/data.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"
#include "medvlm/sdk/image/processor.hpp"
#include "medvlm/sdk/nn/parameters.hpp"
#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::sdk {

/// The folder itself. Throws Error(checkpoint) if there is none.
MEDVLM_API std::filesystem::path checked_checkpoint_folder(const std::filesystem::path& folder);

/// From the folder's preprocessor_config.json; `order` is that of the two passes of a resize. Throws Error(checkpoint).
MEDVLM_API ImageProcessor read_image_processor(const std::filesystem::path& folder,
                                               PassOrder order = PassOrder::pillow_13);
/// "pillow_12" or "pillow_13", the values of an option that chooses the order of the passes.
MEDVLM_API PassOrder pass_order_from_name(std::string_view name);

/// The checkpoint's weight files, and those of `names` that are there: ModelInfo::files.
MEDVLM_API std::vector<std::filesystem::path> model_files(const std::filesystem::path& folder,
                                                          std::initializer_list<const char*> names);

/// One batch [n, 3, size, size] on the CPU. Throws Error(checkpoint) if the processor makes other sizes.
MEDVLM_API at::Tensor stack_images(std::span<const ProcessedImage> images, std::int64_t size,
                                   const std::filesystem::path& folder);

/// Throws Error(checkpoint) if an id is not below `vocabulary`, the number of tokens that config.json speaks of.
MEDVLM_API void check_token_ids(const at::Tensor& ids, std::int64_t vocabulary, const std::filesystem::path& tokenizer);

/// Fills every parameter from the folder's weights, those whose name begins with one of `float32_prefixes` in float32 and
/// the others in `dtype`. Throws Error(checkpoint) as load_weights().
MEDVLM_API void load_parameters(const nn::ParameterList& parameters, const std::filesystem::path& folder,
                                c10::Device device, c10::ScalarType dtype,
                                const std::vector<std::string>& float32_prefixes = {});

/// hidden_size, intermediate_size, num_attention_heads, num_hidden_layers, layer_norm_eps and hidden_act, absent ones as
/// in `fallback`. Throws Error(checkpoint) for a size that is not positive and for heads that do not divide the width.
MEDVLM_API nn::TransformerShape read_transformer_shape(const HfConfig& config, const nn::TransformerShape& fallback);

/// A whole number above 0. Throws Error(checkpoint) otherwise.
MEDVLM_API std::int64_t positive_integer(const HfConfig& config, std::string_view key, std::int64_t fallback);

}  // namespace medvlm::sdk
