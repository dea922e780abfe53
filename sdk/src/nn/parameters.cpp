#include "medvlm/sdk/nn/parameters.hpp"

#include <functional>
#include <numeric>

#include <ATen/ATen.h>

#include "medvlm/base/files.hpp"

namespace medvlm::sdk::nn {

void ParameterList::add(std::string name, std::vector<std::int64_t> shape, at::Tensor& target) {
  parameters_.push_back({std::move(name), std::move(shape), &target});
}

void ParameterList::add_layer(std::string name, AdaptableLayer& layer) {
  layers_.push_back({std::move(name), "", &layer});
}

std::vector<NamedLayer> ParameterList::layers(const std::string& prefix, const std::string& part) const {
  std::vector<NamedLayer> found;
  for (NamedLayer layer : layers_) {
    if (!layer.name.starts_with(prefix)) continue;
    layer.part = part;
    found.push_back(std::move(layer));
  }
  return found;
}

std::int64_t ParameterList::count() const {
  std::int64_t total = 0;
  for (const Parameter& parameter : parameters_) {
    total += std::accumulate(parameter.shape.begin(), parameter.shape.end(), std::int64_t{1}, std::multiplies<>());
  }
  return total;
}

void ParameterList::drop_pages(const std::string& prefix) const {
  for (const Parameter& parameter : parameters_) {
    const at::Tensor& tensor = *parameter.target;
    if (!parameter.name.starts_with(prefix) || !tensor.defined() || !tensor.is_cpu()) continue;
    MappedFile::drop_pages(tensor.const_data_ptr(), tensor.nbytes());
  }
}

}  // namespace medvlm::sdk::nn
