// `medvlm plan`
#include <iostream>
#include <nlohmann/json.hpp>

#include "results_table.hpp"
#include "study_command.hpp"
#include "study_options.hpp"
#include "study_runner.hpp"
#include "terminal.hpp"

namespace medvlm::launcher {
namespace {

/// "done", "partial", "to do", "to train" or "changed"
std::string state_name(const JournalState& journal, std::size_t samples, bool must_train) {
  if (!journal.exists && must_train) return "to train";
  if (!journal.exists) return "to do";
  if (!journal.differences.empty()) return "changed";
  if (journal.records >= samples) return "done";
  return journal.records == 0 ? "to do" : "partial";
}

}  // namespace

int plan_main(int argc, char** argv) {
  StudyOptions options;
  if (!options.parse(argc, argv, "plan",
                     "Checks a study (files, options, plugins) and shows every scenario with its state. Nothing is computed.",
                     {})) {
    return 0;
  }
  start_logging(options.has("quiet"));
  std::vector<Diagnostic> diagnostics;
  Study read = options.read(diagnostics);
  Workbench bench(std::move(read), options.plugin_folders(), std::move(diagnostics));
  std::vector<std::vector<std::string>> lines{{"model", "dataset", "adapter", "state", "predictions", "failed", "parameters"}};
  auto list = nlohmann::ordered_json::array();
  std::string notes;
  StudyRunner runner(bench);
  for (const PlannedScenario& planned : runner.plan()) {
    const TestSet& test = runner.test_set(*planned.dataset);
    const JournalState journal =
        inspect_journal(planned.folder, scenario_identity(bench.study(), planned.parts, test.sha256));
    const std::string state = state_name(journal, test.samples.size(), runner.must_train(planned));
    const std::int64_t parameters = planned.model->object->info().parameters;
    char millions[32];
    std::snprintf(millions, sizeof millions, "%.2f M", double(parameters) / 1e6);
    lines.push_back({planned.model->entry.name, planned.dataset->entry.name, planned.parts.adapter.entry.name, state,
                     std::to_string(journal.records) + "/" + std::to_string(test.samples.size()),
                     std::to_string(journal.errored), millions});
    for (const std::string& difference : journal.differences) notes += planned.name + ": " + difference + "\n";
    list.push_back({{"model", planned.model->entry.name},
                    {"dataset", planned.dataset->entry.name},
                    {"modality", modality_of(*planned.dataset)},
                    {"domain", domain_of(planned.parts)},
                    {"adapter", planned.parts.adapter.entry.name},
                    {"state", state},
                    {"samples", test.samples.size()},
                    {"predictions", journal.records},
                    {"errored", journal.errored},
                    {"parameters", parameters},
                    {"device", planned.parts.device},
                    {"dtype", planned.parts.dtype},
                    {"folder", planned.folder.string()},
                    {"differences", journal.differences}});
  }
  if (options.has("json")) {
    std::cout << list.dump(2) << "\n";
  } else {
    std::cout << aligned(lines) << (notes.empty() ? "" : "\nchanged since the run:\n" + notes);
  }
  return 0;
}

}  // namespace medvlm::launcher
