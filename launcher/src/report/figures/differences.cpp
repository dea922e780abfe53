#include <algorithm>
#include <cmath>

#include "../text.hpp"
#include "figures.hpp"
#include "spec.hpp"

namespace medvlm::report {
namespace {

/// Points with intervals in rows, a line at zero.
Json forest_layers(const std::string& x_title, const Json& y, const Json& colour,
                   const std::vector<DataColumn>& columns) {
  const auto x = [&](const char* field) { return channel(field, "quantitative", {{"title", x_title}}); };
  return Json::array(
      {{{"mark", {{"type", "rule"}, {"strokeDash", {4, 3}}}},
        {"data", {{"values", Json::array({Json::object()})}}},
        {"encoding", {{"x", {{"datum", 0}}}}}},
       {{"mark", {{"type", "rule"}, {"strokeWidth", 2}}},
        {"encoding", {{"y", y}, {"x", x("low")}, {"x2", {{"field", "high"}}}, {"color", colour}}}},
       {{"mark", {{"type", "point"}, {"filled", true}, {"size", 55}, {"opacity", 1}}},
        {"encoding",
         {{"y", y}, {"x", x("value")}, {"color", colour}, {"shape", colour}, {"tooltip", tooltips(columns)}}}}});
}

}  // namespace

std::optional<Figure> difference_plot(const TaskView& view, const std::vector<Difference>& differences) {
  Json rows = Json::array();
  for (const Difference& difference : differences) {
    if (std::isnan(difference.low) || std::isnan(difference.high)) continue;
    rows.push_back({{"row", clean_utf8(difference.label)},
                    {"kind", difference.kind},
                    {"value", rounded(difference.value)},
                    {"low", rounded(difference.low)},
                    {"high", rounded(difference.high)},
                    {"verdict", difference.verdict}});
  }
  if (rows.empty()) return std::nullopt;
  const std::vector<DataColumn> columns = {
      {"row", "Comparison"},   {"kind", "Question"},      {"value", "Difference (" + view.unit() + ")"},
      {"low", "Interval low"}, {"high", "Interval high"}, {"verdict", "After Holm's correction"}};
  Figure figure;
  figure.id = "differences-" + view.id();
  figure.title = view.title() + ": differences";
  figure.description = "Differences between two scenarios with their intervals, in " + view.unit() +
                       ", one per row; to the right of zero the first one is better.";
  figure.spec = base_spec(figure.title, figure.description, std::move(rows), columns);
  const Json colour = channel(
      "verdict", "nominal",
      {{"title", nullptr},
       {"legend", {{"orient", "top"}}},
       {"scale", {{"domain", {"better", "open", "worse"}}, {"range", {"#009e73", "#8a8a8a", "#d55e00"}}}}});
  figure.spec["width"] = "container";
  figure.spec["autosize"] = {{"type", "fit-x"}, {"contains", "padding"}};
  figure.spec["height"] = 18 * distinct_values(figure.spec["data"]["values"], "row");
  const Json y = channel("row", "nominal",
                         {{"sort", nullptr}, {"title", nullptr}, {"axis", {{"labelLimit", 330}, {"ticks", false}}}});
  figure.spec["layer"] = forest_layers("difference (" + view.unit() + ")", y, colour, columns);
  figure.spec["layer"][2]["encoding"]["shape"]["scale"]["range"] = {"triangle-right", "circle", "triangle-left"};
  figure.wide = true;
  return figure;
}

Figure seed_plot(const TaskView& view, const std::vector<SeedRow>& seeds) {
  Json rows = Json::array();
  for (const SeedRow& seed : seeds) {
    rows.push_back({{"row", clean_utf8(seed.label)}, {"seed", seed.seed}, {"value", rounded(view.scaled(seed.value))}});
  }
  const std::vector<DataColumn> columns = {{"row", "Scenario"}, {"seed", "Seed"}, {"value", view.axis_title()}};
  Figure figure;
  figure.id = "seeds-" + view.id();
  figure.title = view.title() + ": spread over seeds";
  figure.description = "One tick per training seed, one row per scenario; the dot is the mean.";
  figure.spec = base_spec(figure.title, figure.description, std::move(rows), columns);
  figure.spec["width"] = "container";
  figure.spec["autosize"] = {{"type", "fit-x"}, {"contains", "padding"}};
  figure.spec["height"] = 20 * distinct_values(figure.spec["data"]["values"], "row");
  const Json x = channel("value", "quantitative", {{"title", view.axis_title()}, {"scale", {{"zero", false}}}});
  Json mean = x;
  mean["aggregate"] = "mean";
  figure.spec["encoding"] = {
      {"y", channel("row", "nominal", {{"sort", nullptr}, {"title", nullptr}, {"axis", {{"labelLimit", 260}}}})}};
  figure.spec["layer"] = Json::array(
      {{{"mark", {{"type", "tick"}, {"thickness", 2}, {"color", kPalette[0]}}},
        {"encoding", {{"x", x}, {"tooltip", tooltips(columns)}}}},
       {{"mark", {{"type", "point"}, {"filled", true}, {"size", 50}, {"color", kPalette[1]}}},
        {"encoding", {{"x", mean}}}}});
  figure.wide = true;
  return figure;
}

Figure subgroup_plot(const std::vector<SubgroupGapRow>& gaps, const std::string& id) {
  Json rows = Json::array();
  std::vector<std::string> groups;
  for (const SubgroupGapRow& gap : gaps) {
    const std::string group = clean_utf8(gap.group);
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
    rows.push_back({{"row", clean_utf8(gap.label)},
                    {"group", group},
                    {"value", rounded(gap.value)},
                    {"low", rounded(gap.low)},
                    {"high", rounded(gap.high)}});
  }
  const std::vector<DataColumn> columns = {{"row", "Scenario and subgroups"},
                                           {"group", "Group"},
                                           {"value", "Gap (points)"},
                                           {"low", "Interval low"},
                                           {"high", "Interval high"}};
  Figure figure;
  figure.id = id;
  figure.title = "Largest gaps between subgroups";
  figure.description = "The largest difference between two subgroups of a group, per scenario, with its interval.";
  figure.spec = base_spec(figure.title, figure.description, std::move(rows), columns);
  figure.spec["width"] = "container";
  figure.spec["autosize"] = {{"type", "fit-x"}, {"contains", "padding"}};
  figure.spec["height"] = 18 * distinct_values(figure.spec["data"]["values"], "row");
  const Json y = channel("row", "nominal",
                         {{"sort", nullptr}, {"title", nullptr}, {"axis", {{"labelLimit", 330}, {"ticks", false}}}});
  const Json colour = channel("group", "nominal",
                              {{"title", nullptr}, {"scale", colours(groups)}, {"legend", {{"orient", "top"}}}});
  figure.spec["layer"] = forest_layers("gap (points)", y, colour, columns);
  figure.spec["layer"][2]["encoding"].erase("shape");
  figure.wide = true;
  return figure;
}

}  // namespace medvlm::report
