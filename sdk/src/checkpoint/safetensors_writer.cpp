#include "medvlm/sdk/checkpoint/safetensors_writer.hpp"

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "safetensors_dtypes.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::size_t kAlignment = 8;

std::string dtype_name(at::ScalarType dtype, const std::string& tensor) {
  for (const auto& known : kSafetensorsDtypes) {
    if (known.dtype == dtype) return std::string(known.name);
  }
  throw Error(ErrorCode::internal,
              "tensor '" + tensor + "' has a type that safetensors files cannot hold: " + c10::toString(dtype));
}

/// Widest values first, then by name: every tensor is then aligned, as the reference library writes it.
std::vector<std::pair<std::string, at::Tensor>> in_file_order(const WeightMap& tensors) {
  std::vector<std::pair<std::string, at::Tensor>> order;
  for (const auto& [name, tensor] : tensors) order.emplace_back(name, tensor.detach().to(at::kCPU).contiguous());
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a.second.element_size() > b.second.element_size();
  });
  return order;
}

}  // namespace

void write_safetensors(const std::filesystem::path& file, const WeightMap& tensors,
                       const std::map<std::string, std::string>& metadata) {
  const auto order = in_file_order(tensors);
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : order) {
    const std::uint64_t end = offset + tensor.nbytes();
    header[name] = {{"dtype", dtype_name(tensor.scalar_type(), name)},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
  std::string content;
  content.reserve(sizeof(std::uint64_t) + text.size() + offset);
  for (std::size_t i = 0; i < sizeof(std::uint64_t); ++i) content += static_cast<char>(text.size() >> (8 * i) & 0xff);
  content += text;
  for (const auto& [name, tensor] : order) {
    if (tensor.nbytes() > 0) content.append(static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes());
  }
  write_file_atomically(file, content);
}

}  // namespace medvlm::sdk
