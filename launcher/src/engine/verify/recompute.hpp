// A finished scenario made anew from its journal: its study from the manifest, its files into another folder.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "file_checks.hpp"

namespace medvlm::launcher {

/// Reads the study that `manifest` holds, lists the test samples again, scores the journal in `folder` with the metric plugins
/// into a temporary folder, and compares every file with the scenario's: "samples", "manifest", "predictions", "numbers" and
/// "rounds". Nothing in `folder` is changed, no model is loaded. What stands in the way makes checks that could not be made.
std::vector<Check> recompute_checks(const std::filesystem::path& folder, const nlohmann::ordered_json& result);

}  // namespace medvlm::launcher
