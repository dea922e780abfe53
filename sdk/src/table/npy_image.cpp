#include "medvlm/sdk/table/npy_image.hpp"

#include "../image/pixel_limit.hpp"

namespace medvlm::sdk {
namespace {

/// Throws unless the array is an image.
void check_array(const NpyArray& array, const std::string& origin) {
  const auto& shape = array.shape();
  const bool gray = shape.size() == 2;
  const bool colour = shape.size() == 3 && shape[2] == 3;
  if (array.kind() != NpyKind::unsigned_integer || array.item_bytes() != 1 || !(gray || colour)) {
    throw Error(ErrorCode::data, origin + ": is a " + array.description() +
                                     "; an image is uint8 of shape (height, width) or (height, width, 3)");
  }
  const auto height = static_cast<std::uint64_t>(shape[0]), width = static_cast<std::uint64_t>(shape[1]);
  if (height < 1 || width < 1 || height > kMaxSide || width > kMaxSide || height * width > kMaxPixels) {
    throw Error(ErrorCode::data, origin + ": is a " + array.description() + ", which is no sensible size of an image");
  }
}

/// A .npy file of version 1; numpy pads the header so that the elements are aligned to 64 bytes.
std::string npy_file_of(const std::vector<std::int64_t>& shape, std::string_view elements) {
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (";
  for (std::size_t i = 0; i < shape.size(); ++i) header += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  header += "), }";
  constexpr std::size_t kBefore = 10;
  header.append(63 - (kBefore + header.size()) % 64, ' ');
  header += '\n';
  std::string file = "\x93NUMPY\x01";
  file += '\0';
  file += static_cast<char>(header.size() & 0xff);
  file += static_cast<char>(header.size() >> 8);
  return file.append(header).append(elements);
}

}  // namespace

Image image_of_array(const NpyArray& array, const std::string& origin) {
  check_array(array, origin);
  const int height = static_cast<int>(array.shape()[0]), width = static_cast<int>(array.shape()[1]);
  if (array.shape().size() == 2) return image_of_gray(width, height, array.bytes());
  return {width, height, array.bytes()};
}

Image image_of_gray(int width, int height, const std::vector<std::uint8_t>& gray) {
  if (gray.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {
    throw Error(ErrorCode::internal, "image_of_gray: " + std::to_string(gray.size()) + " pixels for " +
                                         std::to_string(width) + " x " + std::to_string(height));
  }
  Image image{width, height, std::vector<std::uint8_t>(gray.size() * 3)};
  for (std::size_t i = 0; i < gray.size(); ++i) {
    for (std::size_t channel = 0; channel < 3; ++channel) image.pixels[i * 3 + channel] = gray[i];
  }
  return image;
}

EncodedImage encode_npy_image(const NpyArray& array, const std::string& origin) {
  check_array(array, origin);
  const auto values = array.bytes();
  const std::string_view elements(reinterpret_cast<const char*>(values.data()), values.size());
  return {kNpyDecoder, npy_file_of(array.shape(), elements), origin};
}

Image decode_npy_image(const EncodedImage& encoded) {
  if (encoded.decoder != kNpyDecoder) {
    throw Error(ErrorCode::data, encoded.origin + ": made for decoder '" + encoded.decoder + "', not for arrays");
  }
  // No owner: the array does not outlive the bytes.
  return image_of_array(NpyArray(nullptr, encoded.bytes, encoded.origin), encoded.origin);
}

}  // namespace medvlm::sdk
