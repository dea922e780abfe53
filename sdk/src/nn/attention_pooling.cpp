#include "medvlm/sdk/nn/attention_pooling.hpp"

#include <ATen/ATen.h>

namespace medvlm::sdk::nn {

AttentionPooling::AttentionPooling(const TransformerShape& shape)
    : width_(shape.width),
      heads_(shape.heads),
      activation_(shape.activation),
      out_(shape.width, shape.width),
      fc1_(shape.width, shape.hidden),
      fc2_(shape.hidden, shape.width),
      norm_(shape.width, shape.epsilon) {}

void AttentionPooling::declare(ParameterList& list, const std::string& name) {
  list.add(name + ".probe", {1, 1, width_}, probe_);
  list.add(name + ".attention.in_proj_weight", {3 * width_, width_}, in_weight_);
  list.add(name + ".attention.in_proj_bias", {3 * width_}, in_bias_);
  out_.declare(list, name + ".attention.out_proj");
  norm_.declare(list, name + ".layernorm");
  fc1_.declare(list, name + ".mlp.fc1");
  fc2_.declare(list, name + ".mlp.fc2");
}

at::Tensor AttentionPooling::attend(const at::Tensor& x) const {
  const std::int64_t n = x.size(0);
  const auto split = [&](const at::Tensor& projected) {
    return projected.view({projected.size(0), projected.size(1), heads_, width_ / heads_}).transpose(1, 2);
  };
  const at::Tensor asked =
      linear(probe_, in_weight_.narrow(0, 0, width_), in_bias_.narrow(0, 0, width_));
  const auto both =
      linear(x, in_weight_.narrow(0, width_, 2 * width_), in_bias_.narrow(0, width_, 2 * width_)).chunk(2, -1);
  const at::Tensor mixed = at::scaled_dot_product_attention(split(asked).expand({n, -1, -1, -1}),
                                                            split(both[0].contiguous()), split(both[1].contiguous()));
  return out_.frozen(mixed.transpose(1, 2).reshape({n, 1, width_}));
}

at::Tensor AttentionPooling::forward(const at::Tensor& x) const {
  const at::Tensor attended = attend(x).squeeze(1);
  return attended + fc2_.forward(activate(fc1_.forward(norm_.forward(attended)), activation_));
}

}  // namespace medvlm::sdk::nn
