// A small pickle machine that knows what state dictionaries need, and executes nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

namespace medvlm::sdk {

/// A tensor as the pickle describes it: a window on a storage, not yet checked against it.
struct PickledTensor {
  at::ScalarType dtype = at::kFloat;
  std::string storage_key;
  std::int64_t storage_numel = 0;
  std::int64_t offset = 0;  ///< in elements
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;  ///< in elements
};

struct NamedTensor {
  std::string name;
  PickledTensor tensor;
};

/// Runs the pickle and returns the dictionary's tensors in their order.
/// Throws Error(checkpoint), beginning with `label`: an operation or function that state dictionaries do not use, a
/// value that is no tensor, or a damaged pickle.
std::vector<NamedTensor> read_state_dict(std::string_view pickle, const std::string& label);

}  // namespace medvlm::sdk
