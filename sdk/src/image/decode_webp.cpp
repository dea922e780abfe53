// WebP through libwebp.
#include <webp/decode.h>

#include "decoders.hpp"

namespace medvlm::sdk::decoders {

Image decode_webp(const Input& input) {
  constexpr std::string_view name = "WebP";
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(input.data(), input.size(), &features) != VP8_STATUS_OK) {
    fail(input, name, "the file is damaged or truncated");
  }
  if (features.has_animation) fail(input, name, "animated pictures are not supported; save the first frame as PNG");
  Image image = make_image(input, name, features.width, features.height);
  const int stride = image.width * 3;
  if (!WebPDecodeRGBInto(input.data(), input.size(), image.pixels.data(), image.pixels.size(), stride)) {
    fail(input, name, "the file is damaged or truncated");
  }
  return image;
}

}  // namespace medvlm::sdk::decoders
