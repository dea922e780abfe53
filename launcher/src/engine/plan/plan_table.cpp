// The table of `medvlm plan`.
#include <algorithm>
#include <cstdio>

#include "plan_report.hpp"
#include "plan_totals.hpp"
#include "results_table.hpp"
#include "terminal.hpp"

namespace medvlm::launcher {
namespace {

constexpr std::size_t kNameWidth = 20;  ///< three of them and the other columns stay within 120

std::string shortened(const std::string& name) {
  // Names are letters, digits and signs of ASCII; what tells them apart is often at the end.
  if (name.size() <= kNameWidth) return name;
  return name.substr(0, kNameWidth - 9) + "…" + name.substr(name.size() - 8);
}

/// "950", "8254", "12.3 k", "4.5 M", "7.2 G"
std::string counted(double number) {
  const char* units[] = {"", " k", " M", " G", " T"};
  std::size_t unit = 0;
  while (number >= (unit == 0 ? 9999.5 : 999.5) && unit < 4) {
    number /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 || number >= 99.95 ? "%.0f%s" : "%.1f%s", number, units[unit]);
  return text;
}

/// "1 kB", "692 kB", "1.2 GB"
std::string disk(double bytes) {
  const char* units[] = {"kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  double number = std::max(bytes / 1000, 1.0);
  while (number >= 999.5 && unit < 4) {
    number /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 || number >= 99.95 ? "%.0f %s" : "%.1f %s", number, units[unit]);
  return text;
}

std::string time_cell(const ScenarioForecast& forecast) {
  if (std::isnan(forecast.seconds)) return "unknown";
  if (forecast.basis == Basis::nothing_to_do && forecast.seconds == 0) return "-";
  const std::string time = forecast.seconds < 1 ? "1s" : format_duration(forecast.seconds);
  return (forecast.basis == Basis::rule_of_thumb ? "~" : "") + time;
}

std::string trains_cell(const ScenarioForecast& forecast) {
  if (forecast.trainable_parameters < 0) return "unknown";
  return forecast.trainable_parameters == 0 ? "-" : counted(double(forecast.trainable_parameters));
}

std::string images_cell(const ScenarioForecast& forecast) {
  const double images = double(forecast.images_to_encode) + forecast.training_images;
  if (images > 0) return counted(images);
  return forecast.cached_embeddings > 0 ? "cached" : "-";
}

std::vector<std::string> line_of(const PlannedScenario& planned, const ScenarioProgress& progress, const ScenarioForecast& forecast) {
  return {shortened(planned.model->entry.name),
          shortened(planned.dataset->entry.name),
          shortened(planned.parts.adapter.entry.name),
          progress.state,
          std::to_string(progress.records) + "/" + std::to_string(forecast.samples),
          progress.errored ? std::to_string(progress.errored) : "-",
          images_cell(forecast),
          trains_cell(forecast),
          time_cell(forecast),
          forecast.bytes > 0 ? disk(forecast.bytes) : "-"};
}

std::string totals_line(const PlanReport& report, const PlanTotals& totals) {
  std::string states;
  for (const char* state : {"done", "partial", "to do", "to train", "errored", "changed"}) {
    const auto found = totals.states.find(state);
    if (found != totals.states.end()) states += (states.empty() ? "" : ", ") + std::to_string(found->second) + " " + state;
  }
  std::string text = std::to_string(report.scenarios.size()) + " scenarios: " + states + "\n";
  if (totals.states.contains("done") && totals.states.at("done") == report.scenarios.size()) return text;
  text += "to do: " + counted(double(totals.predictions_left)) + " predictions, " + counted(double(totals.images_to_encode)) +
          " images to encode";
  if (totals.cached_embeddings > 0) text += " (" + counted(double(totals.cached_embeddings)) + " embeddings are there or shared)";
  if (totals.trainable_parameters > 0) text += "\nto train: " + counted(double(totals.trainable_parameters)) + " parameters";
  if (totals.training_images > 0) text += ", " + counted(totals.training_images) + " images with their epochs";
  text += "\ntakes about " + (totals.seconds < 1 ? "1s" : format_duration(totals.seconds)) + " one after another, and " +
          disk(totals.bytes) + " of disk";
  if (totals.unknown_times > 0) text += "; the time of " + std::to_string(totals.unknown_times) + " scenarios is unknown";
  return text + "\n";
}

/// What the times rest on.
std::string basis_lines(const PlanReport& report, const PlanTotals& totals) {
  std::string text;
  if (totals.bases.contains(Basis::finished_scenarios)) text += "times without ~: from finished scenarios of the same model in this folder\n";
  if (report.forecast.matrix_rate > 0) {
    text += "times with ~: a rule of thumb, right within a factor of a few: 2 operations a parameter and token, 200 tokens an\n"
            "image, 1000 a question, three times that to train, at half the " +
            counted(report.forecast.matrix_rate) + "FLOP/s with which this machine multiplies\nmatrices; 1 ms a training image of a probe\n";
  } else if (totals.bases.contains(Basis::rule_of_thumb)) {
    text += "times with ~: a rule of thumb: 1 ms a training image of a probe\n";
  }
  return text;
}

std::string notes(const PlanReport& report) {
  std::string changed, failed, missing;
  for (std::size_t i = 0; i < report.scenarios.size(); ++i) {
    const ScenarioProgress& progress = report.progress[i];
    for (const std::string& difference : progress.differences) changed += report.scenarios[i].name + ": " + difference + "\n";
    if (!progress.error.empty()) failed += report.scenarios[i].name + ": " + progress.error + "\n";
  }
  for (const MissingVariable& each : report.missing) {
    missing += each.variable + ", named by " + each.key + ": " + std::to_string(each.scenarios) + " scenarios cannot run without it\n";
  }
  return (missing.empty() ? "" : "\nvariables of the environment that are not set:\n" + missing) +
         (failed.empty() ? "" : "\nwhy the last attempts failed:\n" + failed) +
         (changed.empty() ? "" : "\nchanged since the run:\n" + changed);
}

}  // namespace

std::string plan_table(const PlanReport& report) {
  std::vector<std::vector<std::string>> lines{
      {"model", "dataset", "adapter", "state", "done", "failed", "images", "trains", "time", "disk"}};
  for (std::size_t i = 0; i < report.scenarios.size(); ++i) {
    lines.push_back(line_of(report.scenarios[i], report.progress[i], report.forecast.scenarios[i]));
  }
  const PlanTotals totals = totals_of(report);
  return aligned(lines) + "\n" + totals_line(report, totals) + basis_lines(report, totals) + notes(report);
}

}  // namespace medvlm::launcher
