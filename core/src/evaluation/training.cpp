#include "training.hpp"

#include <chrono>

#include "adapter_context.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::filesystem::path record_file(const std::filesystem::path& folder) { return folder / "training.json"; }

/// The record, or null if there is none. One that cannot be read counts as none: it is written atomically, so it is not
/// ours.
OrderedJson read_record(const std::filesystem::path& folder) {
  const auto file = record_file(folder);
  if (!std::filesystem::exists(file)) return nullptr;
  OrderedJson record = OrderedJson::parse(read_file(file), nullptr, false);
  return record.is_object() && record.contains("identity") ? record : OrderedJson(nullptr);
}

/// How long the training has taken so far.
double recorded_seconds(const OrderedJson& record) { return record.is_null() ? 0.0 : record.value("seconds", 0.0); }

void write_record(const Scenario& scenario, bool finished, double seconds, const OrderedJson& report) {
  const OrderedJson record = {{"format", 1},
                              {"finished", finished},
                              {"seconds", seconds},
                              {"report", report},
                              {"identity", OrderedJson::parse(scenario.training_identity)}};
  write_file_atomically(record_file(scenario.folder), record.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

bool trains(const Scenario& scenario) { return scenario.adapter->traits(scenario.dataset->info()).trains; }

/// The report of the adapter; a plugin's text that is no JSON object is the plugin's fault.
OrderedJson adapter_report(const Adapter& adapter) {
  OrderedJson report = OrderedJson::parse(adapter.training_report(), nullptr, false);
  if (report.is_object()) return report;
  throw Error(ErrorCode::plugin, "the adapter's training report is no JSON object");
}

void refuse_other_training(const Scenario& scenario, const TrainingState& state) {
  if (state.differences.empty()) return;
  std::string message = "the run folder '" + scenario.folder.string() + "' holds an adapter trained for something else:";
  for (const std::string& difference : state.differences) message += "\n  " + difference;
  throw Error(ErrorCode::conflict,
              message + "\nrestore these settings to continue, start over with --fresh, or choose another output");
}

void call_prepare(Scenario& scenario, Progress& progress) {
  ScenarioContext context(scenario, progress);
  scenario.adapter->prepare(context);
}

}  // namespace

TrainingState inspect_training(const std::filesystem::path& folder, const std::string& training_identity) {
  TrainingState state;
  const OrderedJson record = read_record(folder);
  if (record.is_null()) return state;
  state.stage = record.value("finished", false) ? TrainingState::Stage::finished : TrainingState::Stage::begun;
  state.differences = identity_differences(record.at("identity").dump(), training_identity);
  return state;
}

bool is_trained(const Scenario& scenario) {
  if (!trains(scenario)) return true;
  const TrainingState state = inspect_training(scenario.folder, scenario.training_identity);
  return state.stage == TrainingState::Stage::finished && state.differences.empty();
}

void prepare_adapter(Scenario& scenario, Progress& progress) {
  if (!trains(scenario)) return call_prepare(scenario, progress);
  const TrainingState state = inspect_training(scenario.folder, scenario.training_identity);
  refuse_other_training(scenario, state);
  if (state.stage == TrainingState::Stage::finished) return call_prepare(scenario, progress);
  // What an unrecorded training left cannot be trusted to fit.
  if (state.stage == TrainingState::Stage::none) std::filesystem::remove_all(scenario.folder / "adapter");
  const double before = recorded_seconds(read_record(scenario.folder));
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return before + std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  write_record(scenario, false, before, OrderedJson::object());
  try {
    call_prepare(scenario, progress);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) write_record(scenario, false, seconds(), OrderedJson::object());
    throw;
  }
  write_record(scenario, true, seconds(), adapter_report(*scenario.adapter));
}

nlohmann::ordered_json training_summary(const Scenario& scenario) {
  if (!trains(scenario)) return OrderedJson::object();
  const OrderedJson record = read_record(scenario.folder);
  if (record.is_null()) return OrderedJson::object();
  OrderedJson summary = {{"seconds", recorded_seconds(record)}};
  summary.update(record.value("report", OrderedJson::object()));
  return summary;
}

void forget_training(const Scenario& scenario) {
  std::filesystem::remove(record_file(scenario.folder));
  std::filesystem::remove_all(scenario.folder / "adapter");
}

}  // namespace medvlm
