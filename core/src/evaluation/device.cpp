#include "medvlm/core/device.hpp"

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <c10/util/Exception.h>

#include <new>

namespace medvlm {
namespace {

int cuda_devices() { return at::hasCUDA() ? static_cast<int>(at::detail::getCUDAHooks().deviceCount()) : 0; }

std::string available_devices() {
  std::string text = "available: cpu";
  for (int i = 0; i < cuda_devices(); ++i) text += ", cuda:" + std::to_string(i);
  return text;
}

}  // namespace

c10::Device parse_device(const std::string& name) {
  if (name == "auto") return cuda_devices() > 0 ? c10::Device(c10::kCUDA, 0) : c10::Device(c10::kCPU);
  if (name == "cpu") return c10::Device(c10::kCPU);
  const bool cuda = name == "cuda" || name.starts_with("cuda:");
  const std::string digits = name.size() > 5 ? name.substr(5) : "0";
  if (!cuda || digits.find_first_not_of("0123456789") != std::string::npos || digits.size() > 3) {
    throw Error(ErrorCode::device, "unknown device '" + name + "'; use auto, cpu, cuda or cuda:N (" +
                                       available_devices() + ")");
  }
  const int index = std::stoi(digits);
  if (index >= cuda_devices()) {
    throw Error(ErrorCode::device, "device '" + name + "' is not available here (" + available_devices() +
                                       "); a GPU needs a CUDA build of LibTorch, see docs/start.md");
  }
  return c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(index));
}

std::string dtype_name(c10::ScalarType dtype) {
  switch (dtype) {
    case c10::kFloat: return "float32";
    case c10::kBFloat16: return "bfloat16";
    case c10::kHalf: return "float16";
    default: return c10::toString(dtype);
  }
}

c10::ScalarType parse_dtype(const std::string& name, const ModelInfo& info, c10::Device device) {
  if (info.dtypes.empty()) return c10::kFloat;
  // On a CPU the 16-bit types save memory, not time, unless it has instructions for them: float32 is the safe choice.
  if (name == "auto") {
    for (const auto dtype : info.dtypes) {
      if (device.is_cuda() || dtype == c10::kFloat) return dtype;
    }
    return info.dtypes.front();
  }
  std::string supported;
  for (const auto dtype : info.dtypes) {
    if (dtype_name(dtype) == name) return dtype;
    supported += (supported.empty() ? "" : ", ") + dtype_name(dtype);
  }
  throw Error(ErrorCode::device, "dtype '" + name + "' is not supported by " + info.family + "; it supports " + supported);
}

bool is_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) || dynamic_cast<const std::bad_alloc*>(&error)) return true;
  if (const auto* ours = dynamic_cast<const Error*>(&error)) return ours->code() == ErrorCode::out_of_memory;
  // LibTorch's CPU allocator throws its general error class; its text is the only sign.
  const std::string_view text = error.what();
  return text.find("DefaultCPUAllocator: can't allocate memory") != text.npos ||
         text.find("DefaultCPUAllocator: not enough memory") != text.npos || text.find("out of memory") != text.npos;
}

void release_cached_memory() {
  if (at::getAccelerator(false).has_value() && at::accelerator::deviceCount() > 0) at::accelerator::emptyCache();
}

}  // namespace medvlm
