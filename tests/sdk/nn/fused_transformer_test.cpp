// Blocks with one product for queries, keys and values against those with three; patches against a convolution.
#include "medvlm/sdk/nn/fused_transformer.hpp"

#include <ATen/ATen.h>

#include <map>

#include "checks.hpp"
#include "medvlm/sdk/nn/patch_embedding.hpp"

using namespace medvlm::sdk;

namespace {

const nn::TransformerShape kShape{12, 20, 3, 2, 1e-5, nn::Activation::gelu};

std::string replaced(std::string name, const std::string& from, const std::string& to) {
  const auto at = name.find(from);
  return at == name.npos ? name : name.replace(at, from.size(), to);
}

/// Random weights for the fused blocks, and the same for separate ones.
void fill(nn::FusedTransformer& fused, nn::Transformer& separate) {
  nn::ParameterList from, to;
  fused.declare(from, "b", {});
  separate.declare(to, "b");
  std::map<std::string, at::Tensor> values;
  for (const auto& parameter : from.parameters()) {
    const at::Tensor value = at::randn(parameter.shape) * 0.3;
    *parameter.target = value;
    std::string name = replaced(replaced(parameter.name, "norm1", "layer_norm1"), "norm2", "layer_norm2");
    name = replaced(name, "attn.proj", "self_attn.out_proj");
    const auto parts = value.chunk(3, 0);
    if (name.find("attn.qkv") == name.npos) {
      values[name] = value;
      continue;
    }
    for (std::size_t i = 0; i < 3; ++i) {
      values[replaced(name, "attn.qkv", std::string("self_attn.") + "qkv"[i] + "_proj")] = parts[i].clone();
    }
  }
  for (const auto& parameter : to.parameters()) *parameter.target = values.at(parameter.name);
}

}  // namespace

TEST_CASE("fused blocks compute what separate ones do") {
  at::manual_seed(1);
  nn::FusedTransformer fused(kShape, {});
  nn::Transformer separate(kShape);
  fill(fused, separate);
  const at::Tensor x = at::randn({2, 7, 12});
  for (const bool causal : {false, true}) {
    const at::Tensor expected = separate.forward(x, causal);
    CHECK(at::allclose(fused.forward(x, causal), expected, 1e-5, 1e-5));
    CHECK(at::allclose(fused.hidden_states(x, causal).back(), expected, 1e-5, 1e-5));
    for (const std::int64_t needed : {1, 4}) {
      const at::Tensor some = fused.forward(x, causal, needed);
      REQUIRE(some.size(1) == needed);
      CHECK(at::allclose(some, expected.narrow(1, 0, needed), 1e-5, 1e-5));
    }
  }
}

TEST_CASE("layer scale multiplies what a block adds") {
  at::manual_seed(2);
  nn::FusedTransformer scaled({12, 20, 3, 1, 1e-5, nn::Activation::gelu}, {.in_bias = false, .layer_scale = true});
  nn::ParameterList list;
  scaled.declare(list, "b", {});
  for (const auto& parameter : list.parameters()) {
    *parameter.target = parameter.name.ends_with("gamma") ? at::zeros(parameter.shape) : at::randn(parameter.shape);
    CHECK_FALSE(parameter.name.ends_with("qkv.bias"));
  }
  const at::Tensor x = at::randn({1, 3, 12});
  CHECK(at::equal(scaled.forward(x, false), x));
}

TEST_CASE("patches are a convolution whose stride is its kernel; what is left over is ignored") {
  at::manual_seed(3);
  const at::Tensor pixels = at::randn({2, 3, 17, 23});
  const at::Tensor weight = at::randn({5, 3, 4, 4});
  const at::Tensor bias = at::randn({5});
  const at::Tensor expected = at::conv2d(pixels, weight, bias, 4).flatten(2).transpose(1, 2);
  CHECK(at::allclose(nn::embed_patches(pixels, weight, bias), expected, 1e-4, 1e-4));
  CHECK(at::allclose(nn::embed_patches(pixels, weight) + bias, expected, 1e-4, 1e-4));
}
