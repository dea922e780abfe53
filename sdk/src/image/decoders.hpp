// One decoder per format, and what they share. Not part of the SDK's interface.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "medvlm/core/data.hpp"

namespace medvlm::sdk::decoders {

/// The encoded picture and its name for messages.
struct Input {
  std::string_view bytes;
  const std::string& origin;

  const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(bytes.data()); }
  std::size_t size() const { return bytes.size(); }
};

/// Throws Error(data): "origin: format: reason".
[[noreturn]] void fail(const Input& input, std::string_view format, std::string_view reason);

/// An image of this size with zeroed pixels. Refuses empty and oversized pictures before memory is taken.
Image make_image(const Input& input, std::string_view format, std::uint64_t width, std::uint64_t height);

Image decode_png(const Input& input);
Image decode_jpeg(const Input& input);
Image decode_bmp(const Input& input);
Image decode_tiff(const Input& input);
Image decode_webp(const Input& input);
Image decode_dicom(const Input& input);

/// A JPEG stream of which the surrounding file says more.
struct JpegFrame {
  Image image;
  int components = 0;  ///< as stored; one was expanded to three equal ones
};
/// `rgb` says that three components without a marker of their own are RGB, not luma and chroma.
JpegFrame decode_jpeg_frame(const Input& input, bool rgb);

/// Little-endian numbers; the caller has checked the length.
inline std::uint32_t read_u16(const std::uint8_t* p) { return p[0] | (std::uint32_t{p[1]} << 8); }
inline std::uint32_t read_u32(const std::uint8_t* p) { return read_u16(p) | (read_u16(p + 2) << 16); }

/// Pillow's a * b / 255, rounded.
inline unsigned multiply_255(unsigned a, unsigned b) {
  const unsigned product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/// Pillow's conversion of ink (0: none) to light.
inline void cmyk_to_rgb(unsigned c, unsigned m, unsigned y, unsigned k, std::uint8_t* rgb) {
  const unsigned light = 255 - k;
  rgb[0] = static_cast<std::uint8_t>(light - multiply_255(c, light));
  rgb[1] = static_cast<std::uint8_t>(light - multiply_255(m, light));
  rgb[2] = static_cast<std::uint8_t>(light - multiply_255(y, light));
}

}  // namespace medvlm::sdk::decoders
