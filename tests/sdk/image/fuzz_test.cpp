// Damaged files end in an error or in a picture of plausible size, and never in a crash.
#include <cstdlib>

#include "medvlm/base/files.hpp"
#include "medvlm/base/random.hpp"
#include "medvlm/sdk/image/decode.hpp"

#include "checks.hpp"

using namespace medvlm;

namespace {

constexpr int kVariants = 300;

std::string damaged(std::string bytes, Splitmix64& random) {
  const std::uint32_t flips = 1 + random.below(8);
  for (std::uint32_t i = 0; i < flips; ++i) {
    // Half of the flips hit the first bytes, where the sizes and tables are.
    const std::size_t range = random.below(2) ? bytes.size() : std::min<std::size_t>(bytes.size(), 200);
    bytes[random.below(static_cast<std::uint32_t>(range))] = static_cast<char>(random.below(256));
  }
  return bytes;
}

/// Decodes variants of one file; returns how many were refused.
int refused_variants(const std::string& name) {
  const char* chosen = std::getenv("MEDVLM_GOLDENS");
  const std::filesystem::path folder = chosen && *chosen ? chosen : MEDVLM_GOLDENS_DEFAULT;
  const std::string good = read_file(folder / "images" / "files" / name);
  Splitmix64 random(derive_seed(20240, name));
  int refused = 0;
  for (int i = 0; i < kVariants; ++i) {
    try {
      const Image image = sdk::decode_image(damaged(good, random), name);
      const auto pixels = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
      CHECK(image.pixels.size() == pixels * 3);
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::data);
      ++refused;
    }
  }
  return refused;
}

}  // namespace

TEST_CASE("damaged JPEG files never crash the decoder") {
  for (const char* name : {"base420.jpg", "progressive.jpg", "cmyk.jpg"}) CHECK(refused_variants(name) > 0);
}

TEST_CASE("damaged PNG files never crash the decoder") {
  for (const char* name : {"palette_trns.png", "gray16_low.png"}) CHECK(refused_variants(name) > 0);
}

TEST_CASE("damaged BMP files never crash the decoder") {
  for (const char* name : {"palette8.bmp", "bilevel.bmp"}) CHECK(refused_variants(name) > 0);
}

TEST_CASE("damaged TIFF files never crash the decoder") {
  for (const char* name : {"rgba_deflate.tiff", "gray_lzw.tiff", "bilevel_g4.tiff"}) {
    CHECK(refused_variants(name) > 0);
  }
}

TEST_CASE("damaged WebP files never crash the decoder") {
  for (const char* name : {"lossy.webp", "lossless_rgba.webp"}) CHECK(refused_variants(name) > 0);
}

TEST_CASE("damaged DICOM files never crash the decoder") {
  for (const char* name : {"mono2_12in16_window.dcm", "implicit_le.dcm", "deflated.dcm", "rle16.dcm", "jpeg_lossless_12.dcm",
                           "jpeg_ls.dcm", "jpeg2000_lossless.dcm", "jpeg_baseline_colour.dcm", "palette.dcm"}) {
    CHECK(refused_variants(name) > 0);
  }
}
