#include "scenario_progress.hpp"

#include <nlohmann/json.hpp>

#include "medvlm/base/files.hpp"
#include "medvlm/core/journal.hpp"

namespace medvlm::launcher {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;

/// A file's JSON object; an empty one if there is none, or nothing sensible in it.
json read_object(const fs::path& file) {
  if (!fs::exists(file)) return json::object();
  json found = json::parse(read_file(file), nullptr, false);
  return found.is_object() ? found : json::object();
}

double number_at(const json& document, const char* section, const char* key) {
  const auto found = document.find(section);
  if (found == document.end() || !found->is_object()) return 0;
  const auto value = found->find(key);
  return value != found->end() && value->is_number() ? value->get<double>() : 0;
}

PastRun past_run(const fs::path& folder) {
  const json result = read_object(folder / "result.json");
  PastRun past;
  past.seconds = number_at(result, "run", "seconds");
  past.predictions = std::size_t(number_at(result, "run", "new_predictions"));
  past.training_seconds = number_at(result, "training", "seconds");
  for (const char* name : {"journal.jsonl", "predictions.jsonl", "result.json", "rounds.bin"}) {
    std::error_code none;
    const auto size = fs::file_size(folder / name, none);
    if (!none) past.bytes += size;
  }
  return past;
}

std::string last_error(const fs::path& folder) {
  const json error = read_object(folder / "error.json");
  if (error.empty()) return "";
  const std::string code = error.value("code", "");
  return (code.empty() ? "" : code + ": ") + error.value("message", "the attempt failed");
}

}  // namespace

ScenarioProgress progress_of(const StudyRunner& runner, const PlannedScenario& planned, const std::string& identity,
                             std::size_t samples) {
  const JournalState journal = glance_at_journal(planned.folder, identity);
  ScenarioProgress progress;
  progress.records = journal.records;
  progress.errored = journal.errored;
  progress.differences = journal.differences;
  progress.must_train = runner.must_train(planned);
  const bool scored = journal.records >= samples && fs::exists(planned.folder / "result.json");
  if (!journal.differences.empty()) {
    progress.state = "changed";
    return progress;
  }
  if (journal.exists && scored) {
    progress.state = "done";
    progress.past = past_run(planned.folder);
    return progress;
  }
  progress.error = last_error(planned.folder);
  if (!progress.error.empty()) progress.state = "errored";
  else if (journal.records > 0) progress.state = "partial";
  else progress.state = progress.must_train ? "to train" : "to do";
  return progress;
}

}  // namespace medvlm::launcher
