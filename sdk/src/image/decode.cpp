// Tells picture formats apart by their first bytes and hands over to their decoders.
#include "medvlm/sdk/image/decode.hpp"

#include "decoders.hpp"
#include "medvlm/base/files.hpp"
#include "pixel_limit.hpp"

namespace medvlm::sdk {
namespace decoders {

void fail(const Input& input, std::string_view format, std::string_view reason) {
  std::string message = input.origin + ": ";
  if (!format.empty()) message.append(format).append(": ");
  throw Error(ErrorCode::data, message.append(reason));
}

Image make_image(const Input& input, std::string_view format, std::uint64_t width, std::uint64_t height) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height) + " pixels";
  if (width == 0 || height == 0) fail(input, format, "the picture is empty: " + size);
  if (width > kMaxSide || height > kMaxSide || width * height > kMaxPixels) {
    fail(input, format, size + " exceed the limit of 2^28 pixels and sides of 1000000");
  }
  Image image;
  image.width = static_cast<int>(width);
  image.height = static_cast<int>(height);
  image.pixels.resize(width * height * 3);
  return image;
}

}  // namespace decoders

namespace {

using std::string_view_literals::operator""sv;

struct Format {
  std::string_view magic;
  std::size_t offset;
  Image (*decode)(const decoders::Input&);  ///< null: known, but without decoder
  std::string_view name;
};

constexpr Format kFormats[] = {
    {"\xff\xd8\xff"sv, 0, decoders::decode_jpeg, "JPEG"},
    {"\x89PNG\r\n\x1a\n"sv, 0, decoders::decode_png, "PNG"},
    {"BM"sv, 0, decoders::decode_bmp, "BMP"},
    {"II*\0"sv, 0, decoders::decode_tiff, "TIFF"},
    {"MM\0*"sv, 0, decoders::decode_tiff, "TIFF"},
    {"II+\0"sv, 0, decoders::decode_tiff, "TIFF"},
    {"MM\0+"sv, 0, decoders::decode_tiff, "TIFF"},
    {"WEBP"sv, 8, decoders::decode_webp, "WebP"},
    {"GIF8"sv, 0, nullptr, "GIF"},
    {"DICM"sv, 128, decoders::decode_dicom, "DICOM"},
    {"\0\0\0\x0cjP  \r\n\x87\n"sv, 0, nullptr, "JPEG 2000"},
};

bool matches(const Format& format, std::string_view bytes) {
  return bytes.size() >= format.offset && bytes.substr(format.offset).starts_with(format.magic);
}

}  // namespace

Image decode_image(std::string_view bytes, const std::string& origin) {
  const decoders::Input input{bytes, origin};
  if (bytes.empty()) decoders::fail(input, "", "the file is empty");
  for (const Format& format : kFormats) {
    if (!matches(format, bytes)) continue;
    if (format.decode) return format.decode(input);
    decoders::fail(input, format.name, "this format is not supported; convert the picture to PNG");
  }
  decoders::fail(input, "", "not a picture that can be decoded (PNG, JPEG, BMP, TIFF, WebP and DICOM are supported)");
}

Image decode_image_file(const std::filesystem::path& file) { return decode_image(read_file(file), file.string()); }

}  // namespace medvlm::sdk
