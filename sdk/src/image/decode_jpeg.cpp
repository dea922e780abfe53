// JPEG through libjpeg-turbo, the library that Pillow uses.
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <jpeglib.h>
#include <jerror.h>

#include "decoders.hpp"

namespace medvlm::sdk::decoders {
namespace {

constexpr std::string_view kName = "JPEG";

/// libjpeg reports errors by a call that must not return; it jumps back to decode_body().
struct ErrorManager {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  char text[JMSG_LENGTH_MAX];
};

void on_error(j_common_ptr info) {
  auto* manager = reinterpret_cast<ErrorManager*>(info->err);
  manager->base.format_message(info, manager->text);
  std::longjmp(manager->jump, 1);
}

void on_message(j_common_ptr, int) {}  // warnings of damaged data: Pillow passes them over, too
void on_output(j_common_ptr) {}

void start_source(j_decompress_ptr) {}
void end_source(j_decompress_ptr) {}

/// All bytes were given at the start: whoever wants more holds a cut file.
boolean want_more(j_decompress_ptr info) {
  auto* manager = reinterpret_cast<ErrorManager*>(info->err);
  std::snprintf(manager->text, sizeof(manager->text), "the file is truncated");
  std::longjmp(manager->jump, 1);
}

void skip_bytes(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  if (static_cast<std::size_t>(count) > info->src->bytes_in_buffer) want_more(info);
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= static_cast<std::size_t>(count);
}

/// Everything that lives while libjpeg may jump; nothing in decode_body() needs a destructor.
struct Decoder {
  jpeg_decompress_struct info{};
  ErrorManager errors{};
  jpeg_source_mgr source{};
  Image image;
  std::vector<std::uint8_t> scanline;  ///< for gray and CMYK
  const Input& input;

  explicit Decoder(const Input& encoded) : input(encoded) {
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = on_error;
    errors.base.emit_message = on_message;
    errors.base.output_message = on_output;
    source.init_source = start_source;
    source.fill_input_buffer = want_more;
    source.skip_input_data = skip_bytes;
    source.resync_to_restart = jpeg_resync_to_restart;
    source.term_source = end_source;
    source.next_input_byte = encoded.data();
    source.bytes_in_buffer = encoded.size();
  }
  ~Decoder() { jpeg_destroy_decompress(&info); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
};

bool read_header(Decoder& decoder) {
  if (setjmp(decoder.errors.jump)) return false;
  jpeg_create_decompress(&decoder.info);
  decoder.info.src = &decoder.source;
  jpeg_read_header(&decoder.info, TRUE);
  return true;
}

void expand_gray(const std::uint8_t* gray, int width, std::uint8_t* rgb) {
  for (int x = 0; x < width; ++x, rgb += 3) rgb[0] = rgb[1] = rgb[2] = gray[x];
}

/// Four-component files follow Adobe and store light, not ink.
void expand_cmyk(const std::uint8_t* stored, int width, std::uint8_t* rgb) {
  for (int x = 0; x < width; ++x, rgb += 3, stored += 4) {
    cmyk_to_rgb(255 - stored[0], 255 - stored[1], 255 - stored[2], 255 - stored[3], rgb);
  }
}

bool read_rows(Decoder& decoder) {
  if (setjmp(decoder.errors.jump)) return false;
  jpeg_decompress_struct& info = decoder.info;
  jpeg_start_decompress(&info);
  const std::size_t row_bytes = static_cast<std::size_t>(info.output_width) * 3;
  while (info.output_scanline < info.output_height) {
    std::uint8_t* out = decoder.image.pixels.data() + info.output_scanline * row_bytes;
    JSAMPROW row = info.output_components == 3 ? out : decoder.scanline.data();
    jpeg_read_scanlines(&info, &row, 1);
    if (info.output_components == 1) expand_gray(row, decoder.image.width, out);
    if (info.output_components == 4) expand_cmyk(row, decoder.image.width, out);
  }
  jpeg_finish_decompress(&info);
  return true;
}

J_COLOR_SPACE output_space(const Decoder& decoder) {
  switch (decoder.info.num_components) {
    case 1: return JCS_GRAYSCALE;
    case 3: return JCS_RGB;
    case 4: return JCS_CMYK;
    default:
      fail(decoder.input, kName, std::to_string(decoder.info.num_components) + " components are not supported");
  }
}

}  // namespace

JpegFrame decode_jpeg_frame(const Input& input, bool rgb) {
  Decoder decoder(input);
  if (!read_header(decoder)) fail(input, kName, decoder.errors.text);
  const bool marked = decoder.info.saw_JFIF_marker || decoder.info.saw_Adobe_marker;
  if (rgb && !marked && decoder.info.num_components == 3) decoder.info.jpeg_color_space = JCS_RGB;
  decoder.info.out_color_space = output_space(decoder);
  decoder.image = make_image(input, kName, decoder.info.image_width, decoder.info.image_height);
  decoder.scanline.resize(static_cast<std::size_t>(decoder.image.width) * 4);
  if (!read_rows(decoder)) fail(input, kName, decoder.errors.text);
  return {std::move(decoder.image), decoder.info.num_components};
}

Image decode_jpeg(const Input& input) { return decode_jpeg_frame(input, false).image; }

}  // namespace medvlm::sdk::decoders
