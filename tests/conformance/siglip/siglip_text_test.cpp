// SigLIP's texts: the goldens' ids from either tokenizer file, and odd texts against the reference's Python class.
#include <doctest/doctest.h>

#include <ATen/ATen.h>

#include "medvlm/base/files.hpp"
#include "siglip_goldens.hpp"

using namespace medvlm;
namespace fs = std::filesystem;
using test::siglip_goldens;
using test::siglip_model;

TEST_CASE("token ids equal the reference's, from either form of the tokenizer") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : siglip_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    const auto lines = test::golden_texts(folder);
    goldens.check("input_ids", siglip_model(folder).tokenize(lines));
    for (const char* removed : {"tokenizer.json", "spiece.model"}) {
      CAPTURE(removed);
      const test::GoldenCopy one(folder, {removed});
      goldens.check("input_ids", siglip_model(one.path()).tokenize(lines));
    }
  }
}

TEST_CASE("odd texts have the ids of the reference's Python class") {
  // Made for the checkpoint in the source tree, whatever other goldens are run.
  const fs::path root(MEDVLM_GOLDENS_DEFAULT);
  const siglip::SiglipText tokenizer(root / "contrastive" / "siglip");
  std::size_t count = 0;
  for (const auto& row : test::read_golden_json(root / "tokenizers" / "siglip_texts.json")) {
    const std::string text = row["text"];
    CAPTURE(row.dump(-1, ' ', true));
    const auto ids = row["ids"].get<std::vector<std::int64_t>>();
    const at::Tensor found = tokenizer.tokenize(std::span(&text, 1), 64, sdk::PadTo::longest);
    CHECK(at::equal(found[0], at::tensor(ids, at::kLong)));
    ++count;
  }
  CHECK(count > 100);
}

TEST_CASE("texts are cleaned as Python does it") {
  using siglip::clean_text;
  CHECK(clean_text("  A\tPhoto -- of (the)\x1c lung! ", true) == "a photo of the lung");
  CHECK(clean_text("A B", false) == "A B");
  CHECK(clean_text("\xce\x9f\xce\x94\xce\x9f\xce\xa3 \xce\xa3", true) == "\xce\xbf\xce\xb4\xce\xbf\xcf\x82 \xcf\x83");
  CHECK(clean_text("!?", true).empty());
}

TEST_CASE("a text is cut with the end token kept, and padded to the context") {
  if (!test::goldens_present("contrastive")) return;
  const auto folder = siglip_goldens().front();
  const siglip::SiglipText tokenizer(folder);
  std::string text;
  for (int i = 0; i < 200; ++i) text += "lung ";
  const std::vector<std::string> texts{text, ""};
  const at::Tensor ids = tokenizer.tokenize(texts, 10, sdk::PadTo::max_length);
  CHECK(ids.sizes() == at::IntArrayRef({2, 10}));
  CHECK(ids[0][9].item<std::int64_t>() == ids[1][0].item<std::int64_t>());
  CHECK(ids[0][8].item<std::int64_t>() != ids[0][9].item<std::int64_t>());
  CHECK_THROWS_AS(tokenizer.tokenize(std::vector<std::string>{"\xff"}, 10, sdk::PadTo::longest), Error);
}

TEST_CASE("damaged tokenizer files are refused with their name") {
  if (!test::goldens_present("contrastive")) return;
  const auto refused = [](const char* file, const std::string& content, const char* part) {
    const test::GoldenCopy copy(siglip_goldens().front(), {});
    write_file_atomically(copy.path() / file, content);
    try {
      const siglip::SiglipText tokenizer(copy.path());
      FAIL(std::string(file) << " was accepted");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::checkpoint);
      CHECK_MESSAGE(std::string(error.what()).find(part) != std::string::npos, error.what());
    }
  };
  refused("spiece.model", "version https://git-lfs.github.com/spec/v1", "spiece.model");
  refused("spiece.model", "", "spiece.model");
  refused("tokenizer_config.json", R"({"model_max_length": 0})", "model_max_length");
  refused("tokenizer_config.json", R"({"eos_token": "<end>"})", "<end>");
}
