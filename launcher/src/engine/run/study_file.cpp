#include "study_file.hpp"

#include <nlohmann/json.hpp>

#include "clock.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::launcher {
namespace {

using json = nlohmann::ordered_json;

/// How many test samples the file had for a scenario; null if it does not tell.
json known_samples(const json& before, const std::string& name) {
  if (!before.is_object() || !before.contains("scenarios")) return nullptr;
  for (const json& scenario : before["scenarios"]) {
    if (scenario.value("name", "") == name) return scenario.value("samples", json());
  }
  return nullptr;
}

json scenario_json(const PlannedScenario& planned, const Study& study, const StudyRunner& runner, const json& before) {
  const StudyEntry& adapter = planned.parts.adapter.entry;
  const std::optional<std::size_t> samples = runner.opened_samples(*planned.dataset);
  json scenario = {{"name", planned.name},
                   {"folder", planned.folder.lexically_relative(study.output).string()},
                   {"model", planned.model->entry.name},
                   {"dataset", planned.dataset->entry.name},
                   {"adapter", adapter.group.empty() ? adapter.name : adapter.group},
                   {"samples", samples ? json(*samples) : known_samples(before, planned.name)},
                   {"domain", domain_of(planned.parts)},
                   {"trains", planned.trains}};
  if (adapter.seed) scenario["seed"] = *adapter.seed;
  return scenario;
}

}  // namespace

void write_study_file(const Study& study, const StudyRunner& runner, const std::vector<PlannedScenario>& scenarios) {
  const auto file = study.output / "study.json";
  const json before = std::filesystem::exists(file) ? json::parse(read_file(file), nullptr, false) : json();
  json list = json::array();
  for (const PlannedScenario& planned : scenarios) list.push_back(scenario_json(planned, study, runner, before));
  if (before.is_object() && before.value("scenarios", json()) == list) return;
  const json document = {{"format", 1},
                         {"study", study.name},
                         {"study_file", study.file.string()},
                         {"written", utc_now()},
                         {"scenarios", list}};
  make_folder(study.output);
  write_file_atomically(file, document.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

}  // namespace medvlm::launcher
