#include "medvlm/sdk/chat/png.hpp"

#include <csetjmp>
#include <cstdio>

#include <png.h>

#include "medvlm/base/error.hpp"
#include "medvlm/base/hash.hpp"

namespace medvlm::sdk::chat {
namespace {

/// Everything that lives while libpng may jump; nothing in the function that calls it needs a destructor.
struct PngWriter {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::string bytes;
  char text[256] = "out of memory";

  PngWriter() = default;
  ~PngWriter() {
    if (png) png_destroy_write_struct(&png, info ? &info : nullptr);
  }
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;
};

void on_png_error(png_structp png, png_const_charp message) {
  auto* writer = static_cast<PngWriter*>(png_get_error_ptr(png));
  std::snprintf(writer->text, sizeof(writer->text), "%s", message);
  png_longjmp(png, 1);
}

void on_png_warning(png_structp, png_const_charp) {}

void append_png_bytes(png_structp png, png_bytep data, std::size_t count) {
  auto* writer = static_cast<PngWriter*>(png_get_io_ptr(png));
  try {
    writer->bytes.append(reinterpret_cast<const char*>(data), count);
    return;
  } catch (...) {  // nothing may be thrown through libpng
  }
  png_error(png, "out of memory");
}

void flush_nothing(png_structp) {}

bool write_png(PngWriter& writer, int width, int height, const std::uint8_t* rgb) {
  if (setjmp(png_jmpbuf(writer.png))) return false;
  png_set_write_fn(writer.png, &writer, append_png_bytes, flush_nothing);
  png_set_IHDR(writer.png, writer.info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), 8,
               PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(writer.png, writer.info);
  for (int y = 0; y < height; ++y) png_write_row(writer.png, rgb + static_cast<std::size_t>(y) * width * 3);
  png_write_end(writer.png, nullptr);
  return true;
}

}  // namespace

std::string encode_png(int width, int height, std::span<const std::uint8_t> rgb) {
  if (width < 1 || height < 1 || rgb.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3) {
    throw Error(ErrorCode::internal, "no picture of " + std::to_string(width) + " x " + std::to_string(height) +
                                         " has " + std::to_string(rgb.size()) + " bytes of RGB");
  }
  PngWriter writer;
  writer.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &writer, on_png_error, on_png_warning);
  if (writer.png) writer.info = png_create_info_struct(writer.png);
  if (!writer.info || !write_png(writer, width, height, rgb.data())) {
    throw Error(ErrorCode::internal, std::string("cannot write a picture as PNG: ") + writer.text);
  }
  return std::move(writer.bytes);
}

std::string pixels_sha256(int width, int height, std::span<const std::uint8_t> rgb) {
  Sha256 hash;
  hash.add_field(std::to_string(width)).add_field(std::to_string(height));
  return hash.add_field({reinterpret_cast<const char*>(rgb.data()), rgb.size()}).hex();
}

}  // namespace medvlm::sdk::chat
