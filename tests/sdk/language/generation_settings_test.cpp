// What a checkpoint's generation_config.json and a study say of how answers are made.
#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/language/generation_settings.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;
using sdk::language::GenerationSettings;

namespace {

GenerationSettings settings_of(const char* generation, const char* config = nullptr) {
  const test::TemporaryFolder folder;
  if (generation) write_file_atomically(folder.path() / "generation_config.json", generation);
  if (config) write_file_atomically(folder.path() / "config.json", config);
  GenerationSettings family;
  family.max_new_tokens = 77;
  return sdk::language::read_generation_settings(folder.path(), family);
}

}  // namespace

TEST_CASE("generation_config.json is read") {
  const auto read = settings_of(R"({"do_sample": true, "temperature": 0.7, "top_p": 0.8, "top_k": 20,
                                    "repetition_penalty": 1.05, "eos_token_id": [5, 6], "max_new_tokens": 9})");
  CHECK(read.sample);
  CHECK(read.temperature == 0.7);
  CHECK(read.top_p == 0.8);
  CHECK(read.top_k == 20);
  CHECK(read.repetition_penalty == 1.05);
  CHECK(read.stop == std::vector<std::int64_t>{5, 6});
  CHECK(read.max_new_tokens == 77);
}

TEST_CASE("a draw of one is no draw, and the end comes from config.json where there is no other") {
  CHECK_FALSE(settings_of(R"({"do_sample": true, "top_k": 1, "temperature": 0.01})").sample);
  CHECK(settings_of(R"({"do_sample": false})", R"({"eos_token_id": 4})").stop == std::vector<std::int64_t>{4});
  CHECK(settings_of(nullptr, R"({"text_config": {"eos_token_id": 3}})").stop == std::vector<std::int64_t>{3});
  CHECK(settings_of(nullptr).stop.empty());
}

TEST_CASE("what a study asks for goes before what the checkpoint says") {
  const auto checkpoint = settings_of(R"({"do_sample": true, "temperature": 0.7, "repetition_penalty": 1.05})");
  Generation asked;
  CHECK(sdk::language::resolve(checkpoint, asked).sample);
  asked.temperature = 0;
  asked.max_new_tokens = 3;
  const auto greedy = sdk::language::resolve(checkpoint, asked);
  CHECK_FALSE(greedy.sample);
  CHECK(greedy.max_new_tokens == 3);
  CHECK(greedy.repetition_penalty == 1.05);
  asked.temperature = 0.5;
  CHECK(sdk::language::resolve(settings_of(nullptr), asked).sample);
}

TEST_CASE("values out of range are refused by name") {
  const auto refused = [](Generation asked, const char* name) {
    try {
      sdk::language::resolve(GenerationSettings{}, asked);
      FAIL(std::string(name) << " was accepted");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::config);
      CHECK(std::string(error.what()).find(name) == 0);
    }
  };
  refused({.max_new_tokens = 0}, "max_new_tokens");
  refused({.temperature = -1}, "temperature");
  refused({.top_p = 0}, "top_p");
  refused({.top_k = -2}, "top_k");
  refused({.repetition_penalty = 0}, "repetition_penalty");
}
