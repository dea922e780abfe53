// `medvlm plan`
#include <cstdlib>
#include <iostream>
#include <map>

#include "plan_report.hpp"
#include "run_scenarios.hpp"
#include "scenario_pattern.hpp"
#include "study_command.hpp"
#include "study_options.hpp"
#include "terminal.hpp"

namespace medvlm::launcher {
namespace {

namespace po = boost::program_options;

/// The options of an entry that name a variable of the environment which is not set, as {key, variable}.
template <class Interface>
std::map<std::string, std::string> unset_variables(const Item<Interface>& item, const std::string& kind) {
  std::map<std::string, std::string> unset;
  for (const OptionSpec& spec : item.manifest->options) {
    if (spec.type != OptionType::text || !spec.name.ends_with("_env") || !item.options.has(spec.name)) continue;
    const std::string& variable = item.options.text(spec.name);
    const char* value = variable.empty() ? "" : std::getenv(variable.c_str());
    if (!value || (!variable.empty() && !*value)) unset[kind + "." + item.entry.name + "." + spec.name] = variable;
  }
  return unset;
}

/// Of the scenarios that are not done.
std::vector<MissingVariable> missing_variables(const std::vector<PlannedScenario>& scenarios,
                                               const std::vector<ScenarioProgress>& progress) {
  std::map<std::string, MissingVariable> missing;
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    if (progress[i].state == "done") continue;
    auto unset = unset_variables(*scenarios[i].model, "models");
    for (const Item<Metric>* metric : scenarios[i].parts.metrics) unset.merge(unset_variables(*metric, "metrics"));
    for (const auto& [key, variable] : unset) {
      MissingVariable& each = missing.try_emplace(key, MissingVariable{variable, key, 0}).first->second;
      ++each.scenarios;
    }
  }
  std::vector<MissingVariable> list;
  for (auto& [key, each] : missing) list.push_back(std::move(each));
  return list;
}

PlanReport make_report(Workbench& bench, const ScenarioPatterns& only) {
  StudyRunner runner(bench);
  std::vector<PlannedScenario> scenarios = picked(runner.plan(), only);
  std::vector<ScenarioProgress> progress;
  for (const PlannedScenario& planned : scenarios) {
    const TestSet& test = runner.test_set(*planned.dataset);
    progress.push_back(progress_of(runner, planned, scenario_identity(bench.study(), planned.parts, test.sha256), test.samples.size()));
  }
  StudyForecast made = forecast(runner, bench.study(), scenarios, progress);
  std::vector<MissingVariable> missing = missing_variables(scenarios, progress);
  return {std::move(scenarios), std::move(progress), std::move(made), std::move(missing)};
}

}  // namespace

int plan_main(int argc, char** argv) {
  po::options_description own;
  own.add_options()("only", po::value<std::vector<std::string>>()->composing()->value_name("PATTERN"),
                    "only these scenarios, as model/dataset/adapter with * for anything, e.g. 'clip/*/lora'; may be repeated");
  StudyOptions options;
  if (!options.parse(argc, argv, "plan",
                     "Checks a study (files, options, plugins) and shows every scenario: its state, what is cached, images to encode,\n"
                     "parameters to train, and about how long the rest takes. Nothing is computed.",
                     own)) {
    return 0;
  }
  start_logging(options.has("quiet"));
  const ScenarioPatterns only(options.has("only") ? options.get<std::vector<std::string>>("only") : std::vector<std::string>{});
  std::vector<Diagnostic> diagnostics;
  Study read = options.read(diagnostics);
  Workbench bench(std::move(read), options.plugin_folders(), std::move(diagnostics));
  const PlanReport report = make_report(bench, only);
  std::cout << (options.has("json") ? plan_json(report) : plan_table(report));
  return 0;
}

}  // namespace medvlm::launcher
