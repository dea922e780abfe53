#include "report.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <set>

#include "material.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/version.hpp"
#include "samples.hpp"
#include "text.hpp"

namespace medvlm::report {
namespace {

using namespace analysis;

constexpr std::size_t kSampleBudget = 24000;  // predictions in the browser of samples; about 2 MB
constexpr std::size_t kFewestSamples = 20;

bool has_metric(const std::vector<Outcome>& outcomes, const std::string& task, const std::string& wanted) {
  const auto choices = metrics_of(outcomes, task);
  return std::any_of(choices.begin(), choices.end(), [&](const MetricChoice& choice) {
    return wanted == choice.metric || wanted == choice.name || wanted == choice.metric + "/" + choice.name;
  });
}

/// One view per task. A metric or an adapter may be of one task alone, but it must be of one.
std::vector<TaskView> task_views(const std::vector<Outcome>& outcomes, const ReportRequest& request) {
  std::vector<std::string> tasks = tasks_of(outcomes);
  std::stable_partition(tasks.begin(), tasks.end(), [](const std::string& task) { return task == "diagnosis"; });
  const bool known = std::any_of(tasks.begin(), tasks.end(),
                                 [&](const std::string& task) { return has_metric(outcomes, task, request.metric); });
  std::vector<TaskView> views;
  bool tuned_known = request.tuned.empty();
  for (const std::string& task : tasks) {
    // Where no task has the metric, the table's own error names those there are.
    const bool own = !request.metric.empty() && (!known || has_metric(outcomes, task, request.metric));
    views.emplace_back(outcomes, task, own ? request.metric : "", request.tuned);
    tuned_known = tuned_known || views.back().tuned() == request.tuned;
  }
  if (!tuned_known) {
    std::set<std::string> names;
    for (const TaskView& view : views) names.insert(view.table().tuned().begin(), view.table().tuned().end());
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    throw Error(ErrorCode::config, "--tuned " + request.tuned +
                                       ": no result has an adapter of this name that trains; there are: " +
                                       (list.empty() ? "none" : list));
  }
  return views;
}

std::map<std::string, double> metric_scales(const std::vector<Outcome>& outcomes) {
  std::map<std::string, std::vector<double>> values;
  for (const Outcome& outcome : outcomes) {
    for (const OutcomeValue& value : outcome.values) values[value_label(value)].push_back(value.interval.value);
  }
  std::map<std::string, double> scales;
  for (const auto& [label, all] : values) scales[label] = shown_scale(all);
  return scales;
}

/// In the order and with the names that the other figures have.
void order_curves(std::vector<ScenarioCurves>& curves, const TaskView& view) {
  const std::vector<std::string> methods = view.methods();
  const auto place = [&](const ScenarioCurves& one) {
    return std::find(methods.begin(), methods.end(), one.method) - methods.begin();
  };
  std::stable_sort(curves.begin(), curves.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
  for (ScenarioCurves& one : curves) one.method = view.adapter_label(one.method);
}

/// Reads every scenario's predictions once, for the curves and the browser of samples.
Json read_predictions_of(Material& material, const ReportRequest& request) {
  const auto file_of = [](const Outcome& outcome) { return outcome.folder / "predictions.jsonl"; };
  std::size_t scenarios = 0;
  for (const Outcome& outcome : material.outcomes) scenarios += std::filesystem::exists(file_of(outcome)) ? 1 : 0;
  if (scenarios == 0) return nullptr;
  const std::size_t wanted = request.samples.value_or(std::max(kFewestSamples, kSampleBudget / scenarios));
  std::optional<ThumbnailFolder> thumbnails;
  if (!request.thumbnails.empty()) thumbnails.emplace(request.thumbnails);
  SampleCollector samples(wanted, thumbnails ? &*thumbnails : nullptr);
  std::set<std::string> drawn;
  for (const Outcome& outcome : material.outcomes) {
    if (!std::filesystem::exists(file_of(outcome))) continue;
    const auto predictions = read_predictions(file_of(outcome));
    if (outcome.dataset.task != "vqa") {
      // Of several seeds the first: three lines of one model would hide the others.
      const std::string key = outcome.model.name + "\n" + outcome.dataset.name + "\n" + outcome.adapter.name;
      if (drawn.insert(key).second) {
        if (auto curves = curves_of(outcome, predictions)) material.curves.push_back(std::move(*curves));
      }
    }
    if (wanted > 0) samples.add(outcome, predictions);
  }
  for (const TaskView& view : material.tasks) {
    if (view.task() != "vqa") order_curves(material.curves, view);
  }
  return samples.finish();
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!word.empty()) text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

std::string today() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
  return text;
}

void add_head(Document& document, const Material& material, const ReportRequest& request) {
  std::set<std::string> studies, models, datasets, adapters, sources;
  for (const Outcome& outcome : material.outcomes) {
    studies.insert(outcome.study);
    models.insert(outcome.model.name);
    datasets.insert(outcome.dataset.name);
    adapters.insert(outcome.adapter.name);
    if (outcome.published) sources.insert(outcome.published->source);
  }
  const std::string names = joined(studies);
  document.title = !request.title.empty() ? request.title
                   : names.empty()        ? "medvlm report"
                                          : "Generalist or specialist? " + names;
  document.facts = {std::to_string(material.outcomes.size()) + " scenarios: " + std::to_string(models.size()) +
                        " models, " + std::to_string(datasets.size()) + " datasets, " +
                        std::to_string(adapters.size()) + " methods",
                    "written " + today() + " by medvlm " + std::string(kVersion)};
  if (!sources.empty()) document.facts.push_back("contains published numbers: " + joined(sources));
  for (const TaskView& view : material.tasks) {
    document.answers.push_back(
        {view.title() + ", " + view.table().metric().label(), view.findings().sentences, view.findings().notes});
  }
  document.notes = {
      "\u2020 or ID: the dataset's modality was in the specialist's pre-training (in domain); OOD: it was not. A "
      "generalist is out of domain everywhere.",
      "(G) generalist, (S) specialist. Values between 0 and 1 are shown as points (times 100)."};
  if (!sources.empty()) {
    document.notes.push_back(
        "\u00a7 or published: taken from a publication, not computed here. There are no predictions behind such a "
        "number, so it enters no paired test.");
  }
}

/// A column that says nothing in any row is left out: published numbers have no costs, rounds or versions.
void drop_empty_columns(Table& table) {
  const auto empty = [](const Cell& cell) { return (cell.text.empty() || cell.text == "\u2013") && cell.mark.empty(); };
  for (std::size_t at = table.columns.size(); at-- > 1;) {
    if (!std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) { return empty(row[at]); })) continue;
    table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(at));
    for (auto& row : table.rows) row.erase(row.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

/// Drops empty columns, and makes ids unique: names of models and datasets may give the same one.
void tidy(Document& document) {
  std::set<std::string> used = {"main", "theme", "answer", "samples", "samples-data", "sample-browser"};
  for (const Section& section : document.sections) used.insert(section.id);
  const auto own = [&](std::string& id) {
    const std::string wanted = id;
    for (int number = 2; !used.insert(id).second; ++number) id = wanted + "-" + std::to_string(number);
  };
  for (Section& section : document.sections) {
    for (Part& part : section.parts) {
      for (Block& block : part.blocks) {
        if (auto* table = std::get_if<Table>(&block)) {
          own(table->id);
          drop_empty_columns(*table);
        }
        if (auto* figure = std::get_if<Figure>(&block)) own(figure->id);
      }
    }
  }
}

}  // namespace

Report make_report(const std::vector<std::filesystem::path>& folders, const ReportRequest& request) {
  Report report;
  report.outcomes = read_outcomes(folders);
  Material material{report.outcomes,
                    {},
                    unfinished_scenarios(folders),
                    task_views(report.outcomes, request),
                    {},
                    metric_scales(report.outcomes)};
  for (const Outcome& outcome : report.outcomes) material.results.push_back(read_result(outcome.folder));
  report.samples = read_predictions_of(material, request);
  add_head(report.document, material, request);
  for (Section (*write)(const Material&) :
       {results_section, gaps_section, specialists_section, costs_section, models_section, subgroups_section,
        curves_section, failures_section, differences_section, seeds_section, manifest_section}) {
    Section section = write(material);
    if (!section.empty()) report.document.sections.push_back(std::move(section));
  }
  tidy(report.document);
  return report;
}

}  // namespace medvlm::report
