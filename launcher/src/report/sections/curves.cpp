// ROC and calibration of diagnosis, per dataset.
#include <algorithm>

#include "../figures/figures.hpp"
#include "../material.hpp"
#include "../text.hpp"

namespace medvlm::report {
namespace {

Table calibration_table(const std::vector<ScenarioCurves>& scenarios) {
  Table table;
  table.id = "calibration";
  table.caption = "Calibration of every diagnosis scenario";
  table.tools = true;
  table.columns = {{"Model", ColumnKind::choice},
                   {"Dataset", ColumnKind::choice},
                   {"Method", ColumnKind::choice},
                   {"Samples", ColumnKind::number},
                   {"Expected calibration error", ColumnKind::number},
                   {"Brier score", ColumnKind::number}};
  for (const ScenarioCurves& scenario : scenarios) {
    if (!scenario.calibration) continue;
    const Reliability& calibration = *scenario.calibration;
    table.rows.push_back(
        {scenario.model, scenario.dataset, scenario.method,
         Cell(grouped(static_cast<long long>(scenario.samples)), static_cast<double>(scenario.samples)),
         Cell(decimal(calibration.calibration_error, 4), calibration.calibration_error),
         Cell(decimal(calibration.brier, 4), calibration.brier)});
  }
  return table;
}

}  // namespace

Section curves_section(const Material& material) {
  Section section{"curves", "ROC and calibration", {}};
  if (material.curves.empty()) return section;
  Part intro;
  intro.blocks.push_back(Paragraph{
      "Two classes: the second class against the first. Several classes: the mean of one class against the rest; "
      "calibration is that of the chosen class. Labels:"
      " the mean over the labels; calibration of all labels together. The calibration error here is computed from the "
      "ten intervals that are drawn; the table's Brier score"
      " is of the same probabilities. Curves are thinned for drawing only. Of several seeds the first is drawn."});
  section.parts.push_back(std::move(intro));
  std::vector<std::string> datasets;
  for (const ScenarioCurves& curves : material.curves) {
    if (std::find(datasets.begin(), datasets.end(), curves.dataset) == datasets.end())
      datasets.push_back(curves.dataset);
  }
  for (const std::string& dataset : datasets) {
    std::vector<ScenarioCurves> own;
    bool calibrated = false;
    for (const ScenarioCurves& curves : material.curves) {
      if (curves.dataset != dataset) continue;
      own.push_back(curves);
      calibrated = calibrated || curves.calibration;
    }
    Part part;
    part.title = dataset;
    part.blocks.push_back(roc_plot(own, dataset));
    if (calibrated) part.blocks.push_back(reliability_plot(own, dataset));
    section.parts.push_back(std::move(part));
  }
  Table table = calibration_table(material.curves);
  if (!table.rows.empty()) {
    Part part;
    part.title = "All scenarios";
    part.blocks.push_back(std::move(table));
    section.parts.push_back(std::move(part));
  }
  return section;
}

}  // namespace medvlm::report
