// The recorded trainings: tensors with the tolerances of the JSON file beside them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "golden_tensors.hpp"

namespace medvlm::test {

namespace fs = std::filesystem;

class Trace {
 public:
  /// `stem` + ".safetensors" and ".json".
  explicit Trace(const fs::path& stem)
      : stem_(stem), tensors_(stem.string() + ".safetensors"), about_(read_golden_json(stem.string() + ".json")) {}

  at::Tensor operator[](const std::string& name) const { return tensors_.tensor(name); }
  bool has(const std::string& name) const { return tensors_.has(name); }
  const nlohmann::json& about() const { return about_; }

  /// Within the tolerance of the longest prefix of the name.
  void check(const std::string& name, const at::Tensor& actual) const { check(name, actual, tensors_.tensor(name)); }
  void check(const std::string& name, const at::Tensor& actual, const at::Tensor& expected) const {
    CAPTURE(stem_.string());
    CAPTURE(name);
    REQUIRE(actual.sizes() == expected.sizes());
    std::string best;
    for (const auto& [prefix, limits] : about_.at("tolerances").items()) {
      if (name.starts_with(prefix) && prefix.size() >= best.size()) best = prefix;
    }
    const auto& limits = about_.at("tolerances").at(best);
    const at::Tensor wanted = expected.to(at::kDouble);
    const at::Tensor difference = (actual.detach().to(at::kDouble) - wanted).abs();
    CAPTURE(difference.max().item<double>());
    CHECK(
        (difference <= limits.at("atol").get<double>() + limits.at("rtol").get<double>() * wanted.abs()).all().item<bool>());
  }

 private:
  fs::path stem_;
  GoldenTensors tensors_;
  nlohmann::json about_;
};

/// The folders below contrastive/adaptation that hold this file, or have folders with it, by name.
inline std::vector<fs::path> adaptation_goldens(const std::string& file) {
  std::vector<fs::path> folders;
  const fs::path root = goldens_folder() / "contrastive" / "adaptation";
  if (!fs::is_directory(root)) return folders;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().filename() == file) folders.push_back(entry.path().parent_path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

}  // namespace medvlm::test
