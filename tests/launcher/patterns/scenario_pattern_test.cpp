#include "scenario_pattern.hpp"

#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"

namespace medvlm::launcher {

TEST_CASE("a star stands for any characters, or none") {
  CHECK(matches_glob("clip", "clip"));
  CHECK_FALSE(matches_glob("clip", "clip2"));
  CHECK_FALSE(matches_glob("clip2", "clip"));
  CHECK(matches_glob("*", ""));
  CHECK(matches_glob("*", "anything"));
  CHECK(matches_glob("*CLIP", "MedCLIP"));
  CHECK(matches_glob("*CLIP", "CLIP"));
  CHECK_FALSE(matches_glob("*CLIP", "MedCLIP-2"));
  CHECK(matches_glob("a*b*c", "a-b-b-c"));  // the second b needs going back
  CHECK(matches_glob("*aab", "aaaab"));
  CHECK_FALSE(matches_glob("a*b*c", "a-c-b"));
  CHECK(matches_glob("Qwen2.5*", "Qwen2.5-VL"));
  CHECK_FALSE(matches_glob("Qwen2.5*", "Qwen2x5-VL"));
  CHECK_FALSE(matches_glob("", "x"));
}

TEST_CASE("a pattern picks scenarios part by part, with all seeds or one") {
  const ScenarioPatterns lora({"clip/*/lora"});
  CHECK(lora.matches("clip/ham10000/lora"));
  CHECK(lora.matches("clip/ham10000/lora/seed-0"));
  CHECK_FALSE(lora.matches("clip-b32/ham10000/lora"));
  CHECK_FALSE(lora.matches("clip/ham10000/lora-8"));
  CHECK_FALSE(ScenarioPatterns({"*/lora/*"}).matches("clip/ham10000/lora"));
  const ScenarioPatterns one({"clip/*/*/seed-1*"});
  CHECK(one.matches("clip/ham10000/lora/seed-1"));
  CHECK(one.matches("clip/ham10000/lora/seed-12"));
  CHECK_FALSE(one.matches("clip/ham10000/lora/seed-2"));
  CHECK_FALSE(one.matches("clip/ham10000/lora"));
  const ScenarioPatterns either({"a/b/c", "*/x/*"});
  CHECK(either.matches("a/b/c"));
  CHECK(either.matches("q/x/r"));
  CHECK_FALSE(either.matches("q/b/c"));
  CHECK_FALSE(ScenarioPatterns({}).matches("a/b/c"));
}

TEST_CASE("patterns that pick nothing are told, and what is no pattern is refused") {
  const std::vector<std::string> names = {"a/b/c", "a/b/d/seed-0"};
  CHECK(ScenarioPatterns({"a/*/*", "x/*/*", "*/*/c/*"}).unused(names) == std::vector<std::string>{"x/*/*", "*/*/c/*"});
  CHECK(ScenarioPatterns({"*/*/d"}).unused(names).empty());
  for (const char* wrong : {"", "clip", "clip/*", "a/b/c/d/e", "a//c", "/a/b", "a/b/c/"}) {
    CHECK_THROWS_AS(ScenarioPatterns({wrong}), Error);
  }
}

}  // namespace medvlm::launcher
