// The prompts of the generative goldens give their input ids, with one token where an image goes.
#include <filesystem>
#include <fstream>
#include <optional>

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

#include "goldens_folder.hpp"
#include "medvlm/sdk/checkpoint/safetensors.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"

#include "checks.hpp"

using namespace medvlm::sdk;

namespace {

namespace fs = std::filesystem;
using PromptIds = std::vector<std::int64_t>;

/// How a family puts the image into its prompts.
struct Layout {
  const char* name;
  const char* marker;       ///< in the golden prompt
  const char* replacement;  ///< with one token for the image; null: the marker is cut out of the text
  const char* image_token;  ///< in the replacement
  bool add_special;
  bool each_side_apart;  ///< both sides with special tokens, of which the front keeps its own
};

constexpr std::int64_t kPlaceholder = -200;
constexpr Layout kLayouts[] = {
    {"gemma3", "<start_of_image>", "\n\n<start_of_image><image_soft_token><end_of_image>\n\n", "<image_soft_token>",
     false, false},
    {"internvl3", "<image>", "<img><IMG_CONTEXT></img>", "<IMG_CONTEXT>", true, false},
    {"internvl3-hf", "<IMG_CONTEXT>", "<img><IMG_CONTEXT></img>", "<IMG_CONTEXT>", true, false},
    {"llava-med", "<image>", nullptr, nullptr, true, true},
    {"llava15-hf", "<image>", "<image>", "<image>", true, false},
    {"llava15-original", "<image>", nullptr, nullptr, true, true},
    {"qwen2-vl", "<|image_pad|>", "<|image_pad|>", "<|image_pad|>", true, false},
    {"qwen2_5-vl", "<|image_pad|>", "<|image_pad|>", "<|image_pad|>", true, false},
    {"vila", "<image>", nullptr, nullptr, true, false},
};

PromptIds encode_prompt(const Tokenizer& tokenizer, std::string prompt, const Layout& layout) {
  const std::string marker = layout.marker;
  const auto at = prompt.find(marker);
  REQUIRE(at != std::string::npos);
  if (layout.replacement) {
    return tokenizer.encode(prompt.replace(at, marker.size(), layout.replacement), layout.add_special);
  }
  PromptIds ids = tokenizer.encode(prompt.substr(0, at), layout.add_special);
  const PromptIds after = tokenizer.encode(prompt.substr(at + marker.size()), layout.each_side_apart);
  ids.push_back(kPlaceholder);
  ids.insert(ids.end(), after.begin() + (layout.each_side_apart ? 1 : 0), after.end());
  return ids;
}

/// The golden ids with one token in place of a run of the image's.
PromptIds with_one_image_token(const at::Tensor& ids, std::int64_t image) {
  PromptIds result;
  const at::Tensor flat = ids.flatten().to(at::kLong).contiguous();
  for (std::int64_t i = 0; i < flat.numel(); ++i) {
    const auto id = flat.data_ptr<std::int64_t>()[i];
    if (id != image || result.empty() || result.back() != image) result.push_back(id);
  }
  return result;
}

}  // namespace

TEST_CASE("prompts of the generative goldens give their input ids") {
  for (const Layout& layout : kLayouts) {
    const std::string kind = std::string("generative/") + layout.name;
    if (!medvlm::test::goldens_present(kind)) continue;
    CAPTURE(kind);
    const fs::path folder = medvlm::test::goldens_folder() / kind;
    const fs::path checkpoint = folder / "checkpoint";
    const auto tokenizer = Tokenizer::from_folder(fs::exists(checkpoint / "llm") ? checkpoint / "llm" : checkpoint);
    const std::int64_t image = layout.image_token ? tokenizer.id(layout.image_token) : kPlaceholder;
    const Safetensors expected(folder / "expected.safetensors");
    const auto file = nlohmann::json::parse(std::ifstream(folder / "prompts.json"));
    int prompts = 0;
    for (const auto& item : file["prompts"]) {
      const std::string prompt = item["prompt"];
      CAPTURE(prompt);
      const std::string tensor = "prompt." + std::to_string(item["id"].get<int>()) + ".input_ids";
      CHECK(encode_prompt(tokenizer, prompt, layout) == with_one_image_token(expected.tensor(tensor), image));
      ++prompts;
    }
    CHECK(prompts > 0);
  }
}

TEST_CASE("greedy ids of the generative goldens decode to their texts") {
  for (const Layout& layout : kLayouts) {
    const std::string kind = std::string("generative/") + layout.name;
    if (!medvlm::test::goldens_present(kind)) continue;
    CAPTURE(kind);
    const fs::path folder = medvlm::test::goldens_folder() / kind;
    const fs::path checkpoint = folder / "checkpoint";
    const auto tokenizer = Tokenizer::from_folder(fs::exists(checkpoint / "llm") ? checkpoint / "llm" : checkpoint);
    const auto file = nlohmann::json::parse(std::ifstream(folder / "expected.json"));
    int texts = 0;
    for (const auto& item : file["prompts"]) {
      CHECK(tokenizer.decode(item["greedy_ids"].get<PromptIds>(), true) == item["greedy_text"].get<std::string>());
      ++texts;
    }
    CHECK(texts > 0);
  }
}
