#include "attention.hpp"

#include <limits>

#include <ATen/ATen.h>

namespace medvlm::sdk::language {
namespace {

/// [n, kv_heads, keys, width] as every query head sees it: [n, heads, keys, width].
at::Tensor for_each_head(const at::Tensor& shared, std::int64_t heads) {
  const std::int64_t n = shared.size(0), kv = shared.size(1);
  if (kv == heads) return shared;
  return shared.unsqueeze(2)
      .expand({n, kv, heads / kv, shared.size(2), shared.size(3)})
      .reshape({n, heads, shared.size(2), shared.size(3)});
}

/// All tokens at once, without a prefix: LibTorch's fused kernel.
at::Tensor attend_alone(const at::Tensor& queries, const at::Tensor& keys, const at::Tensor& values,
                        const Visibility& visibility, double scale) {
  const std::int64_t heads = queries.size(1);
  return at::scaled_dot_product_attention(
      queries, for_each_head(keys, heads), for_each_head(values, heads),
      visibility.allowed.defined() ? std::optional(visibility.allowed) : std::nullopt, 0.0,
      visibility.causal && !visibility.allowed.defined(), scale);
}

/// [n, kv, rows, a] x [1, kv, a, b]: one product per head for all n, [n, kv, rows, b].
at::Tensor product_with_shared(const at::Tensor& each, const at::Tensor& shared) {
  const std::int64_t n = each.size(0), kv = each.size(1), rows = each.size(2);
  const at::Tensor folded = each.transpose(0, 1).reshape({kv, n * rows, each.size(3)});
  return at::bmm(folded, shared[0]).view({kv, n, rows, shared.size(3)}).transpose(0, 1);
}

/// Query heads that share a key head are rows of one product.
at::Tensor attend_in_groups(const at::Tensor& queries, const at::Tensor& keys, const at::Tensor& values,
                            const SharedPrefix* prefix, std::int64_t layer, const Visibility& visibility, double scale) {
  const std::int64_t n = queries.size(0), heads = queries.size(1), t = queries.size(2), width = queries.size(3);
  const std::int64_t kv = keys.size(1), group = heads / kv;
  const at::Tensor asked = (queries * scale).reshape({n, kv, group * t, width});
  at::Tensor scores = at::matmul(asked, keys.transpose(2, 3));
  const auto index = static_cast<std::size_t>(layer);
  if (prefix) scores = at::cat({product_with_shared(asked, prefix->keys[index].transpose(2, 3)), scores}, -1);
  scores = scores.to(at::kFloat);
  if (visibility.allowed.defined()) {
    const at::Tensor hidden = visibility.allowed.logical_not().unsqueeze(1);  // [n, 1, 1, t, keys]
    scores = scores.view({n, kv, group, t, -1})
                 .masked_fill(hidden, -std::numeric_limits<float>::infinity())
                 .view({n, kv, group * t, -1});
  }
  const at::Tensor weights = at::softmax(scores, -1).to(queries.scalar_type());
  const std::int64_t before = prefix ? prefix->tokens : 0;
  at::Tensor mixed = at::matmul(weights.narrow(-1, before, keys.size(2)), values);
  if (prefix) mixed = mixed + product_with_shared(weights.narrow(-1, 0, before), prefix->values[index]);
  return mixed.view({n, heads, t, width});
}

/// True if every key, own and shared, is seen by every new token.
bool sees_all(const TokenBlock& block, const KeyValueCache& cache, std::int64_t window) {
  const std::int64_t all = cache.prefix_tokens() + cache.length() + block.embeddings.size(1);
  return block.embeddings.size(1) == 1 && !cache.padding().defined() && (window == 0 || all <= window);
}

}  // namespace

Visibility visible_keys(const TokenBlock& block, const KeyValueCache& cache, std::int64_t window) {
  if (sees_all(block, cache, window)) return {};
  const std::int64_t n = block.embeddings.size(0), t = block.embeddings.size(1);
  const std::int64_t before = cache.length(), own = before + t, shared = cache.prefix_tokens();
  const bool far = window > 0 && shared + own > window;
  if (before == 0 && shared == 0 && !cache.padding().defined() && !far && !block.images.defined()) return {{}, true};
  const auto options = at::TensorOptions(at::kLong).device(block.embeddings.device());
  const at::Tensor columns = at::arange(own, options);
  const at::Tensor asking = columns.narrow(0, before, t).unsqueeze(1);  // [t, 1]
  at::Tensor seen = (columns <= asking).expand({n, t, own});
  if (block.images.defined()) {
    const at::Tensor same = (block.images.unsqueeze(2) == block.images.unsqueeze(1)) & (block.images > 0).unsqueeze(2);
    seen = seen.clone();
    seen.narrow(2, before, t).logical_or_(same);
  }
  if (far) seen = seen & (asking - columns < window);
  if (cache.padding().defined()) {
    // Padding sees itself, so that its (unused) results stay finite.
    seen = seen & ((columns >= cache.padding().view({n, 1, 1})) | (columns == asking));
  }
  if (shared > 0) {
    at::Tensor prefix = at::ones({n, t, shared}, options.dtype(at::kBool));
    if (far) {
      const at::Tensor padding = cache.padding().defined() ? cache.padding().view({n, 1, 1}) : at::zeros({1, 1, 1}, options);
      prefix = ((shared + asking - padding) - at::arange(shared, options) < window).expand({n, t, shared});
    }
    seen = at::cat({prefix, seen}, 2);
  }
  return {seen.unsqueeze(1), false};
}

at::Tensor attend(const at::Tensor& queries, const KeyValueCache& cache, std::int64_t layer, const Visibility& visibility,
                  double scale) {
  const at::Tensor keys = cache.keys(layer), values = cache.values(layer);
  if (queries.size(2) > 1 && !cache.prefix()) return attend_alone(queries, keys, values, visibility, scale);
  return attend_in_groups(queries, keys, values, cache.prefix(), layer, visibility, scale);
}

}  // namespace medvlm::sdk::language
