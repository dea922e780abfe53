// Decoded pixels against Pillow's, and for DICOM against the rule in the goldens' README.
#include "goldens.hpp"

using namespace medvlm;
using test::image_goldens;

namespace {

bool without_decoder(const nlohmann::json& file) {
  return file.value("format", "") == "GIF";
}

}  // namespace

TEST_CASE("every picture of a supported format decodes to the goldens' pixels") {
  if (!test::goldens_present("images")) return;
  const auto& goldens = image_goldens();
  int decoded = 0;
  for (const auto& file : goldens.manifest["files"]) {
    if (file.contains("error") || without_decoder(file)) continue;
    const std::string name = file["file"];
    CAPTURE(name);
    const auto& expected = goldens.tensors.entry("rgb/" + name);
    const Image image = goldens.decode(name);
    CHECK(test::same_size(image, expected));
    CHECK(test::max_difference(image.pixels, expected.bytes) <= file.value("tolerance", 0));
    ++decoded;
  }
  MESSAGE(decoded << " pictures decoded");
  CHECK(decoded > 0);
}

TEST_CASE("broken pictures are data errors that name the file") {
  if (!test::goldens_present("images")) return;
  const auto& goldens = image_goldens();
  int broken = 0;
  for (const auto& file : goldens.manifest["files"]) {
    if (!file.contains("error")) continue;
    const std::string name = file["file"];
    CAPTURE(name);
    try {
      goldens.decode(name);
      FAIL_CHECK("decoded without an error");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::data);
      CHECK(error.message().find(name) != std::string::npos);
    }
    ++broken;
  }
  CHECK(broken > 0);
}

TEST_CASE("formats without a decoder are data errors that name the format") {
  if (!test::goldens_present("images")) return;
  const auto& goldens = image_goldens();
  std::map<std::string, int> skipped;
  for (const auto& file : goldens.manifest["files"]) {
    if (!without_decoder(file)) continue;
    const std::string name = file["file"];
    const std::string format = file["format"];
    CAPTURE(name);
    try {
      goldens.decode(name);
      FAIL_CHECK("decoded without an error");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::data);
      CHECK(error.message().find(format + ": this format is not supported") != std::string::npos);
    }
    ++skipped[format];
  }
  for (const auto& [format, count] : skipped) MESSAGE("pixels not compared: " << count << " " << format << " files");
}

TEST_CASE("the pictures of the contrastive goldens decode to Pillow's pixels") {
  if (!test::goldens_present("contrastive/clip")) return;
  const auto folder = test::goldens_folder() / "contrastive" / "clip";
  const test::GoldenTensors tensors(folder / "expected.safetensors");
  const auto expected_json = test::read_golden_json(folder / "expected.json");
  for (const auto& item : expected_json["images"]) {
    const std::string name = item["file"];
    CAPTURE(name);
    const Image image = sdk::decode_image_file(folder / "images" / name);
    const auto& expected = tensors.entry("decoded." + name);
    CHECK(test::same_size(image, expected));
    CHECK(test::max_difference(image.pixels, expected.bytes) == 0);
  }
}
