#include "medvlm/sdk/language/key_value_cache.hpp"

#include <algorithm>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "medvlm/base/error.hpp"

namespace medvlm::sdk::language {
namespace {

constexpr std::int64_t kFirstRoom = 32;  ///< columns beyond what is stored at first

/// `kept` columns of `old` (may be undefined) in a buffer like `sample` with room for `capacity`.
at::Tensor grown(const at::Tensor& old, std::int64_t kept, const at::Tensor& sample, std::int64_t capacity) {
  at::Tensor buffer = at::empty({sample.size(0), sample.size(1), capacity, sample.size(3)}, sample.options());
  if (kept > 0) buffer.narrow(2, 0, kept).copy_(old.narrow(2, 0, kept));
  return buffer;
}

}  // namespace

KeyValueCache::KeyValueCache(std::int64_t layers, std::int64_t capacity, std::shared_ptr<const SharedPrefix> prefix)
    : capacity_(capacity), layers_(static_cast<std::size_t>(layers)), prefix_(std::move(prefix)) {}

void KeyValueCache::append(std::int64_t layer, const at::Tensor& keys, const at::Tensor& values) {
  Layer& own = layers_.at(static_cast<std::size_t>(layer));
  const std::int64_t filled = own.filled + keys.size(2);
  if (c10::GradMode::is_enabled() && (keys.requires_grad() || values.requires_grad())) {
    own.keys = own.filled ? at::cat({this->keys(layer), keys}, 2) : keys;
    own.values = own.filled ? at::cat({this->values(layer), values}, 2) : values;
  } else {
    if (!own.keys.defined() || own.keys.size(2) < filled) {
      const std::int64_t room = std::max(filled, std::min(capacity_, filled + filled / 2 + kFirstRoom));
      own.keys = grown(own.keys, own.filled, keys, room);
      own.values = grown(own.values, own.filled, values, room);
    }
    own.keys.narrow(2, own.filled, keys.size(2)).copy_(keys);
    own.values.narrow(2, own.filled, keys.size(2)).copy_(values);
  }
  own.filled = filled;
  if (layer + 1 == static_cast<std::int64_t>(layers_.size())) length_ = filled;
}

at::Tensor KeyValueCache::keys(std::int64_t layer) const {
  const Layer& own = layers_.at(static_cast<std::size_t>(layer));
  return own.keys.narrow(2, 0, own.filled);
}

at::Tensor KeyValueCache::values(std::int64_t layer) const {
  const Layer& own = layers_.at(static_cast<std::size_t>(layer));
  return own.values.narrow(2, 0, own.filled);
}

void KeyValueCache::keep(const at::Tensor& rows) {
  for (Layer& own : layers_) {
    own.keys = own.keys.narrow(2, 0, own.filled).index_select(0, rows);
    own.values = own.values.narrow(2, 0, own.filled).index_select(0, rows);
  }
  if (padding_.defined()) padding_ = padding_.index_select(0, rows);
}

std::shared_ptr<const SharedPrefix> KeyValueCache::release_as_prefix() {
  if (prefix_ || padding_.defined()) throw Error(ErrorCode::internal, "a prefix cannot begin with another or with padding");
  auto prefix = std::make_shared<SharedPrefix>();
  prefix->tokens = length_;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    prefix->keys.push_back(keys(static_cast<std::int64_t>(i)));
    prefix->values.push_back(values(static_cast<std::int64_t>(i)));
  }
  layers_.assign(layers_.size(), {});
  length_ = 0;
  return prefix;
}

}  // namespace medvlm::sdk::language
