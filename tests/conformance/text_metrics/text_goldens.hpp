// The answers of the text goldens with what scorers say of them, and checks against their numbers.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "goldens_folder.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::test {

inline constexpr double kExact = 1e-12;
inline constexpr double kSingle = 3e-7;  // float32 logarithms and exponentials inside

inline std::string text_golden(const std::string& name) { return (goldens_folder() / "metrics" / name).string(); }

/// Said and skipped where another folder of goldens has no text cases.
inline bool text_goldens_present() { return goldens_present("metrics/text_cases.jsonl"); }

struct AnswerCase {
  std::string answer;
  std::string reference;
  bool open = false;
  nlohmann::json expected;
};

inline const std::vector<AnswerCase>& answer_cases() {
  static const std::vector<AnswerCase> all = [] {
    std::vector<AnswerCase> cases;
    std::istringstream lines(read_file(text_golden("text_cases.jsonl")));
    for (std::string line; std::getline(lines, line);) {
      const auto entry = nlohmann::json::parse(line);
      cases.push_back({entry.at("pred"), entry.at("ref"), entry.at("open"), entry.at("expected")});
    }
    return cases;
  }();
  return all;
}

inline void check_close(double got, const nlohmann::json& expected, double tolerance, const std::string& what) {
  CAPTURE(what);
  CAPTURE(got);
  CAPTURE(expected.dump());
  CHECK(std::abs(got - expected.get<double>()) <= tolerance);  // false for NaN
}

}  // namespace medvlm::test
