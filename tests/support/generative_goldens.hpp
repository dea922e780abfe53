// The goldens of one generative checkpoint: pictures, questions, and what the reference library made of them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "golden_tensors.hpp"
#include "medvlm/core/data.hpp"
#include "medvlm/sdk/image/decode.hpp"

namespace medvlm::test {

namespace fs = std::filesystem;

/// Every folder below generative/ with expected values that belongs to a family, by name. `belongs` gets the folder, the
/// checkpoint is in its subfolder `checkpoint`.
inline std::vector<fs::path> generative_goldens(const std::function<bool(const fs::path&)>& belongs) {
  std::vector<fs::path> folders;
  const fs::path root = goldens_folder() / "generative";
  if (!fs::is_directory(root)) return folders;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (fs::exists(entry.path() / "expected.safetensors") && belongs(entry.path())) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

/// True for a folder whose checkpoint's config.json names one of these model types.
inline bool has_generative_type(const fs::path& folder, const std::vector<std::string>& types) {
  const auto config = folder / "checkpoint" / "config.json";
  if (!fs::exists(config)) return false;
  const std::string type = read_golden_json(config).value("model_type", "");
  return std::find(types.begin(), types.end(), type) != types.end();
}

/// The value of a model's option `resizing` for the Pillow that made the folder's expected values.
inline std::string generative_resizing(const fs::path& folder) {
  const std::string version = read_golden_json(folder / "expected.json").at("versions").at("pillow");
  return std::stoi(version) >= 13 ? "pillow_13" : "pillow_12";
}

/// One question of prompts.json.
struct GoldenPrompt {
  std::string key;    ///< "prompt.0", "extra.hub_chat_template": what the names of its tensors begin with
  std::string image;  ///< the picture's file name
  std::string query;  ///< what is asked, with the benchmark's yes/no sentence
};

class GenerativeGoldens {
 public:
  explicit GenerativeGoldens(const fs::path& folder)
      : folder_(folder), tensors_(folder / "expected.safetensors"), about_(read_golden_json(folder / "expected.json")) {
    const nlohmann::json asked = read_golden_json(folder / "prompts.json");
    for (const auto& prompt : asked.at("prompts")) {
      prompts_.push_back({"prompt." + std::to_string(prompt.at("id").get<int>()), prompt.at("image"), prompt.at("query")});
    }
  }

  const fs::path& folder() const { return folder_; }
  const nlohmann::json& about() const { return about_; }
  const std::vector<GoldenPrompt>& prompts() const { return prompts_; }
  at::Tensor operator[](const std::string& name) const { return tensors_.tensor(name); }
  bool has(const std::string& name) const { return tensors_.has(name); }
  std::vector<std::string> images() const {
    std::vector<std::string> names;
    for (const auto& [name, entry] : tensors_.entries()) {
      if (name.starts_with("image.") && name.ends_with(".rgb")) names.push_back(name.substr(6, name.size() - 10));
    }
    return names;
  }
  Image picture(const std::string& name) const { return sdk::decode_image_file(folder_ / "images" / name); }
  std::vector<std::int64_t> ids(const std::string& name) const {
    const at::Tensor values = tensors_.tensor(name).to(at::kLong).contiguous();
    const auto* data = values.const_data_ptr<std::int64_t>();
    return {data, data + values.numel()};
  }
  /// The expected text of a greedy answer, special tokens skipped, not stripped.
  std::string text(const std::string& key) const {
    const bool extra = key.starts_with("extra.");
    for (const auto& entry : about_.at(extra ? "extras" : "prompts")) {
      const std::string name = extra ? "extra." + entry.at("name").get<std::string>()
                                     : "prompt." + std::to_string(entry.at("id").get<int>());
      if (name == key) return entry.at("greedy_text");
    }
    throw std::runtime_error("no golden text for " + key);
  }

  /// Compares with the tolerance that expected.json gives for this kind of tensor ("pixel_values", "features", "logits").
  /// The expected tensor may have another number of leading dimensions of the same elements.
  void check(const std::string& name, const std::string& kind, const at::Tensor& actual) const {
    CAPTURE(folder_.string());
    CAPTURE(name);
    at::Tensor expected = tensors_.tensor(name).to(at::kDouble);
    REQUIRE(actual.numel() == expected.numel());
    expected = expected.view(actual.sizes());
    const auto& limits = about_.at("tolerances").at(kind);
    const at::Tensor difference = (actual.to(at::kDouble) - expected).abs();
    CAPTURE(difference.max().item<double>());
    CHECK((difference <= limits.value("atol", 0.0) + limits.value("rtol", 0.0) * expected.abs()).all().item<bool>());
  }

 private:
  fs::path folder_;
  GoldenTensors tensors_;
  nlohmann::json about_;
  std::vector<GoldenPrompt> prompts_;
};

}  // namespace medvlm::test
