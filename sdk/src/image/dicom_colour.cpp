// Colour frames to RGB: palettes, triples in either order, and luma with chroma.
#include <algorithm>
#include <array>
#include <cmath>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include "dicom_file.hpp"

namespace medvlm::sdk::decoders::dicom {
namespace {

void render_palette(const File& file, const Frame& frame, std::uint8_t* rgb) {
  DcmItem& item = file.dataset();
  if (item.tagExists(DCM_SegmentedRedPaletteColorLookupTableData)) {
    file.fail("segmented palettes are not supported; convert the picture to PNG");
  }
  const std::array<Lut, 3> palette = {
      read_lut(file, item, DCM_RedPaletteColorLookupTableDescriptor, DCM_RedPaletteColorLookupTableData, "red palette"),
      read_lut(file, item, DCM_GreenPaletteColorLookupTableDescriptor, DCM_GreenPaletteColorLookupTableData,
               "green palette"),
      read_lut(file, item, DCM_BluePaletteColorLookupTableDescriptor, DCM_BluePaletteColorLookupTableData,
               "blue palette")};
  for (std::size_t i = 0; i < frame.header.pixels(); ++i, rgb += 3) {
    const auto index = static_cast<double>(frame.value(i));
    for (std::size_t c = 0; c < 3; ++c) {
      rgb[c] = static_cast<std::uint8_t>(palette[c].at(index) >> (palette[c].bits - 8));
    }
  }
}

std::uint8_t rounded(double value) { return static_cast<std::uint8_t>(std::clamp(std::floor(value + 0.5), 0.0, 255.0)); }

/// Full-range BT.601 (PS3.3, C.7.6.3.1.2).
void put_ybr(double y, double cb, double cr, std::uint8_t* rgb) {
  cb -= 128;
  cr -= 128;
  rgb[0] = rounded(y + 1.402 * cr);
  rgb[1] = rounded(y - 0.344136 * cb - 0.714136 * cr);
  rgb[2] = rounded(y + 1.772 * cb);
}

/// Of deep samples the high byte.
class Triples {
 public:
  explicit Triples(const Frame& frame)
      : frame_(frame), shift_(frame.header.bits_stored > 8 ? frame.header.bits_stored - 8 : 0),
        between_pixels_(frame.header.planar ? 1 : 3), between_samples_(frame.header.planar ? frame.header.pixels() : 1) {}

  std::uint8_t at(std::size_t pixel, std::size_t sample) const {
    return static_cast<std::uint8_t>(frame_.value(pixel * between_pixels_ + sample * between_samples_) >> shift_);
  }

 private:
  const Frame& frame_;
  std::uint32_t shift_;
  std::size_t between_pixels_, between_samples_;
};

void render_triples(const Frame& frame, bool is_ybr, std::uint8_t* rgb) {
  const Triples triples(frame);
  for (std::size_t i = 0; i < frame.header.pixels(); ++i, rgb += 3) {
    const std::uint8_t a = triples.at(i, 0), b = triples.at(i, 1), c = triples.at(i, 2);
    if (is_ybr) {
      put_ybr(a, b, c, rgb);
    } else {
      rgb[0] = a;
      rgb[1] = b;
      rgb[2] = c;
    }
  }
}

/// Uncompressed 4:2:2: the luma of two neighbours, then their chroma.
void render_ybr_422(const File& file, const Frame& frame, std::uint8_t* rgb) {
  if (frame.header.columns % 2 != 0 || frame.header.bits_allocated != 8) {
    file.fail("YBR_FULL_422 needs an even number of columns and 8 bits");
  }
  const std::uint8_t* in = frame.bytes.data();
  for (std::size_t i = 0; i < frame.header.pixels(); i += 2, in += 4, rgb += 6) {
    put_ybr(in[0], in[2], in[3], rgb);
    put_ybr(in[1], in[2], in[3], rgb + 3);
  }
}

}  // namespace

void render_colour(const File& file, const Frame& frame, std::uint8_t* rgb) {
  const Header& header = frame.header;
  if (header.photometric == "PALETTE COLOR" && header.samples == 1) return render_palette(file, frame, rgb);
  const bool is_rgb = header.photometric == "RGB", is_ybr = header.photometric == "YBR_FULL";
  if (header.samples == 3 && header.bits_allocated >= 8 && !header.is_signed) {
    if (is_rgb || is_ybr) return render_triples(frame, is_ybr, rgb);
    if (header.photometric == "YBR_FULL_422") {
      const bool shared = frame.bytes.size() < header.frame_bytes();
      return shared ? render_ybr_422(file, frame, rgb) : render_triples(frame, true, rgb);
    }
  }
  file.fail("pixels of kind '" + header.photometric + "' with " + std::to_string(header.samples) +
            " samples are not supported; convert the picture to PNG");
}

}  // namespace medvlm::sdk::decoders::dicom
