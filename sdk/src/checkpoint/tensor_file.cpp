// Picks the reader for a file of tensors.
#include "medvlm/sdk/checkpoint/tensor_file.hpp"

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/pickle.hpp"
#include "medvlm/sdk/checkpoint/safetensors.hpp"

namespace medvlm::sdk {

TensorFile::~TensorFile() = default;

std::shared_ptr<const TensorFile> TensorFile::open(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  if (ending == ".safetensors") return std::make_shared<const Safetensors>(file);
  if (ending == ".bin" || ending == ".pt" || ending == ".pth") return std::make_shared<const TorchPickle>(file);
  throw Error(ErrorCode::checkpoint, file.string() + ": a weight file ends in .safetensors, .bin, .pt or .pth");
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (const auto size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

}  // namespace medvlm::sdk
