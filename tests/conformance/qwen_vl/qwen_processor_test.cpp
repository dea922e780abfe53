// Qwen2-VL's pictures: sizes, patches and their order, the range of pixels in all its spellings, the fixed size.
#include <ATen/ATen.h>

#include "golden_tensors.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/image/decode.hpp"
#include "qwen_processor.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;
using qwen_vl::PixelRange;
using qwen_vl::ProcessorOptions;
using qwen_vl::QwenProcessor;

namespace {

/// A processor of the given preprocessor_config.json.
QwenProcessor qwen_processor(const nlohmann::json& config, const ProcessorOptions& options = {}) {
  const test::TemporaryFolder folder;
  write_file_atomically(folder.path() / "preprocessor_config.json", config.dump());
  return QwenProcessor(folder.path(), options);
}

/// Noise, so that every pixel counts.
Image noisy(int width, int height) {
  Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3)};
  std::uint32_t state = 12345;
  for (std::uint8_t& value : image.pixels) {
    state = state * 1664525 + 1013904223;
    value = static_cast<std::uint8_t>(state >> 24);
  }
  return image;
}

/// Rows and columns of patches.
std::pair<std::int64_t, std::int64_t> grid_of(const ProcessedImage& image) {
  const at::Tensor& grid = image.extras.at(0).second;
  REQUIRE(grid[0][0].item<std::int64_t>() == 1);
  return {grid[0][1].item<std::int64_t>(), grid[0][2].item<std::int64_t>()};
}

}  // namespace

TEST_CASE("sizes are those of the reference's smart_resize") {
  if (!test::goldens_present("images")) return;
  const auto tables = test::read_golden_json(test::goldens_folder() / "images" / "tables.json");
  struct Setting {
    const char* key;
    std::int64_t factor;
    PixelRange range;
  };
  const Setting settings[] = {{"default", 28, {}},
                              {"wide_range", 28, {3136, 12845056}},
                              {"small", 28, {200704, 1003520}},
                              {"factor32", 32, {}}};
  std::size_t count = 0;
  for (const auto& row : tables.at("smart_resize")) {
    for (const Setting& setting : settings) {
      CAPTURE(row.dump());
      CAPTURE(std::string(setting.key));
      if (row.at(setting.key).is_string()) {  // the reference's error
        CHECK_THROWS_AS(qwen_vl::smart_resize(row.at("w"), row.at("h"), setting.factor, setting.range), Error);
        continue;
      }
      const auto size = qwen_vl::smart_resize(row.at("w"), row.at("h"), setting.factor, setting.range);
      CHECK(size.width == row.at(setting.key).at(0));
      CHECK(size.height == row.at(setting.key).at(1));
      ++count;
    }
  }
  CHECK(count > 100);
}

TEST_CASE("pictures that are too long, or empty, are errors of their sample") {
  CHECK_NOTHROW(qwen_vl::smart_resize(2, 400, 28, {}));
  for (const auto& [width, height] : {std::pair(2, 401), std::pair(4010, 20), std::pair(0, 5)}) {
    try {
      qwen_vl::smart_resize(width, height, 28, {});
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::data);
      CHECK_MESSAGE(std::string(error.what()).find(std::to_string(height)) != std::string::npos, error.what());
    }
  }
}

TEST_CASE("patches are those of the reference") {
  if (!test::goldens_present("images")) return;
  const auto folder = test::goldens_folder() / "images";
  const test::GoldenTensors tensors(folder / "expected.safetensors.gz");
  std::size_t count = 0;
  const auto manifest = test::read_golden_json(folder / "manifest.json");
  for (const auto& row : manifest.at("pipelines")) {
    if (row.at("pipeline") != "qwen2vl") continue;
    const std::string file = row.at("file");
    CAPTURE(file);
    ProcessorOptions options;
    options.order = sdk::PassOrder::horizontal_first;
    const auto processor =
        qwen_processor({{"min_pixels", row.at("min_pixels")}, {"max_pixels", row.at("max_pixels")}}, options);
    const ProcessedImage processed = processor(sdk::decode_image_file(folder / "files" / file));
    const at::Tensor expected = tensors.tensor(row.at("key").get<std::string>() + "/patches");
    REQUIRE(processed.pixels.sizes() == expected.sizes());
    CHECK(at::allclose(processed.pixels, expected, 0, 1e-6));
    const nlohmann::json& grid = row.at("image_grid_thw");
    CHECK(grid_of(processed) == std::pair<std::int64_t, std::int64_t>(grid[1], grid[2]));
    ++count;
  }
  CHECK(count > 2);
}

TEST_CASE("the range of pixels is found in all spellings, and the user's goes before it") {
  const Image image = noisy(300, 200);
  const auto grid = [&](const nlohmann::json& config, const ProcessorOptions& options = {}) {
    return grid_of(qwen_processor(config, options)(image));
  };
  using Grid = std::pair<std::int64_t, std::int64_t>;
  CHECK(grid(nlohmann::json::object()) == Grid{14, 22});
  const Grid small{4, 6};
  CHECK(grid({{"min_pixels", 784}, {"max_pixels", 6000}}) == small);
  CHECK(grid({{"size", {{"min_pixels", 784}, {"max_pixels", 6000}}}}) == small);
  CHECK(grid({{"size", {{"shortest_edge", 784}, {"longest_edge", 6000}}}}) == small);
  CHECK(grid({{"max_pixels", 6000}, {"size", {{"shortest_edge", 784}, {"longest_edge", 600000}}}}) == small);
  CHECK(grid({{"min_pixels", nullptr}, {"size", {{"shortest_edge", 784}, {"longest_edge", 6000}}}}) == small);
  CHECK(grid({{"max_pixels", 600000}}, {{}, 784, 6000, 0}) == small);
  CHECK(grid({{"max_pixels", 6000}}, {{}, 100000, 200000, 0}) == Grid{20, 28});
  CHECK_THROWS_AS(qwen_processor({{"max_pixels", 6000}}, {{}, 7000, 0, 0}), Error);
}

TEST_CASE("a picture that is squashed first gives what the squashed picture gives") {
  const Image image = noisy(150, 90);
  const auto plain = qwen_processor(nlohmann::json::object());
  ProcessorOptions options;
  options.fixed_size = 112;
  const auto squashing = qwen_processor(nlohmann::json::object(), options);
  const ProcessedImage squashed = squashing(image);
  CHECK(grid_of(squashed) == std::pair<std::int64_t, std::int64_t>(8, 8));
  const ProcessedImage expected = plain(sdk::resize(image, 112, 112, sdk::Filter::bicubic));
  CHECK(at::equal(squashed.pixels, expected.pixels));
}

TEST_CASE("whatever changes the patches changes the identity") {
  const auto identity = [](const nlohmann::json& config, const ProcessorOptions& options = {}) {
    return qwen_processor(config, options).identity();
  };
  const nlohmann::json none = nlohmann::json::object();
  const std::string plain = identity(none);
  CHECK(plain == identity({{"min_pixels", 3136}}));
  CHECK(plain != identity({{"min_pixels", 3137}}));
  CHECK(plain != identity({{"max_pixels", 6000}}));
  CHECK(plain != identity({{"merge_size", 1}}));
  CHECK(plain != identity({{"temporal_patch_size", 1}}));
  CHECK(plain != identity({{"resample", 2}}));
  CHECK(plain != identity({{"image_mean", {0.5, 0.5, 0.5}}}));
  CHECK(plain != identity(none, {sdk::PassOrder::horizontal_first, 0, 0, 0}));
  CHECK(plain != identity(none, {sdk::PassOrder::pillow_13, 0, 0, 224}));
}

TEST_CASE("a config that makes no patches is refused with its key") {
  const auto refused = [](const nlohmann::json& config, const char* key) {
    try {
      qwen_processor(config);
      FAIL(std::string(key) << " was accepted");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::checkpoint);
      CHECK_MESSAGE(std::string(error.what()).find(key) != std::string::npos, error.what());
    }
  };
  refused({{"do_resize", false}}, "do_resize");
  refused({{"patch_size", 0}}, "patch_size");
  refused({{"size", {{"longest_edge", -4}}}}, "longest_edge");
  refused({{"min_pixels", "many"}}, "min_pixels");
  refused({{"resample", 9}}, "resample");
}
