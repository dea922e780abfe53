// TIFF through libtiff: samples are read as stored and converted by Pillow's rules, row by row.
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>

#include <tiffio.h>

#include "decoders.hpp"
#include "tiff_samples.hpp"

namespace medvlm::sdk::decoders {
namespace {

constexpr std::string_view kName = "TIFF";
constexpr std::size_t kMaxRowBytes = std::size_t{1} << 28;

/// What libtiff's callbacks see. Handlers per file keep libtiff quiet and other threads out.
struct Stream {
  const Input& input;
  std::uint64_t position = 0;
  char text[512] = "damaged";
};

tmsize_t read_stream(thandle_t handle, void* to, tmsize_t count) {
  auto* stream = static_cast<Stream*>(handle);
  if (count <= 0 || stream->position >= stream->input.size()) return 0;
  const std::uint64_t left = stream->input.size() - stream->position;
  const std::uint64_t bytes = std::min<std::uint64_t>(left, static_cast<std::uint64_t>(count));
  std::memcpy(to, stream->input.data() + stream->position, bytes);
  stream->position += bytes;
  return static_cast<tmsize_t>(bytes);
}

tmsize_t write_stream(thandle_t, void*, tmsize_t) { return 0; }

toff_t seek_stream(thandle_t handle, toff_t offset, int whence) {
  auto* stream = static_cast<Stream*>(handle);
  if (whence == SEEK_CUR) offset += stream->position;
  if (whence == SEEK_END) offset += stream->input.size();
  return stream->position = offset;
}

int close_stream(thandle_t) { return 0; }
toff_t stream_size(thandle_t handle) { return static_cast<Stream*>(handle)->input.size(); }

int on_error(TIFF*, void* user, const char*, const char* format, std::va_list arguments) {
  auto* stream = static_cast<Stream*>(user);
  std::vsnprintf(stream->text, sizeof(stream->text), format, arguments);
  return 1;
}

int on_warning(TIFF*, void*, const char*, const char*, std::va_list) { return 1; }

using File = std::unique_ptr<TIFF, void (*)(TIFF*)>;

File open(Stream& stream) {
  TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, &stream);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, &stream);
  // "m": no memory mapping; the bytes are in memory already.
  TIFF* file = TIFFClientOpenExt(stream.input.origin.c_str(), "rm", &stream, read_stream, write_stream, seek_stream,
                                 close_stream, stream_size, nullptr, nullptr, options);
  TIFFOpenOptionsFree(options);
  return File(file, TIFFClose);
}

std::uint16_t field(TIFF* file, std::uint32_t tag, std::uint16_t otherwise) {
  std::uint16_t value = otherwise;
  return TIFFGetFieldDefaulted(file, tag, &value) ? value : otherwise;
}

void read_palette(TIFF* file, tiff::Layout& layout) {
  std::uint16_t* planes[3] = {};
  if (layout.bits > 8 || !TIFFGetField(file, TIFFTAG_COLORMAP, &planes[0], &planes[1], &planes[2])) return;
  for (std::size_t i = 0; i < (std::size_t{1} << layout.bits); ++i) {
    for (std::size_t c = 0; c < 3; ++c) layout.palette[i][c] = static_cast<std::uint8_t>(planes[c][i] / 256);
  }
  layout.has_palette = true;
}

tiff::Layout read_layout(TIFF* file) {
  tiff::Layout layout;
  layout.bits = field(file, TIFFTAG_BITSPERSAMPLE, 1);
  layout.samples = field(file, TIFFTAG_SAMPLESPERPIXEL, 1);
  layout.format = field(file, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  // Without the tag libtiff has no default; Pillow takes white as zero.
  layout.photometric = field(file, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
  std::uint16_t count = 0;
  std::uint16_t* kinds = nullptr;
  if (TIFFGetField(file, TIFFTAG_EXTRASAMPLES, &count, &kinds) && count > 0) {
    layout.premultiplied = kinds[0] == EXTRASAMPLE_ASSOCALPHA;
  }
  if (layout.photometric == PHOTOMETRIC_PALETTE) read_palette(file, layout);
  return layout;
}

/// Reads whole rows of samples, whether the file keeps strips, tiles or planes.
class RowReader {
 public:
  RowReader(Stream& stream, TIFF* file, const tiff::Layout& layout, const Image& image)
      : stream_(stream), file_(file), width_(image.width), height_(image.height), tiled_(TIFFIsTiled(file)),
        planes_(field(file, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == PLANARCONFIG_SEPARATE ? layout.samples : 1),
        sample_bytes_(layout.bits / 8) {
    if (planes_ > 1 && sample_bytes_ == 0) fail(stream.input, kName, "planes of less than 8 bits are not supported");
    row_bytes_ = layout.row_bytes(static_cast<std::size_t>(width_));
    plane_row_bytes_ = row_bytes_ / planes_;
    if (tiled_) {
      TIFFGetField(file, TIFFTAG_TILEWIDTH, &tile_width_);
      TIFFGetField(file, TIFFTAG_TILELENGTH, &tile_height_);
    } else {
      tile_height_ = 1;
    }
    const std::uint64_t unit = tiled_ ? TIFFTileSize64(file) : TIFFScanlineSize64(file);
    if (unit == 0 || unit > kMaxRowBytes || row_bytes_ > kMaxRowBytes / std::max(1u, tile_height_)) {
      fail(stream.input, kName, "rows or tiles of this size are not supported");
    }
    if (!tiled_ && unit < plane_row_bytes_) fail(stream.input, kName, "rows are shorter than the picture is wide");
    unit_.resize(unit);
    rows_.resize(row_bytes_ * tile_height_);
    plane_rows_.resize(planes_ > 1 ? plane_row_bytes_ * tile_height_ : 0);
  }

  /// Calls use(y, samples of row y) for every row of the picture.
  template <class Use>
  void each_row(const Use& use) {
    for (int top = 0; top < height_; top += static_cast<int>(tile_height_)) {
      const int rows = std::min(static_cast<int>(tile_height_), height_ - top);
      for (std::uint16_t plane = 0; plane < planes_; ++plane) {
        std::uint8_t* to = planes_ > 1 ? plane_rows_.data() : rows_.data();
        tiled_ ? read_tiles(top, rows, plane, to) : read_line(top, plane, to);
        if (planes_ > 1) interleave(rows, plane);
      }
      for (int y = 0; y < rows; ++y) use(top + y, rows_.data() + y * row_bytes_);
    }
  }

 private:
  void read_line(int y, std::uint16_t plane, std::uint8_t* to) {
    if (TIFFReadScanline(file_, unit_.data(), static_cast<std::uint32_t>(y), plane) < 0) {
      fail(stream_.input, kName, stream_.text);
    }
    std::memcpy(to, unit_.data(), plane_row_bytes_);
  }

  void read_tiles(int top, int rows, std::uint16_t plane, std::uint8_t* to) {
    const std::size_t tile_row = static_cast<std::size_t>(TIFFTileRowSize64(file_));
    std::size_t start = 0;
    for (std::uint32_t x = 0; x < static_cast<std::uint32_t>(width_); x += tile_width_, start += tile_row) {
      if (TIFFReadTile(file_, unit_.data(), x, static_cast<std::uint32_t>(top), 0, plane) < 0) {
        fail(stream_.input, kName, stream_.text);
      }
      if (start >= plane_row_bytes_) break;
      const std::size_t bytes = std::min(tile_row, plane_row_bytes_ - start);
      for (int y = 0; y < rows; ++y) {
        std::memcpy(to + y * plane_row_bytes_ + start, unit_.data() + y * tile_row, bytes);
      }
    }
  }

  void interleave(int rows, std::uint16_t plane) {
    const std::size_t pixels = static_cast<std::size_t>(rows) * static_cast<std::size_t>(width_);
    for (std::size_t i = 0; i < pixels; ++i) {
      std::memcpy(rows_.data() + (i * planes_ + plane) * sample_bytes_, plane_rows_.data() + i * sample_bytes_,
                  sample_bytes_);
    }
  }

  Stream& stream_;
  TIFF* file_;
  int width_;
  int height_;
  bool tiled_;
  std::uint16_t planes_;
  std::size_t sample_bytes_;
  std::size_t row_bytes_ = 0;
  std::size_t plane_row_bytes_ = 0;
  std::uint32_t tile_width_ = 0;
  std::uint32_t tile_height_ = 0;
  std::vector<std::uint8_t> unit_;        ///< one line or tile, as libtiff hands it out
  std::vector<std::uint8_t> rows_;        ///< interleaved samples of one line or row of tiles
  std::vector<std::uint8_t> plane_rows_;  ///< the same of one plane
};

/// Compressed YCbCr other than JPEG: libtiff's own conversion, as in Pillow (which reads uncompressed YCbCr otherwise).
void read_by_libtiff(Stream& stream, TIFF* file, Image& image) {
  std::vector<std::uint32_t> raster(static_cast<std::size_t>(image.width) * image.height);
  if (!TIFFReadRGBAImageOriented(file, static_cast<std::uint32_t>(image.width),
                                 static_cast<std::uint32_t>(image.height), raster.data(), ORIENTATION_TOPLEFT, 1)) {
    fail(stream.input, kName, stream.text);
  }
  std::uint8_t* rgb = image.pixels.data();
  for (const std::uint32_t pixel : raster) {
    *rgb++ = static_cast<std::uint8_t>(TIFFGetR(pixel));
    *rgb++ = static_cast<std::uint8_t>(TIFFGetG(pixel));
    *rgb++ = static_cast<std::uint8_t>(TIFFGetB(pixel));
  }
}

/// Turns and mirrors as the orientation tag says (Pillow obeys it in TIFF files only).
Image orient(Image image, std::uint16_t orientation) {
  if (orientation <= ORIENTATION_TOPLEFT || orientation > ORIENTATION_LEFTBOT) return image;
  const bool swapped = orientation >= ORIENTATION_LEFTTOP;
  // Where the target's first pixel lies in the source, and the direction of its rows and columns.
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image out;
  out.width = swapped ? image.height : image.width;
  out.height = swapped ? image.width : image.height;
  out.pixels.resize(image.pixels.size());
  std::uint8_t* to = out.pixels.data();
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x, to += 3) {
      const int column = swapped ? y : x;
      const int row = swapped ? x : y;
      const std::size_t from_x = from_right ? image.width - 1 - column : column;
      const std::size_t from_y = from_bottom ? image.height - 1 - row : row;
      std::memcpy(to, image.pixels.data() + (from_y * image.width + from_x) * 3, 3);
    }
  }
  return out;
}

}  // namespace

Image decode_tiff(const Input& input) {
  Stream stream{input};
  const File file = open(stream);
  if (!file) fail(input, kName, stream.text);
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  TIFFGetField(file.get(), TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(file.get(), TIFFTAG_IMAGELENGTH, &height);
  Image image = make_image(input, kName, width, height);
  const std::uint16_t compression = field(file.get(), TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  tiff::Layout layout = read_layout(file.get());
  if (layout.photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG) {
    TIFFSetField(file.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    layout.photometric = PHOTOMETRIC_RGB;
  }
  if (layout.photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_NONE) {
    fail(input, kName, "uncompressed YCbCr is not supported; convert the picture to PNG");
  }
  if (layout.photometric == PHOTOMETRIC_YCBCR) {
    read_by_libtiff(stream, file.get(), image);
  } else {
    const tiff::Convert convert = tiff::converter(layout);
    if (!convert) fail(input, kName, layout.describe() + " are not supported; convert the picture to PNG");
    RowReader(stream, file.get(), layout, image).each_row([&](int y, const std::uint8_t* samples) {
      convert(layout, samples, image.width, image.pixels.data() + static_cast<std::size_t>(y) * image.width * 3);
    });
  }
  return orient(std::move(image), field(file.get(), TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT));
}

}  // namespace medvlm::sdk::decoders
