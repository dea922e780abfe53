// What a report reads of a scenario's folder beside the outcome: the whole result.json, and scenarios that have none.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace medvlm::report {

/// `folder/result.json`. Throws Error(io), Error(data).
nlohmann::json read_result(const std::filesystem::path& folder);

/// A scenario of a study that has no result.
struct Unfinished {
  std::string study, name;
  std::string state;    ///< "failed", "not finished", "not started"
  std::string message;  ///< of error.json
};

/// From the study.json files at the folders or one level below. What cannot be read is left out: results stand without
/// it.
std::vector<Unfinished> unfinished_scenarios(const std::vector<std::filesystem::path>& folders);

}  // namespace medvlm::report
