// What a model is made of: named tensors with shapes, declared by the blocks, filled from a checkpoint.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/base/api.hpp"
#include "medvlm/core/adaptable.hpp"

namespace medvlm::sdk::nn {

/// One tensor that a block needs.
struct Parameter {
  std::string name;                 ///< as in the checkpoint
  std::vector<std::int64_t> shape;
  at::Tensor* target = nullptr;     ///< where load puts it; owned by the block
};

/// The parameters and the adaptable layers of a model, in the order of the forward pass. The blocks must not move in
/// memory after they have declared themselves.
class MEDVLM_API ParameterList {
 public:
  void add(std::string name, std::vector<std::int64_t> shape, at::Tensor& target);
  void add_layer(std::string name, AdaptableLayer& layer);

  const std::vector<Parameter>& parameters() const { return parameters_; }
  /// Layers whose name begins with `prefix`; the prefix is kept.
  std::vector<NamedLayer> layers(const std::string& prefix, const std::string& part) const;
  /// The number of scalars in all parameters.
  std::int64_t count() const;
  /// Gives the memory of those parameters that lie in the checkpoint's file, and whose name begins with `prefix`, back to
  /// the system. They stay usable: the next use reads them again. For towers that have done their work.
  void drop_pages(const std::string& prefix) const;

 private:
  std::vector<Parameter> parameters_;
  std::vector<NamedLayer> layers_;
};

}  // namespace medvlm::sdk::nn
