// Decoding of variants that the goldens do not hold, and refusal of what is not a picture.
#include "image_tests.hpp"
#include "medvlm/sdk/image/decode.hpp"

#include <cstdlib>
#include <thread>

#include "made_files.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/hash.hpp"

#include "checks.hpp"

using namespace medvlm;
using Bytes = std::vector<std::uint8_t>;
using test::has;
using test::golden_file;

namespace {

std::string refusal(const std::string& bytes) { return test::decoding_refusal(bytes, "some.file"); }

std::string png_header(std::uint32_t width, std::uint32_t height) {
  const std::string colour("\x08\x02\0\0\0", 5);
  const std::string chunk = std::string("IHDR") + test::big(width, 4) + test::big(height, 4) + colour;
  return std::string("\x89PNG\r\n\x1a\n") + test::big(13, 4) + chunk + test::big(crc32(chunk), 4) + test::big(100, 4) +
         "IDAT";
}

}  // namespace

TEST_CASE("an empty file is refused") { CHECK(has(refusal(""), "the file is empty")); }

TEST_CASE("bytes that are no picture are refused") {
  CHECK(has(refusal("hello, this is text"), "not a picture"));
  CHECK(has(refusal(std::string(4096, '\0')), "not a picture"));
}

TEST_CASE("formats without a decoder are named") {
  CHECK(has(refusal("GIF89a"), "GIF: this format is not supported"));
  CHECK(has(refusal(std::string("\0\0\0\x0cjP  \r\n\x87\n", 12)), "JPEG 2000: this format is not supported"));
}

TEST_CASE("a picture with more pixels than the limit is refused by its header") {
  CHECK(has(refusal(png_header(900000, 900000)), "limit of 2^28"));
  CHECK(has(refusal(test::make_bmp(20000, 20000, 8, 1, std::string(1024, '\0'), "")), "limit of 2^28"));
  CHECK(has(refusal(test::make_tiff(100000, 100000, {{258, {8}}, {262, {1}}}, "abcd")), "limit of 2^28"));
  std::string jpeg("\xff\xd8\xff\xc0\0\x11\x08\xff\xdc\xff\xdc\3\1\x11\0\2\x11\0\3\x11\0", 21);
  jpeg.append("\xff\xda\0\x0c\3\1\0\2\0\3\0\0\x3f\0", 14);
  CHECK(has(refusal(jpeg), "limit of 2^28"));
}

TEST_CASE("a BMP that cannot hold its picture is refused") {
  CHECK(has(refusal(test::make_bmp(10000, 10000, 24, 0, "", std::string(300, 'x'))), "truncated"));
  CHECK(has(refusal(test::make_bmp(0, 5, 24, 0, "", "")), "empty"));
}

TEST_CASE("every cut of a file is an error or a whole picture, never a crash") {
  for (const std::string name : {"low_quality.jpg", "palette_trns.png", "gray8.bmp", "gray_lzw.tiff", "lossy.webp"}) {
    const std::string bytes = read_file(golden_file(name));
    int refused = 0;
    for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 50) {
      refused += refusal(bytes.substr(0, size)) != "no error";
    }
    CAPTURE(name);
    CHECK(refused > 10);
    CHECK(refusal(bytes.substr(0, bytes.size() / 2)) != "no error");
  }
}

TEST_CASE("a JPEG without its end marker is truncated") {
  const std::string bytes = read_file(golden_file("base444.jpg"));
  CHECK(has(refusal(bytes.substr(0, bytes.size() - 2)), "truncated"));
}

TEST_CASE("16-bit BMP is refused, because its pixels would not be Pillow's") {
  CHECK(has(refusal(test::make_bmp(2, 1, 16, 0, "", std::string(4, '\x7f'))), "16 bits"));
}

TEST_CASE("run-length BMP rows are decoded") {
  std::string palette;
  for (int i = 0; i < 256; ++i) palette += test::little(static_cast<std::uint64_t>(i) * 0x010001, 4);
  // Bottom row: three of 7; top row: literally 1, 2, 3 and a byte of padding.
  const std::string runs{"\x03\x07\0\0\0\x03\x01\x02\x03\0\0\x01", 12};
  const Image image = sdk::decode_image(test::make_bmp(3, 2, 8, 1, palette, runs), "x");
  CHECK(image.pixels == Bytes{1, 0, 1, 2, 0, 2, 3, 0, 3, 7, 0, 7, 7, 0, 7, 7, 0, 7});
}

TEST_CASE("a TIFF's orientation tag is obeyed") {
  // 2 x 3 pixels: 1 2 / 3 4 / 5 6
  const std::string pixels{"\1\2\3\4\5\6", 6};
  const std::vector<Bytes> expected{{1, 2, 3, 4, 5, 6}, {2, 1, 4, 3, 6, 5}, {6, 5, 4, 3, 2, 1}, {5, 6, 3, 4, 1, 2},
                                    {1, 3, 5, 2, 4, 6}, {5, 3, 1, 6, 4, 2}, {6, 4, 2, 5, 3, 1}, {2, 4, 6, 1, 3, 5}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    const Image image = sdk::decode_image(test::make_tiff(2, 3, {{258, {8}}, {262, {1}}, {274, {i + 1}}}, pixels), "x");
    CHECK(image.width == (i < 4 ? 2 : 3));
    Bytes gray;
    for (std::size_t p = 0; p < image.pixels.size(); p += 3) gray.push_back(image.pixels[p]);
    CHECK(gray == expected[i]);
  }
}

TEST_CASE("16-bit colour TIFF keeps the high byte, 16-bit gray saturates") {
  const std::string pixels = test::little(0x1234, 2) + test::little(0xfe01, 2) + test::little(0x00ff, 2);
  const Image colour =
      sdk::decode_image(test::make_tiff(1, 1, {{258, {16, 16, 16}}, {262, {2}}, {277, {3}}}, pixels), "x");
  CHECK(colour.pixels == Bytes{0x12, 0xfe, 0x00});
  const Image gray = sdk::decode_image(test::make_tiff(3, 1, {{258, {16}}, {262, {1}}}, pixels), "x");
  CHECK(gray.pixels == Bytes{255, 255, 255, 255, 255, 255, 255, 255, 255});
}

TEST_CASE("planes of a TIFF are put together") {
  const std::vector<test::TiffTag> tags{{258, {8, 8, 8}}, {262, {2}}, {277, {3}}, {284, {2}}};
  const Image image = sdk::decode_image(test::make_tiff(2, 1, tags, "abcdef", 3), "x");
  CHECK(image.pixels == Bytes{'a', 'c', 'e', 'b', 'd', 'f'});
}

TEST_CASE("a TIFF layout without a rule is refused with its description") {
  const std::string file = test::make_tiff(1, 1, {{258, {12, 12, 12}}, {262, {2}}, {277, {3}}}, "abcdef");
  CHECK(has(refusal(file), "3 samples of 12 bits"));
}

TEST_CASE("several threads decode to the same pixels") {
  const std::vector<std::string> names{"base420.jpg", "truncated.jpg", "rgba8.png", "truncated.png", "float32.tiff",
                                       "lossy.webp"};
  const auto decode_all = [&] {
    std::vector<Bytes> results;
    for (const std::string& name : names) {
      try {
        results.push_back(sdk::decode_image_file(golden_file(name)).pixels);
      } catch (const Error&) {
        results.push_back({});
      }
    }
    return results;
  };
  const auto expected = decode_all();
  std::array<int, 4> equal{};
  std::vector<std::thread> threads;
  for (int& count : equal) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) count += decode_all() == expected;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : equal) CHECK(count == 20);
}

TEST_CASE("a file that cannot be read is an io error") {
  try {
    sdk::decode_image_file("/nonexistent/picture.png");
    FAIL_CHECK("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::io);
  }
}
