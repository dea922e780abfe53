// LoRA on a model: makes, attaches, reads and writes the updates of all its layers. Files are PEFT's.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "medvlm/core/adaptable.hpp"
#include "medvlm/sdk/lora/lora_update.hpp"
#include "medvlm/sdk/lora/targets.hpp"

namespace medvlm::sdk::lora {

struct LoraSettings {
  std::int64_t rank = 8;
  double alpha = 16;
  double dropout = 0;
  bool rslora = false;  ///< scaling alpha / sqrt(rank) (Kalajdzievski, 2023) instead of alpha / rank

  MEDVLM_API double scaling() const;
};

/// The updates of a model's layers, attached for this object's life; the base weights are never written to. The model must
/// outlive it. Not for several threads at once.
class MEDVLM_API LoraAdapter {
 public:
  /// Updates as PEFT initialises them: they change nothing yet. The model's weights must be loaded.
  LoraAdapter(const std::vector<Target>& targets, const LoraSettings& settings, std::uint64_t seed);
  /// Reads `adapter_config.json` and `adapter_model.safetensors` (or `.bin`). Layers are those that the file has tensors
  /// for; tensors for a layer that the model does not have are refused, unless they change nothing. Throws
  /// Error(checkpoint) that names the file and everything that does not fit.
  static std::unique_ptr<LoraAdapter> load(Adaptable& model, const std::filesystem::path& folder);
  ~LoraAdapter();
  LoraAdapter(const LoraAdapter&) = delete;
  LoraAdapter& operator=(const LoraAdapter&) = delete;

  /// Writes the same two files, as PEFT's `save_pretrained` does.
  void save(const std::filesystem::path& folder) const;

  /// A and B of every layer by their names in the file, e.g. "base_model.model.encoder.layers.0.mlp.fc1.lora_A.weight".
  std::map<std::string, at::Tensor> tensors() const;
  /// The same, in the order of the layers.
  std::vector<at::Tensor> parameters() const;
  /// Whether A and B collect gradients. They do not at first.
  void require_gradients(bool wanted);
  Dropout& dropout() { return *dropout_; }
  const LoraSettings& settings() const { return settings_; }

  /// The layers that are changed, in the model's order.
  std::vector<NamedLayer> layers() const;
  std::size_t layer_count() const { return items_.size(); }
  std::int64_t parameter_count() const;
  /// The layers that the last backward pass did not reach: their updates cannot learn.
  std::vector<std::string> layers_without_gradient() const;

  /// Puts the merged weights into the layers instead of the updates, or undoes that, with the very bits of before.
  void merge();
  void unmerge();

 private:
  struct Item {
    Target target;
    std::shared_ptr<LoraUpdate> update;
    at::Tensor base;  ///< the frozen weight while merged
  };
  LoraAdapter() : dropout_(std::make_shared<Dropout>()) {}
  void add(const Target& target, at::Tensor a, at::Tensor b, double scaling);

  LoraSettings settings_;
  std::shared_ptr<Dropout> dropout_;
  std::vector<Item> items_;
};

}  // namespace medvlm::sdk::lora
