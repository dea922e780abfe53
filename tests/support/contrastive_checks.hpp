// What every contrastive family is held to, whichever its towers are.
#pragma once

#include <string>

#include <ATen/ATen.h>

#include "contrastive_goldens.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::test {

/// The folder's pictures as decoded, and as the model preprocesses them.
inline void check_pictures(const ContrastiveGoldens& goldens, const ImageTextEncoder& model, const fs::path& folder) {
  std::vector<at::Tensor> pixels;
  for (const fs::path& file : golden_images(folder)) {
    const Image image = sdk::decode_image_file(file);
    auto* bytes = const_cast<std::uint8_t*>(image.pixels.data());
    goldens.check("decoded." + file.filename().string(), at::from_blob(bytes, {image.height, image.width, 3}, at::kByte));
    pixels.push_back(model.preprocess(image).pixels);
  }
  goldens.check("pixel_values", at::stack(pixels));
}

/// Every image alone gives what it gives among the others, up to rounding.
inline void check_images_alone(ImageTextEncoder& model, const fs::path& folder, double atol = 1e-6) {
  const c10::InferenceMode frozen;
  const auto images = golden_inputs(model, folder);
  const ImageEmbeddings together = model.encode_images(images);
  for (std::size_t i = 0; i < images.size(); ++i) {
    const ImageEmbeddings alone = model.encode_images(std::span(&images[i], 1));
    CHECK(at::allclose(alone.joint[0], together.joint[std::int64_t(i)], 1e-5, atol));
    if (!together.features.defined()) continue;
    CHECK(at::allclose(alone.features[0], together.features[std::int64_t(i)], 1e-5, atol));
  }
}

/// The same for texts.
inline void check_texts_alone(ImageTextEncoder& model, const fs::path& folder) {
  const c10::InferenceMode frozen;
  const auto texts = golden_texts(folder);
  const at::Tensor together = model.encode_texts(texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CHECK(at::allclose(model.encode_texts(std::span(&texts[i], 1))[0], together[std::int64_t(i)], 1e-5, 1e-6));
  }
}

/// `make()` gives the model, not loaded.
template <typename Make>
void check_narrow_types(Make make, const fs::path& folder) {
  const c10::InferenceMode frozen;
  auto model = make();
  model.load(at::kCPU, at::kFloat);
  const auto images = golden_inputs(model, folder);
  const auto texts = golden_texts(folder);
  const at::Tensor exact = model.encode_images(images).joint;
  const at::Tensor exact_texts = model.encode_texts(texts);
  for (const auto dtype : {at::kBFloat16, at::kHalf}) {
    auto narrow = make();
    narrow.load(at::kCPU, dtype);
    const at::Tensor rough = narrow.encode_images(images).joint;
    CHECK((rough.scalar_type() == dtype));
    CHECK(at::cosine_similarity(exact, rough.to(at::kFloat), 1).min().template item<double>() > 0.999);
    const at::Tensor rough_texts = narrow.encode_texts(texts);
    CHECK(at::cosine_similarity(exact_texts, rough_texts.to(at::kFloat), 1).min().template item<double>() > 0.999);
    CHECK((narrow.similarity(rough, rough_texts).scalar_type() == dtype));
  }
}

/// The weights do not fit the config; the error names every part.
inline void check_misfit(Model& model, std::initializer_list<const char*> parts) {
  try {
    model.load(at::kCPU, at::kFloat);
    FAIL("it loaded");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::checkpoint);
    for (const char* part : parts) CHECK_MESSAGE(std::string(error.what()).find(part) != std::string::npos, error.what());
  }
}

/// The folder with one key of config.json (in `part`, or at the top) changed makes no model; the error names the key.
template <typename Make>
void check_config_refused(Make make, const fs::path& folder, const char* part, const char* key, const nlohmann::json& value) {
  const GoldenCopy copy(folder, {});
  auto config = read_golden_json(copy.path() / "config.json");
  (*part ? config[part] : config)[key] = value;
  write_file_atomically(copy.path() / "config.json", config.dump());
  try {
    make(copy.path());
    FAIL(std::string(key) << " was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::checkpoint);
    CHECK_MESSAGE(std::string(error.what()).find(key) != std::string::npos, error.what());
  }
}

}  // namespace medvlm::test
