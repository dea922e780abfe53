// BMP, by OpenCV, which gives Pillow's pixels. What OpenCV would accept though it is cut or far too large is refused before.
#include <opencv2/imgcodecs.hpp>

#include "decoders.hpp"

namespace medvlm::sdk::decoders {
namespace {

constexpr std::string_view kName = "BMP";
constexpr std::size_t kSmallestFile = 26;  ///< file header and the oldest picture header

struct Sizes {
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  std::uint64_t bits = 0;
  bool compressed = false;
};

Sizes read_sizes(const Input& input) {
  const std::uint8_t* p = input.data() + 14;
  if (read_u32(p) == 12) return {read_u16(p + 4), read_u16(p + 6), read_u16(p + 10), false};
  if (input.size() < 54) fail(input, kName, "the file is truncated");
  // The height is signed: below zero means that the rows go from top to bottom.
  const std::uint32_t height = read_u32(p + 8);
  const bool top_down = (height >> 31) != 0;
  const std::uint32_t compression = read_u32(p + 16);
  return {read_u32(p + 4), top_down ? (std::uint64_t{1} << 32) - height : height, read_u16(p + 14),
          compression == 1 || compression == 2};
}

}  // namespace

Image decode_bmp(const Input& input) {
  if (input.size() < kSmallestFile) fail(input, kName, "the file is truncated");
  const Sizes sizes = read_sizes(input);
  // OpenCV spreads 5 and 6 bits over 0..248, Pillow over 0..255: better no pixels than other ones.
  if (sizes.bits == 16) fail(input, kName, "16 bits a pixel are not supported; convert the picture to PNG");
  Image image = make_image(input, kName, sizes.width, sizes.height);
  const std::uint64_t row = (sizes.width * sizes.bits + 31) / 32 * 4;
  const std::uint64_t start = read_u32(input.data() + 10);
  if (!sizes.compressed && start + row * sizes.height > input.size()) fail(input, kName, "the file is truncated");
  cv::Mat decoded;
  try {
    const cv::Mat bytes(1, static_cast<int>(input.size()), CV_8UC1, const_cast<std::uint8_t*>(input.data()));
    decoded = cv::imdecode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception&) {
    decoded.release();
  }
  if (decoded.cols != image.width || decoded.rows != image.height) fail(input, kName, "the file is damaged or of a kind that is not supported; convert it to PNG");
  std::uint8_t* out = image.pixels.data();
  for (int y = 0; y < image.height; ++y) {
    const std::uint8_t* in = decoded.ptr(y);
    for (int x = 0; x < image.width; ++x, in += 3, out += 3) {
      out[0] = in[2];
      out[1] = in[1];
      out[2] = in[0];
    }
  }
  return image;
}

}  // namespace medvlm::sdk::decoders
