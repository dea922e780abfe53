// From the samples of a TIFF row to RGB by Pillow's rules.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace medvlm::sdk::decoders::tiff {

/// What a pixel consists of.
struct Layout {
  std::uint16_t bits = 1;         ///< per sample
  std::uint16_t samples = 1;      ///< per pixel
  std::uint16_t format = 1;       ///< TIFF's SampleFormat: 1 unsigned, 2 signed, 3 floating point
  std::uint16_t photometric = 0;  ///< TIFF's PhotometricInterpretation
  bool premultiplied = false;     ///< the first extra sample is alpha that colours were multiplied by
  bool has_palette = false;
  std::array<std::array<std::uint8_t, 3>, 256> palette{};

  std::size_t row_bytes(std::size_t width) const { return (width * bits * samples + 7) / 8; }
  /// For messages: "3 samples of 12 bits, format 1, photometric 2".
  std::string describe() const;
};

/// Converts `width` pixels of interleaved samples in the machine's byte order to RGB.
using Convert = void (*)(const Layout& layout, const std::uint8_t* samples, int width, std::uint8_t* rgb);

/// The conversion of a layout; null if there is none.
Convert converter(const Layout& layout);

}  // namespace medvlm::sdk::decoders::tiff
