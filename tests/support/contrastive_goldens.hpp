// The goldens of one contrastive checkpoint: expected tensors with their tolerances, pictures, texts, and damaged copies.
#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "golden_tensors.hpp"
#include "medvlm/core/model.hpp"
#include "medvlm/sdk/image/decode.hpp"
#include "temporary_folder.hpp"

namespace medvlm::test {

namespace fs = std::filesystem;

/// Every folder below contrastive/ with expected values that belongs to the family, by name.
inline std::vector<fs::path> contrastive_goldens(const std::function<bool(const fs::path&)>& belongs) {
  std::vector<fs::path> folders;
  const fs::path root = goldens_folder() / "contrastive";
  if (!fs::is_directory(root)) return folders;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (fs::exists(entry.path() / "expected.safetensors") && belongs(entry.path())) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

/// True for a folder whose config.json names this model type.
inline bool has_model_type(const fs::path& folder, const std::string& type) {
  return fs::exists(folder / "config.json") && read_golden_json(folder / "config.json").value("model_type", "") == type;
}

/// The expected tensors of one folder, with the tolerance of each: the longest prefix of its name counts.
class ContrastiveGoldens {
 public:
  explicit ContrastiveGoldens(const fs::path& folder)
      : folder_(folder),
        tensors_(folder / "expected.safetensors"),
        expected_(read_golden_json(folder / "expected.json")) {}

  at::Tensor operator[](const std::string& name) const { return tensors_.tensor(name); }
  bool has(const std::string& name) const { return tensors_.has(name); }
  const std::map<std::string, GoldenTensors::Entry>& entries() const { return tensors_.entries(); }
  /// expected.json
  const nlohmann::json& about() const { return expected_; }

  void check(const std::string& name, const at::Tensor& actual) const {
    CAPTURE(folder_.string());
    CAPTURE(name);
    const at::Tensor expected = tensors_.tensor(name);
    REQUIRE(actual.sizes() == expected.sizes());
    const auto [atol, rtol] = tolerance(name);
    const at::Tensor difference = (actual.to(at::kDouble) - expected.to(at::kDouble)).abs();
    CAPTURE(difference.max().item<double>());
    CHECK((difference <= atol + rtol * expected.to(at::kDouble).abs()).all().item<bool>());
  }

 private:
  std::pair<double, double> tolerance(const std::string& name) const {
    const nlohmann::json& tolerances = expected_.at("tolerances");
    std::string best;
    for (const auto& [prefix, limits] : tolerances.items()) {
      if (name.starts_with(prefix) && prefix.size() >= best.size()) best = prefix;
    }
    const auto& limits = tolerances.at(best);
    return {limits.at("atol").get<double>(), limits.at("rtol").get<double>()};
  }

  fs::path folder_;
  GoldenTensors tensors_;
  nlohmann::json expected_;
};

/// The value of a model's option `resizing` for the Pillow that made the folder's expected values.
inline std::string golden_resizing(const fs::path& folder) {
  const std::string version = read_golden_json(folder / "expected.json").at("versions").at("pillow");
  return std::stoi(version) >= 13 ? "pillow_13" : "pillow_12";
}

/// The pictures of a folder in the order of the expected rows.
inline std::vector<fs::path> golden_images(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder / "images")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// The same, preprocessed by the model.
inline std::vector<ProcessedImage> golden_inputs(const ImageTextEncoder& encoder, const fs::path& folder) {
  std::vector<ProcessedImage> images;
  for (const fs::path& file : golden_images(folder)) images.push_back(encoder.preprocess(sdk::decode_image_file(file)));
  return images;
}

inline std::vector<std::string> golden_texts(const fs::path& folder) { return read_golden_json(folder / "texts.json"); }

/// A copy of a golden checkpoint without some of its files.
class GoldenCopy {
 public:
  GoldenCopy(const fs::path& folder, std::initializer_list<const char*> without) {
    fs::copy(folder, path(), fs::copy_options::recursive);
    for (const char* name : without) fs::remove(path() / name);
  }
  const fs::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

}  // namespace medvlm::test
