// How an adapter changes a model: the named layers it may touch, and the update it attaches to one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/base/api.hpp"

namespace medvlm {

/// A change to one layer, made by an adapter (LoRA and its relatives).
class MEDVLM_API LayerUpdate {
 public:
  virtual ~LayerUpdate();
  /// The changed output of the layer. `input` is what the layer received ([..., in] for a linear layer, indices for an
  /// embedding), `output` what its frozen weights made of it. Differentiable.
  virtual at::Tensor forward(const at::Tensor& input, const at::Tensor& output) = 0;
  /// The weight that, used alone, gives the same result; same shape as `weight`.
  virtual at::Tensor merged(const at::Tensor& weight) const = 0;
};

enum class LayerKind { linear, embedding };

/// One layer of a model that an adapter may change.
class MEDVLM_API AdaptableLayer {
 public:
  virtual ~AdaptableLayer();
  virtual LayerKind kind() const = 0;
  /// The sizes of weight(), known before weights are loaded.
  virtual std::pair<std::int64_t, std::int64_t> shape() const = 0;
  /// [out, in] for a linear layer, [count, width] for an embedding. Frozen: requires no gradient, and may be a read-only
  /// mapping of the checkpoint's file: change it with set_weight(), never in place.
  virtual at::Tensor weight() const = 0;
  virtual void set_weight(at::Tensor weight) = 0;
  /// Attaches an update, or removes it with null.
  virtual void set_update(std::shared_ptr<LayerUpdate> update) = 0;
};

/// A layer with its name as PEFT writes it, e.g. "vision_model.encoder.layers.0.self_attn.q_proj".
struct NamedLayer {
  std::string name;
  std::string part;  ///< "vision", "text", "projector" or "language"
  AdaptableLayer* layer = nullptr;  ///< owned by the model
};

/// The capability of a model whose layers can be changed.
class MEDVLM_API Adaptable {
 public:
  virtual ~Adaptable();
  /// All layers that may be changed, in the order of the forward pass.
  virtual std::vector<NamedLayer> layers() = 0;
};

}  // namespace medvlm
