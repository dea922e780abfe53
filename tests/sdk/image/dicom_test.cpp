// DICOM variants that the goldens do not hold; expected values by hand from PS3.3 and PS3.5.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "image_tests.hpp"
#include "made_dicom.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/image/decode.hpp"
#include "temporary_folder.hpp"

#include "checks.hpp"

using namespace medvlm;
using test::dicom_element;
using test::dicom_item;
using test::DicomFile;
using test::words;
using Bytes = std::vector<std::uint8_t>;
using test::has;
using test::golden_file;

namespace {

std::string dicom_refusal(const std::string& bytes) { return test::decoding_refusal(bytes, "some.dcm", "DICOM: "); }

Bytes rgb_of(const std::string& bytes) { return sdk::decode_image(bytes, "x").pixels; }

/// One channel of a gray picture.
Bytes gray_of(const DicomFile& file) {
  const Bytes rgb = rgb_of(file.bytes());
  Bytes gray;
  for (std::size_t i = 0; i < rgb.size(); i += 3) {
    CHECK(rgb[i] == rgb[i + 1]);
    CHECK(rgb[i] == rgb[i + 2]);
    gray.push_back(rgb[i]);
  }
  return gray;
}

/// Five pixels of 16 bits with values 0, 1, 2, 3, 4.
DicomFile small() { return DicomFile(5, 1, 16, 16).pixels(words({0, 1, 2, 3, 4})); }

std::string lut(const std::vector<int>& descriptor, const std::vector<int>& data) {
  return dicom_item(dicom_element(0x00283002, "US", words(descriptor)) + dicom_element(0x00283006, "OW", words(data)));
}

}  // namespace

TEST_CASE("without a window the values' range becomes 0 to 255") {
  CHECK(gray_of(small()) == Bytes{0, 64, 128, 191, 255});
  CHECK(gray_of(DicomFile(2, 1, 16, 16).pixels(words({7, 7}))) == Bytes{0, 0});
}

TEST_CASE("a window without width is no window") {
  CHECK(gray_of(small().window("2", "0")) == gray_of(small()));
  CHECK(gray_of(small().window("", "")) == gray_of(small()));
}

TEST_CASE("the first of several windows counts") {
  CHECK(gray_of(small().window("2.5\\100", "3\\200")) == Bytes{0, 0, 128, 255, 255});
}

TEST_CASE("a VOI table comes before a window, and the modality's slope before both") {
  const std::string table = lut({4, 2, 8}, {10, 20, 30, 40});
  DicomFile file = small().window("2", "4").set(0x00283010, "SQ", table);
  CHECK(gray_of(file) == Bytes{10, 10, 10, 20, 30});
  file.set(0x00281053, "DS", "2").set(0x00281052, "DS", "-2");
  CHECK(gray_of(file) == Bytes{10, 10, 10, 30, 40});
}

TEST_CASE("two entries of a table of bytes may share a word") {
  const std::string table = lut({5, 0, 8}, {1 | 2 << 8, 3 | 4 << 8, 5});
  CHECK(gray_of(small().set(0x00283010, "SQ", table)) == Bytes{1, 2, 3, 4, 5});
}

TEST_CASE("a modality table replaces the slope") {
  const std::string table = lut({5, 0, 16}, {100, 200, 300, 400, 1100});
  CHECK(gray_of(small().set(0x00283000, "SQ", table)) == Bytes{0, 26, 51, 77, 255});
}

TEST_CASE("a table's first value is signed where the pixels are") {
  const std::string table = lut({4, 0xfffe, 8}, {10, 20, 30, 40});
  DicomFile file = DicomFile(4, 1, 16, 16).number(0x00280103, 1).pixels(words({0xfffe, 0xffff, 0, 1}));
  CHECK(gray_of(file.set(0x00283010, "SQ", table)) == Bytes{10, 20, 30, 40});
}

TEST_CASE("a table with fewer entries than it says is refused") {
  CHECK(has(dicom_refusal(small().set(0x00283010, "SQ", lut({9, 0, 16}, {1, 2})).bytes()), "has 2 entries"));
  CHECK(has(dicom_refusal(small().set(0x00283010, "SQ", lut({2, 0, 40}, {1, 2})).bytes()), "40 bits"));
}

TEST_CASE("MONOCHROME1 is inverted after the window") {
  CHECK(gray_of(small().photometric("MONOCHROME1", 1)) == Bytes{255, 191, 127, 64, 0});
}

TEST_CASE("bits above the stored ones do not count, and a high bit elsewhere shifts") {
  const DicomFile overlay = DicomFile(3, 1, 16, 12).window("128.5", "256").pixels(words({0xf000, 0x8080, 0x10ff}));
  CHECK(gray_of(overlay) == Bytes{0, 128, 255});
  const DicomFile shifted = DicomFile(3, 1, 16, 12).number(0x00280102, 15).pixels(words({0x0000, 0x8000, 0xffff}));
  CHECK(gray_of(shifted) == Bytes{0, 128, 255});
}

TEST_CASE("one bit and 32 bits per pixel are read") {
  const DicomFile bits = DicomFile(5, 2, 1, 1).pixels(std::string("\x15\x01", 2), "OB");
  CHECK(gray_of(bits) == Bytes{255, 0, 255, 0, 255, 0, 0, 0, 255, 0});
  const std::string values = test::little(0, 4) + test::little(1u << 31, 4) + test::little(0xffffffff, 4);
  const DicomFile deep = DicomFile(3, 1, 32, 32).pixels(values);
  CHECK(gray_of(deep) == Bytes{0, 128, 255});
}

TEST_CASE("palettes of 8 and 16 bits are looked up from their first value") {
  DicomFile file = DicomFile(3, 1, 8, 8).photometric("PALETTE COLOR", 1).pixels(std::string("\x05\x06\x09", 3), "OB");
  for (std::uint32_t c = 0; c < 3; ++c) {
    const int base = static_cast<int>(c) * 16;
    file.set(0x00281101 + c, "US", words({2, 6, 16}));
    file.set(0x00281201 + c, "OW", words({(base + 1) << 8 | 0xff, (base + 2) << 8}));
  }
  CHECK(rgb_of(file.bytes()) == Bytes{1, 17, 33, 1, 17, 33, 2, 18, 34});
  for (std::uint32_t c = 0; c < 3; ++c) {
    file.set(0x00281101 + c, "US", words({2, 6, 8}));
    file.set(0x00281201 + c, "OW", words({7 | 9 << 8}));
  }
  CHECK(rgb_of(file.bytes()) == Bytes{7, 7, 7, 7, 7, 7, 9, 9, 9});
}

TEST_CASE("deep colour keeps the high byte") {
  const DicomFile file = DicomFile(1, 1, 16, 12).photometric("RGB", 3).pixels(words({0xfff, 0x120, 0x00f}));
  CHECK(rgb_of(file.bytes()) == Bytes{0xff, 0x12, 0x00});
}

TEST_CASE("uncompressed YBR_FULL_422 shares the chroma of two pixels") {
  const DicomFile file =
      DicomFile(2, 1, 8, 8).photometric("YBR_FULL_422", 3).pixels(std::string("\x64\xc8\x80\x80", 4), "OB");
  CHECK(rgb_of(file.bytes()) == Bytes{100, 100, 100, 200, 200, 200});
}

TEST_CASE("run-length colour planes are put together") {
  // Three segments of one literal run each: the planes of two pixels.
  std::string header = test::little(3, 4);
  for (int segment = 0; segment < 3; ++segment) header += test::little(64 + 4 * static_cast<std::uint64_t>(segment), 4);
  header.resize(64);
  const std::string data = header + std::string("\1ad\0\1be\0\1cf\0", 12);
  for (const int planar : {0, 1}) {
    DicomFile file = DicomFile(2, 1, 8, 8).photometric("RGB", 3).number(0x00280006, planar).fragments({data});
    CHECK(rgb_of(file.bytes(test::kRunLength)) == Bytes{'a', 'b', 'c', 'd', 'e', 'f'});
  }
}

TEST_CASE("a JPEG frame has the pixels of the JPEG file, in one fragment or several") {
  const std::string jpeg = read_file(golden_file("base420.jpg"));
  const Image expected = sdk::decode_image(jpeg, "x");
  DicomFile file = DicomFile(expected.width, expected.height, 8, 8).photometric("YBR_FULL_422", 3);
  CHECK(rgb_of(file.fragments({jpeg}).bytes(test::kJpegBaseline)) == expected.pixels);
  const std::string first = jpeg.substr(0, 400);
  CHECK(rgb_of(file.fragments({first, jpeg.substr(400)}).bytes(test::kJpegBaseline)) == expected.pixels);
  // Two frames: the second begins where a fragment begins with a start marker.
  file.set(0x00280008, "IS", "2").fragments({first, jpeg.substr(400), "\xff\xd8\xff\xe0", "rest"});
  CHECK(rgb_of(file.bytes(test::kJpegBaseline)) == expected.pixels);
}

TEST_CASE("a compressed frame of another size than the header's is refused") {
  const std::string jpeg = read_file(golden_file("base420.jpg"));
  const DicomFile file = DicomFile(7, 7, 8, 8).photometric("YBR_FULL_422", 3).fragments({jpeg});
  CHECK(has(dicom_refusal(file.bytes(test::kJpegBaseline)), "another size or depth"));
  CHECK(dicom_refusal(DicomFile(7, 7, 8, 8).fragments({"junk, no codestream"}).bytes(test::kJpeg2000)) != "no error");
}

TEST_CASE("the window of an enhanced object lies in its functional groups") {
  const std::string windows = dicom_item(dicom_element(0x00281050, "DS", "2.5") + dicom_element(0x00281051, "DS", "3"));
  const std::string frame = dicom_item(dicom_element(0x00289132, "SQ", windows));
  CHECK(gray_of(small().set(0x52009229, "SQ", frame)) == Bytes{0, 0, 128, 255, 255});
  CHECK(gray_of(small().set(0x52009230, "SQ", frame)) == Bytes{0, 0, 128, 255, 255});
}

TEST_CASE("of several frames the first counts, also for the range of values") {
  const DicomFile file = DicomFile(2, 1, 16, 16).set(0x00280008, "IS", "2").pixels(words({10, 20, 1000, 5000}));
  CHECK(gray_of(file) == Bytes{0, 255});
}

TEST_CASE("a file without picture is refused") {
  CHECK(has(dicom_refusal(small().remove(0x00280010).bytes()), "Rows is missing"));
  CHECK(has(dicom_refusal(small().remove(0x7fe00010).bytes()), "no pixel data"));
  CHECK(has(dicom_refusal(test::dicom_preamble()), "DICOM: "));
}

TEST_CASE("impossible headers are refused") {
  CHECK(has(dicom_refusal(small().number(0x00280010, 0).bytes()), "empty"));
  CHECK(has(dicom_refusal(small().number(0x00280101, 17).bytes()), "contradict"));
  CHECK(has(dicom_refusal(small().number(0x00280102, 3).bytes()), "contradict"));
  CHECK(has(dicom_refusal(small().number(0x00280100, 12).bytes()), "BitsAllocated 12"));
  CHECK(has(dicom_refusal(small().photometric("CMYK", 4).bytes()), "4 samples"));
  CHECK(has(dicom_refusal(small().photometric("HSV", 1).bytes()), "'HSV'"));
}

TEST_CASE("pixel data that are too short are truncated, and the limit on pixels holds") {
  CHECK(has(dicom_refusal(small().pixels(words({0, 1, 2})).bytes()), "truncated: 6 bytes, but a frame has 10"));
  CHECK(has(dicom_refusal(small().number(0x00280010, 65535).number(0x00280011, 65535).bytes()), "limit of 2^28"));
}

TEST_CASE("a compression without decoder is named with a cure") {
  const DicomFile file = small().fragments({"video"});
  const std::string message = dicom_refusal(file.bytes("1.2.840.10008.1.2.4.102"));
  CHECK(has(message, "MPEG-4"));
  CHECK(has(message, "gdcmconv"));
}

TEST_CASE("pictures that DCMTK's programs stored in another way decode to the same pixels") {
  const std::filesystem::path goldens = MEDVLM_GOLDENS_DEFAULT;  // the files belong together
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(goldens / "dicom")) {
    const std::string name = entry.path().filename().string();
    CAPTURE(name);
    const Image expected = sdk::decode_image_file(goldens / "images/files" / (name.substr(0, name.find('.')) + ".dcm"));
    CHECK(sdk::decode_image_file(entry.path()).pixels == expected.pixels);
    ++compared;
  }
  CHECK(compared >= 11);
}

TEST_CASE("every cut of a DICOM file is an error") {
  for (const std::string name : {"mono2_12in16_window.dcm", "deflated.dcm", "rle8.dcm", "jpeg_ls.dcm", "implicit_le.dcm"}) {
    const std::string bytes = read_file(golden_file(name));
    CAPTURE(name);
    for (std::size_t size = 132; size + 16 < bytes.size(); size += 1 + size / 50) {
      CAPTURE(size);
      CHECK(dicom_refusal(bytes.substr(0, size)) != "no error");
    }
  }
}

TEST_CASE("nothing is printed about damaged files") {
  const test::TemporaryFolder folder;
  const std::string file = (folder.path() / "errors").string();
  const int saved = ::dup(STDERR_FILENO), replaced = ::open(file.c_str(), O_WRONLY | O_CREAT, 0600);
  ::dup2(replaced, STDERR_FILENO);
  const std::string bytes = read_file(golden_file("jpeg_lossless_12.dcm"));
  for (std::size_t size = 132; size < bytes.size(); size += 50) dicom_refusal(bytes.substr(0, size));
  ::dup2(saved, STDERR_FILENO);
  ::close(saved);
  ::close(replaced);
  CHECK(read_file(file) == "");
}

TEST_CASE("several threads decode DICOM files to the same pixels") {
  const std::vector<std::string> names{"rle16.dcm",   "jpeg_lossless_16.dcm", "jpeg_ls.dcm", "jpeg2000_lossless.dcm",
                                       "palette.dcm", "implicit_le.dcm",      "deflated.dcm"};
  const auto decode_all = [&] {
    std::vector<Bytes> results;
    for (const std::string& name : names) results.push_back(sdk::decode_image_file(golden_file(name)).pixels);
    return results;
  };
  const auto expected = decode_all();
  std::array<int, 4> equal{};
  std::vector<std::thread> threads;
  for (int& count : equal) {
    threads.emplace_back([&] {
      for (int round = 0; round < 10; ++round) count += decode_all() == expected;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : equal) CHECK(count == 10);
}
