// Takes the weights that a model needs from a checkpoint, and reports everything that does not fit at once.
#pragma once

#include <map>
#include <optional>

#include "medvlm/sdk/checkpoint/checkpoint.hpp"

namespace medvlm::sdk {

/// One tensor that a model needs.
struct WeightSpec {
  std::string name;
  std::vector<std::int64_t> shape;
  bool optional = false;  ///< may be absent; its shape is checked if it is there
};

struct WeightOptions {
  at::Device device = at::kCPU;
  /// Floating-point tensors are converted to it; others keep their type. Absent: all keep the type of the file.
  std::optional<at::ScalarType> dtype;
  /// Complain about tensors of the checkpoint that no spec names.
  bool refuse_unexpected = false;
  /// Endings of names that are no complaint when unexpected, e.g. "position_ids".
  std::vector<std::string> ignored_endings;
};

using WeightMap = std::map<std::string, at::Tensor, std::less<>>;

/// The tensors by name, contiguous. On the CPU, in the type of the file, they are views of the mapped file, not copies.
/// Throws one Error(checkpoint) that lists all complaints (the first 20 and a count) before anything is read.
MEDVLM_API WeightMap load_weights(const Checkpoint& checkpoint, const std::vector<WeightSpec>& specs,
                                  const WeightOptions& options = {});

}  // namespace medvlm::sdk
