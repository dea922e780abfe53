// Reading of preprocessor_config.json and the steps it asks for.
#include "image_tests.hpp"
#include "medvlm/sdk/image/processor.hpp"

#include "checks.hpp"

using namespace medvlm;
using sdk::ImageProcessor;
using sdk::ProcessorConfig;
using test::has;

namespace {

ProcessorConfig parse(const std::string& text) { return sdk::parse_processor_config(text, "dir/config.json"); }

std::string config_refusal(const std::string& text) {
  try {
    ImageProcessor(text, "dir/config.json");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::checkpoint);
    return error.message();
  }
  return "no error";
}

/// Red counts pixels, so that places show; the sides stay below 16.
Image numbered(int width, int height) {
  Image image{width, height, {}};
  for (int i = 0; i < width * height; ++i) image.pixels.insert(image.pixels.end(), {std::uint8_t(i + 1), 7, 9});
  return image;
}

constexpr const char* kCropOnly = R"({"do_resize": false, "do_rescale": false, "do_normalize": false, "crop_size": 4})";

}  // namespace

TEST_CASE("an empty configuration means CLIP's defaults") {
  const ProcessorConfig config = parse("{}");
  CHECK(config.resize->shortest_edge == 224);
  CHECK(config.filter == sdk::Filter::bicubic);
  CHECK(config.crop->width == 224);
  CHECK(*config.rescale == 1.0 / 255);
  CHECK(config.normalize->mean[0] == 0.48145466);
  CHECK(config.normalize->std[2] == 0.27577711);
}

TEST_CASE("a number as size is the shorter side, or both sides if the file says so") {
  CHECK(parse(R"({"size": 336})").resize->shortest_edge == 336);
  CHECK(parse(R"({"size": {"shortest_edge": 96}})").resize->shortest_edge == 96);
  const ProcessorConfig square = parse(R"({"size": 64, "default_to_square": true})");
  CHECK(square.resize->shortest_edge == 0);
  CHECK(square.resize->exact.width == 64);
}

TEST_CASE("an exact size has no crop unless one is asked for") {
  CHECK_FALSE(parse(R"({"size": {"height": 30, "width": 40}})").crop.has_value());
  CHECK(parse(R"({"size": {"height": 30, "width": 40}, "crop_size": 20})").crop->height == 20);
  CHECK(parse(R"({"size": {"height": 30, "width": 40}, "do_center_crop": true})").crop->height == 224);
  CHECK_FALSE(parse(R"({"do_center_crop": false})").crop.has_value());
}

TEST_CASE("steps can be switched off") {
  const ProcessorConfig config = parse(R"({"do_resize": false, "do_rescale": false, "do_normalize": false})");
  CHECK_FALSE(config.resize.has_value());
  CHECK_FALSE(config.rescale.has_value());
  CHECK_FALSE(config.normalize.has_value());
}

TEST_CASE("faults of the file name it and the key") {
  CHECK(has(config_refusal("{"), "dir/config.json: not valid JSON"));
  CHECK(has(config_refusal("[]"), "a JSON object is expected"));
  CHECK(has(config_refusal(R"({"size": "big"})"), "dir/config.json: key 'size': a positive whole number"));
  CHECK(has(config_refusal(R"({"size": {"height": 3}})"), "key 'size': an object with height and width"));
  CHECK(has(config_refusal(R"({"size": {"shortest_edge": 3, "longest_edge": 9}})"), "key 'size'"));
  CHECK(has(config_refusal(R"({"size": {"shortest_edge": -3}})"), "key 'size.shortest_edge'"));
  CHECK(has(config_refusal(R"({"size": 99999999})"), "16384"));
  CHECK(has(config_refusal(R"({"resample": 9})"), "key 'resample'"));
  CHECK(has(config_refusal(R"({"crop_size": true})"), "key 'crop_size'"));
  CHECK(has(config_refusal(R"({"image_mean": [1, 2]})"), "key 'image_mean'"));
  CHECK(has(config_refusal(R"({"image_std": [1, 0, 1]})"), "image_std not 0"));
  CHECK(has(config_refusal(R"({"do_resize": 1})"), "key 'do_resize': true or false"));
}

TEST_CASE("the crop begins at the floor of half the difference") {
  const Image image = ImageProcessor(kCropOnly, "x").pixels(numbered(7, 4));
  CHECK(image.width == 4);
  CHECK(image.pixels[0] == 2);  // floor((7 - 4) / 2) = 1
}

TEST_CASE("a crop larger than the picture pads with zeros, the odd one in front") {
  const Image image = ImageProcessor(kCropOnly, "x").pixels(numbered(3, 6));
  CHECK(image.width == 4);
  CHECK(image.height == 4);
  // Rows 1 to 4 of the picture; one column of zeros, which is ceil(1 / 2), on the left.
  CHECK(image.pixels[0] == 0);
  CHECK(image.pixels[3] == 4);
  CHECK(image.pixels[9] == 6);
}

TEST_CASE("padding is normalised like black pixels") {
  const ImageProcessor processor(R"({"do_resize": false, "crop_size": 4, "image_mean": 0.5, "image_std": 0.25})", "x");
  const at::Tensor tensor = processor(numbered(3, 4));
  CHECK(tensor.sizes() == at::IntArrayRef({3, 4, 4}));
  CHECK(tensor[0][0][0].item<float>() == -2.0f);
  CHECK(tensor[1][0][1].item<float>() == (float(7 * (1.0 / 255)) - 0.5f) / 0.25f);
}

TEST_CASE("without rescaling and normalising the tensor holds the pixels") {
  const at::Tensor tensor = ImageProcessor(kCropOnly, "x")(numbered(4, 4));
  CHECK(tensor[0][2][1].item<float>() == 10.0f);
  CHECK(tensor[2][3][3].item<float>() == 9.0f);
}

TEST_CASE("the identity tells different processors apart and equal ones not") {
  const std::string base = ImageProcessor("{}", "a").identity();
  CHECK(base == ImageProcessor(R"({"size": 224, "do_convert_rgb": true})", "b").identity());
  for (const char* other : {R"({"size": 225})", R"({"crop_size": 223})", R"({"resample": 2})",
                            R"({"do_rescale": false})", R"({"rescale_factor": 0.004})", R"({"image_mean": 0.5})",
                            R"({"do_normalize": false})",
                            R"({"do_resize": false})", R"({"do_center_crop": false})"}) {
    CAPTURE(other);
    CHECK(base != ImageProcessor(other, "a").identity());
  }
}

TEST_CASE("a picture that is far too long is a data error") {
  const Image image{1, 100000, std::vector<std::uint8_t>(300000)};
  CHECK_THROWS_AS(ImageProcessor(R"({"do_center_crop": false, "size": 16384})", "x")(image), Error);
}

TEST_CASE("an empty picture is a data error") { CHECK_THROWS_AS(ImageProcessor("{}", "x")(Image{}), Error); }
