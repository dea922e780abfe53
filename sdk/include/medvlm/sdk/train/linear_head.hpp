// A linear classifier on top of features: initialised as PyTorch does, kept in a safetensors file.
#pragma once

#include <cstdint>
#include <filesystem>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include "medvlm/core/model.hpp"

namespace medvlm::sdk::train {

/// A CPU generator whose numbers are those of `torch.manual_seed(seed)`.
MEDVLM_API at::Generator seeded_generator(std::uint64_t seed);

/// float32, uniform in ±1/sqrt(columns): PyTorch's default for a linear layer's weight (Kaiming uniform with a = sqrt 5).
MEDVLM_API at::Tensor kaiming_uniform(std::int64_t rows, std::int64_t columns, at::Generator generator);

/// logits = features * weight^T + bias.
struct LinearHead {
  at::Tensor weight;  ///< [rows, width]
  at::Tensor bias;    ///< [rows]

  /// PyTorch's default initialisation, drawn from the generator in PyTorch's order.
  MEDVLM_API static LinearHead initial(std::int64_t rows, std::int64_t width, at::Generator generator);
  /// Reads `head.weight` and `head.bias`. Throws Error(checkpoint) that names the file.
  MEDVLM_API static LinearHead load(const std::filesystem::path& file);
  MEDVLM_API void save(const std::filesystem::path& file) const;
  /// [n, width] -> [n, rows], in the type and on the device of the weight.
  MEDVLM_API at::Tensor logits(const at::Tensor& features) const;
};

/// What a probe sees: the model's features, or its joint embeddings where it has none, [n, width]. Throws Error(config) for
/// embeddings of several vectors per image.
MEDVLM_API at::Tensor probe_features(const ImageEmbeddings& embeddings);

}  // namespace medvlm::sdk::train
