#include "scenario_files.hpp"

#include <optional>

#include "json_access.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::report {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::optional<json> parsed(const fs::path& file) {
  std::error_code unreadable;
  if (!fs::is_regular_file(file, unreadable)) return std::nullopt;
  json value = json::parse(read_file(file), nullptr, false);
  if (!value.is_object()) return std::nullopt;
  return value;
}

void add_unfinished(std::vector<Unfinished>& result, const fs::path& folder) {
  const std::optional<json> study = parsed(folder / "study.json");
  if (!study) return;
  for (const json& scenario : list_of(*study, "scenarios")) {
    if (text_of(scenario, "folder").empty()) continue;
    const fs::path at = folder / text_of(scenario, "folder");
    if (fs::exists(at / "result.json")) continue;
    Unfinished unfinished{text_of(*study, "study"), text_of(scenario, "name"), "not started", ""};
    if (fs::exists(at / "journal.jsonl")) unfinished.state = "not finished";
    if (const std::optional<json> error = parsed(at / "error.json")) {
      unfinished.state = "failed";
      unfinished.message = text_of(*error, "message");
    }
    result.push_back(std::move(unfinished));
  }
}

}  // namespace

json read_result(const fs::path& folder) {
  std::optional<json> result = parsed(folder / "result.json");
  if (!result) {
    throw Error(ErrorCode::data, (folder / "result.json").string() +
                                     ": no JSON object; run the scenario again, or leave its folder out");
  }
  return std::move(*result);
}

std::vector<Unfinished> unfinished_scenarios(const std::vector<fs::path>& folders) {
  std::vector<Unfinished> result;
  for (const fs::path& folder : folders) {
    if (fs::exists(folder / "study.json")) {
      add_unfinished(result, folder);
      continue;
    }
    std::error_code unreadable;
    for (const auto& entry : fs::directory_iterator(folder, unreadable)) {
      if (entry.is_directory()) add_unfinished(result, entry.path());
    }
  }
  return result;
}

}  // namespace medvlm::report
