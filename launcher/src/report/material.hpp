// Everything that the sections are written from, gathered once.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "curves/curves.hpp"
#include "document.hpp"
#include "report.hpp"
#include "scenario_files.hpp"
#include "task_view.hpp"

namespace medvlm::report {

struct Material {
  const std::vector<analysis::Outcome>& outcomes;
  std::vector<nlohmann::json> results;  ///< result.json of each outcome
  std::vector<Unfinished> unfinished;
  std::vector<TaskView> tasks;
  std::vector<ScenarioCurves> curves;
  std::map<std::string, double> scales;  ///< of a metric's label: shown_scale() over all outcomes
};

/// "auroc", "metric/name".
std::string value_label(const analysis::OutcomeValue& value);

// The sections, in the report's order. A section without parts is left out.
Section results_section(const Material& material);
Section gaps_section(const Material& material);
Section specialists_section(const Material& material);
Section costs_section(const Material& material);
Section models_section(const Material& material);
Section subgroups_section(const Material& material);
Section curves_section(const Material& material);
Section failures_section(const Material& material);
Section differences_section(const Material& material);
Section seeds_section(const Material& material);
Section manifest_section(const Material& material);

}  // namespace medvlm::report
