// PNG through libpng.
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <png.h>

#include "decoders.hpp"

namespace medvlm::sdk::decoders {
namespace {

constexpr std::string_view kName = "PNG";

/// Everything that lives while libpng may jump; nothing in the functions that call it needs a destructor.
struct Decoder {
  png_structp png = nullptr;
  png_infop info = nullptr;
  const Input& input;
  std::size_t position = 0;
  char text[256] = "damaged";
  Image image;
  std::vector<std::uint8_t> deep;  ///< the whole picture in 16-bit gray; empty for everything else
  int passes = 1;

  explicit Decoder(const Input& encoded) : input(encoded) {}
  ~Decoder() {
    if (png) png_destroy_read_struct(&png, info ? &info : nullptr, nullptr);
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool is_deep_gray() const {
    return png_get_color_type(png, info) == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) == 16;
  }
};

void on_error(png_structp png, png_const_charp message) {
  auto* decoder = static_cast<Decoder*>(png_get_error_ptr(png));
  std::snprintf(decoder->text, sizeof(decoder->text), "%s", message);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void read_bytes(png_structp png, png_bytep to, std::size_t count) {
  auto* decoder = static_cast<Decoder*>(png_get_io_ptr(png));
  if (count > decoder->input.size() - decoder->position) png_error(png, "the file is truncated");
  std::memcpy(to, decoder->input.data() + decoder->position, count);
  decoder->position += count;
}

bool read_header(Decoder& decoder) {
  if (setjmp(png_jmpbuf(decoder.png))) return false;
  png_set_read_fn(decoder.png, &decoder, read_bytes);
  png_read_info(decoder.png, decoder.info);
  return true;
}

/// Everything becomes 8-bit RGB without alpha, but deep gray, which saturates later.
bool set_transforms(Decoder& decoder) {
  if (setjmp(png_jmpbuf(decoder.png))) return false;
  if (!decoder.is_deep_gray()) {
    png_set_expand(decoder.png);
    png_set_strip_16(decoder.png);
    png_set_strip_alpha(decoder.png);
    png_set_gray_to_rgb(decoder.png);
  }
  decoder.passes = png_set_interlace_handling(decoder.png);
  png_read_update_info(decoder.png, decoder.info);
  return true;
}

bool read_rows(Decoder& decoder, std::uint8_t* rows, std::size_t row_bytes) {
  if (setjmp(png_jmpbuf(decoder.png))) return false;
  for (int pass = 0; pass < decoder.passes; ++pass) {
    for (int y = 0; y < decoder.image.height; ++y) png_read_row(decoder.png, rows + y * row_bytes, nullptr);
  }
  return true;
}

/// Pillow's convert("RGB") of 16-bit gray: values above 255 become 255. PNG stores the high byte first.
void saturate(Decoder& decoder) {
  std::uint8_t* rgb = decoder.image.pixels.data();
  for (std::size_t i = 0; i < decoder.deep.size(); i += 2, rgb += 3) {
    rgb[0] = rgb[1] = rgb[2] = decoder.deep[i] ? 255 : decoder.deep[i + 1];
  }
}

}  // namespace

Image decode_png(const Input& input) {
  Decoder decoder(input);
  decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, on_error, on_warning);
  if (decoder.png) decoder.info = png_create_info_struct(decoder.png);
  if (!decoder.info) throw Error(ErrorCode::out_of_memory, input.origin + ": no memory for the PNG decoder");
  if (!read_header(decoder)) fail(input, kName, decoder.text);
  const bool deep = decoder.is_deep_gray();
  decoder.image = make_image(input, kName, png_get_image_width(decoder.png, decoder.info),
                             png_get_image_height(decoder.png, decoder.info));
  if (!set_transforms(decoder)) fail(input, kName, decoder.text);
  const std::size_t row_bytes = static_cast<std::size_t>(decoder.image.width) * (deep ? 2 : 3);
  if (png_get_rowbytes(decoder.png, decoder.info) != row_bytes) fail(input, kName, "unexpected pixel layout");
  if (deep) decoder.deep.resize(row_bytes * decoder.image.height);
  std::uint8_t* rows = deep ? decoder.deep.data() : decoder.image.pixels.data();
  if (!read_rows(decoder, rows, row_bytes)) fail(input, kName, decoder.text);
  if (deep) saturate(decoder);
  return std::move(decoder.image);
}

}  // namespace medvlm::sdk::decoders
