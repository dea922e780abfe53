// Keys and values of the tokens that a decoder has read, for several rows that may share their beginning.
#pragma once

#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk::language {

/// Per layer keys and values [1, kv_heads, tokens, head_width] of a text that several rows begin with.
struct SharedPrefix {
  std::vector<at::Tensor> keys, values;
  std::int64_t tokens = 0;
};

/// Grows token by token; rows are padded on the left so that their last tokens stand in one column.
class MEDVLM_API KeyValueCache {
 public:
  /// For `capacity` own tokens a row, after a prefix that may be null. Memory grows with use.
  KeyValueCache(std::int64_t layers, std::int64_t capacity, std::shared_ptr<const SharedPrefix> prefix = nullptr);

  /// Appends [n, kv_heads, t, head_width] to a layer. The last layer's append advances length().
  void append(std::int64_t layer, const at::Tensor& keys, const at::Tensor& values);
  /// All own keys or values of a layer, the appended ones included: [n, kv_heads, tokens, head_width].
  at::Tensor keys(std::int64_t layer) const;
  at::Tensor values(std::int64_t layer) const;
  const SharedPrefix* prefix() const { return prefix_.get(); }
  std::int64_t prefix_tokens() const { return prefix_ ? prefix_->tokens : 0; }

  /// Own tokens a row, padding included.
  std::int64_t length() const { return length_; }
  /// Number of leading columns of each row that are padding, [n] int64; undefined: none.
  const at::Tensor& padding() const { return padding_; }
  void set_padding(at::Tensor padding) { padding_ = std::move(padding); }
  /// Keeps only these rows, in this order.
  void keep(const at::Tensor& rows);
  /// The one row of this cache as a prefix for others; this cache must have no prefix and no padding, and is empty after.
  std::shared_ptr<const SharedPrefix> release_as_prefix();

 private:
  struct Layer {
    at::Tensor keys, values;   ///< [n, kv_heads, capacity, head_width]
    std::int64_t filled = 0;
  };
  std::int64_t capacity_;
  std::int64_t length_ = 0;
  std::vector<Layer> layers_;
  at::Tensor padding_;
  std::shared_ptr<const SharedPrefix> prefix_;
};

}  // namespace medvlm::sdk::language
