// Pre-norm transformer blocks whose query, key and value projections are one product, as timm and open_clip store them.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "medvlm/sdk/nn/transformer.hpp"

namespace medvlm::sdk::nn {

/// How the parts of a block are named below the block itself; the defaults are timm's.
struct FusedBlockNames {
  std::string norm1 = "norm1";
  std::string in_layer = "attn.qkv";  ///< what adapters call the projection of queries, keys and values
  std::string in_weight = "attn.qkv.weight";
  std::string in_bias = "attn.qkv.bias";
  std::string out_layer = "attn.proj";
  std::string scale1 = "ls1.gamma";
  std::string norm2 = "norm2";
  std::string fc1 = "mlp.fc1";
  std::string fc2 = "mlp.fc2";
  std::string scale2 = "ls2.gamma";
};

/// Which parts a block has.
struct FusedBlockParts {
  bool in_bias = true;
  bool layer_scale = false;  ///< the results of attention and MLP are multiplied by a vector
};

/// x + scale * attention(norm(x)), then x + scale * mlp(norm(x)).
class MEDVLM_API FusedBlock {
 public:
  FusedBlock(const TransformerShape& shape, const FusedBlockParts& parts);
  void declare(ParameterList& list, const std::string& name, const FusedBlockNames& names);
  /// x [n, tokens, width]. `causal`: a token sees itself and those before it. `queries` > 0: only the first so many
  /// tokens are computed after the keys and values, which is exact.
  at::Tensor forward(const at::Tensor& x, bool causal, std::int64_t queries = 0) const;

 private:
  at::Tensor attend(const at::Tensor& x, bool causal, std::int64_t queries) const;

  std::int64_t width_, heads_;
  bool layer_scale_;
  LayerNorm norm1_, norm2_;
  Linear in_, out_;
  Mlp mlp_;
  at::Tensor scale1_, scale2_;
};

/// A stack of such blocks. Does not move or copy: its blocks hand out their addresses.
class MEDVLM_API FusedTransformer {
 public:
  FusedTransformer(const TransformerShape& shape, const FusedBlockParts& parts);
  FusedTransformer(const FusedTransformer&) = delete;
  FusedTransformer& operator=(const FusedTransformer&) = delete;
  /// Declares the blocks as `name.0`, `name.1`, ...
  void declare(ParameterList& list, const std::string& name, const FusedBlockNames& names);
  /// x [n, tokens, width]. `needed` > 0: the result has only the first so many tokens. Heeds GradientCheckpointing.
  at::Tensor forward(at::Tensor x, bool causal, std::int64_t needed = 0) const;
  /// The output of every block, for conformance tests.
  std::vector<at::Tensor> hidden_states(at::Tensor x, bool causal) const;

 private:
  std::deque<FusedBlock> blocks_;
};

}  // namespace medvlm::sdk::nn
