#include "medvlm/sdk/table/image_file.hpp"

#include "medvlm/base/files.hpp"
#include "medvlm/sdk/image/decode.hpp"

namespace medvlm::sdk {
namespace {

EncodedImage read_existing(const std::filesystem::path& file) {
  EncodedImage encoded{kFileDecoder, read_file(file), file.string()};
  if (encoded.bytes.empty()) throw Error(ErrorCode::data, file.string() + ": the image file is empty");
  return encoded;
}

bool is_file(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(file, ignored);
}

}  // namespace

EncodedImage read_image_file(const std::filesystem::path& file) { return read_image_file(std::span(&file, 1)); }

EncodedImage read_image_file(std::span<const std::filesystem::path> candidates) {
  for (const auto& file : candidates) {
    if (is_file(file)) return read_existing(file);
  }
  std::string places;
  for (const auto& file : candidates) places += (places.empty() ? "" : ", ") + file.string();
  throw Error(ErrorCode::data, places + ": the image file does not exist; check that all image archives are unpacked");
}

Image decode_stored_image(const EncodedImage& encoded) {
  if (encoded.decoder != kFileDecoder) {
    throw Error(ErrorCode::data, encoded.origin + ": made for decoder '" + encoded.decoder + "', not for image files");
  }
  return decode_image(encoded.bytes, encoded.origin);
}

}  // namespace medvlm::sdk
