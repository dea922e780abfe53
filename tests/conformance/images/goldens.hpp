// The image goldens, read once for all cases.
#pragma once

#include <cstring>

#include "golden_tensors.hpp"
#include "medvlm/core/data.hpp"
#include "medvlm/sdk/image/decode.hpp"

namespace medvlm::test {

struct ImageGoldens {
  std::filesystem::path folder = goldens_folder() / "images";
  nlohmann::json manifest = read_golden_json(folder / "manifest.json");
  nlohmann::json tables = read_golden_json(folder / "tables.json");
  GoldenTensors tensors{folder / "expected.safetensors.gz"};

  Image decode(const std::string& file) const { return sdk::decode_image_file(folder / "files" / file); }
};

inline const ImageGoldens& image_goldens() {
  static const ImageGoldens goldens;
  return goldens;
}

/// The largest difference to a golden uint8 array; 256 if the sizes differ.
inline int max_difference(const std::vector<std::uint8_t>& pixels, std::string_view expected) {
  if (pixels.size() != expected.size()) return 256;
  int most = 0;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    most = std::max(most, std::abs(int{pixels[i]} - int{static_cast<std::uint8_t>(expected[i])}));
  }
  return most;
}

inline bool same_size(const Image& image, const GoldenTensors::Entry& entry) {
  return entry.shape == std::vector<std::int64_t>{image.height, image.width, 3};
}

/// The array for the picture's own pass order, and the key that holds it.
inline std::string key_of_order(const GoldenTensors& tensors, const std::string& key, bool pillow_13) {
  const std::string other = key + "/vertical_first";
  return pillow_13 && tensors.has(other) ? other : key;
}

}  // namespace medvlm::test
