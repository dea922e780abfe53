// The token ids of the CLIP goldens' texts, from both forms of the tokenizer's files.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <ATen/ATen.h>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "goldens_folder.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"
#include "medvlm/sdk/checkpoint/safetensors.hpp"
#include "medvlm/sdk/text/batch.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"

using namespace medvlm::sdk;

namespace {

namespace fs = std::filesystem;

fs::path clip_goldens() {
  const char* folder = std::getenv("MEDVLM_GOLDENS");
  return fs::path(folder ? folder : MEDVLM_GOLDENS_DEFAULT) / "contrastive" / "clip";
}

void check_golden_ids(const Tokenizer& tokenizer) {
  const fs::path folder = clip_goldens();
  const auto texts = nlohmann::json::parse(std::ifstream(folder / "texts.json"));
  std::vector<std::vector<std::int64_t>> ids;
  for (const auto& text : texts) ids.push_back(tokenizer.encode(text.get<std::string>()));
  const auto length = HfConfig::from_file(folder / "config.json").integer("text_config.max_position_embeddings");
  const TokenBatch batch = pad_and_truncate(ids, length, tokenizer.id("<|endoftext|>"));
  const Safetensors expected(folder / "expected.safetensors");
  CHECK(at::equal(batch.input_ids, expected.tensor("input_ids")));
  CHECK(at::equal(batch.attention_mask, expected.tensor("attention_mask")));
}

}  // namespace

TEST_CASE("tokenizer.json gives the ids and masks of the CLIP goldens") {
  if (!medvlm::test::goldens_present("contrastive/clip")) return;
  check_golden_ids(Tokenizer::from_file(clip_goldens() / "tokenizer.json"));
}

TEST_CASE("vocab.json and merges.txt give the ids and masks of the CLIP goldens") {
  if (!medvlm::test::goldens_present("contrastive/clip")) return;
  std::string name = (fs::temp_directory_path() / "medvlm-clip-files-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  for (const char* file : {"vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"}) {
    fs::copy_file(clip_goldens() / file, folder / file);
  }
  const Tokenizer tokenizer = Tokenizer::from_folder(folder);
  fs::remove_all(folder);
  check_golden_ids(tokenizer);
}
