// The report's figures as Vega-Lite specifications. One file each; what they share is in spec.hpp.
#pragma once

#include <optional>
#include <vector>

#include "../curves/curves.hpp"
#include "../document.hpp"
#include "../task_view.hpp"

namespace medvlm::report {

/// All values: models x datasets, one panel per adapter. (Figure 2 of the paper.)
Figure heat_map(const TaskView& view);

/// The gaps of the three questions per family and dataset with intervals. (Figure 3 of the paper.) Null without gaps.
std::optional<Figure> gap_plot(const TaskView& view);

/// For each dataset: the generalists as bars, the best and second-best specialists as lines. (Figure 4 of the paper.)
std::vector<Figure> specialist_bars(const TaskView& view);

/// Gain over off the shelf against parameters or seconds of training. Null where no cost is known.
std::optional<Figure> parameters_against_gain(const TaskView& view);
std::optional<Figure> seconds_against_gain(const TaskView& view);

/// The curves of one dataset, one panel per adapter.
Figure roc_plot(const std::vector<ScenarioCurves>& scenarios, const std::string& dataset);
Figure reliability_plot(const std::vector<ScenarioCurves>& scenarios, const std::string& dataset);

/// One difference between two scenarios.
struct Difference {
  std::string label;                    ///< "CLIP + linear_probe against PLIP on CheXpert"
  std::string kind;                     ///< what is compared: "RQ2", "tuned against off the shelf"
  double value = 0, low = 0, high = 0;  ///< as shown
  std::string verdict;                  ///< "better", "worse", "open"
};
/// Differences with their intervals, one below the other. Null without any.
std::optional<Figure> difference_plot(const TaskView& view, const std::vector<Difference>& differences);

/// The values of the seeds of one adapter.
struct SeedRow {
  std::string label, seed;
  double value = 0;
};
Figure seed_plot(const TaskView& view, const std::vector<SeedRow>& rows);

/// The gaps between subgroups with their intervals, in points.
struct SubgroupGapRow {
  std::string label, group;
  double value = 0, low = 0, high = 0;
};
Figure subgroup_plot(const std::vector<SubgroupGapRow>& rows, const std::string& id);

}  // namespace medvlm::report
