#include "medvlm/sdk/train/linear_head.hpp"

#include <cmath>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/safetensors.hpp"
#include "medvlm/sdk/checkpoint/safetensors_writer.hpp"

namespace medvlm::sdk::train {

at::Generator seeded_generator(std::uint64_t seed) { return at::make_generator<at::CPUGeneratorImpl>(seed); }

at::Tensor kaiming_uniform(std::int64_t rows, std::int64_t columns, at::Generator generator) {
  // As PyTorch computes it, so that the last bit is the same: gain / sqrt(fan) * sqrt(3).
  const double bound = std::sqrt(3.0) * (std::sqrt(2.0 / 6.0) / std::sqrt(double(columns)));
  return at::empty({rows, columns}, at::kFloat).uniform_(-bound, bound, std::move(generator));
}

LinearHead LinearHead::initial(std::int64_t rows, std::int64_t width, at::Generator generator) {
  LinearHead head;
  head.weight = kaiming_uniform(rows, width, generator);
  const double bound = 1 / std::sqrt(double(width));
  head.bias = at::empty({rows}, at::kFloat).uniform_(-bound, bound, generator);
  return head;
}

LinearHead LinearHead::load(const std::filesystem::path& file) {
  const Safetensors stored(file);
  LinearHead head{stored.tensor("head.weight").clone(), stored.tensor("head.bias").clone()};
  if (head.weight.dim() != 2 || head.bias.dim() != 1 || head.weight.size(0) != head.bias.size(0)) {
    throw Error(ErrorCode::checkpoint, file.string() + ": head.weight and head.bias do not fit each other");
  }
  return head;
}

void LinearHead::save(const std::filesystem::path& file) const {
  write_safetensors(file, {{"head.weight", weight}, {"head.bias", bias}});
}

at::Tensor LinearHead::logits(const at::Tensor& features) const {
  return at::linear(features.to(weight.options()), weight, bias);
}

at::Tensor probe_features(const ImageEmbeddings& embeddings) {
  const at::Tensor& features = embeddings.features.defined() ? embeddings.features : embeddings.joint;
  if (features.dim() == 2) return features;
  throw Error(ErrorCode::config, "the model gives several vectors per image and no features for a probe; which of them a " +
                                     std::string("linear head should see is not defined"));
}

}  // namespace medvlm::sdk::train
