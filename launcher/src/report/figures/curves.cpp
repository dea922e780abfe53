#include <algorithm>

#include "../text.hpp"
#include "figures.hpp"
#include "spec.hpp"

namespace medvlm::report {
namespace {

std::vector<std::string> distinct(const std::vector<ScenarioCurves>& scenarios, std::string ScenarioCurves::*field) {
  std::vector<std::string> result;
  for (const ScenarioCurves& scenario : scenarios) {
    const std::string text = clean_utf8(scenario.*field);
    if (std::find(result.begin(), result.end(), text) == result.end()) result.push_back(text);
  }
  return result;
}

/// Panels by method, lines by model, over a diagonal. A click on the legend picks models out.
void add_panels(Figure& figure, const std::vector<ScenarioCurves>& scenarios, Json lines, const std::string& x_title,
                const std::string& y_title) {
  figure.spec["usermeta"]["wrap"] = true;
  figure.spec["facet"] = channel("method", "nominal",
                                 {{"title", nullptr},
                                  {"sort", distinct(scenarios, &ScenarioCurves::method)},
                                  {"header", {{"labelFontWeight", "bold"}}}});
  figure.spec["columns"] = 3;
  const auto axis = [](const char* field, const std::string& title) {
    return channel(field, "quantitative",
                   {{"title", title}, {"scale", {{"domain", {0, 1}}}}, {"axis", {{"tickCount", 5}}}});
  };
  lines["params"] = Json::array(
      {{{"name", "picked"}, {"select", {{"type", "point"}, {"fields", {"model"}}}}, {"bind", "legend"}}});
  lines["encoding"]["x"] = axis("x", x_title);
  lines["encoding"]["y"] = axis("y", y_title);
  lines["encoding"]["color"] = channel(
      "model", "nominal",
      {{"scale", colours(distinct(scenarios, &ScenarioCurves::model))},
       {"legend", {{"orient", "bottom"}, {"columns", 4}, {"title", nullptr}, {"labelLimit", 140}}}});
  lines["encoding"]["opacity"] = {{"condition", {{"param", "picked"}, {"value", 1}}}, {"value", 0.12}};
  const Json diagonal = {
      {"mark", {{"type", "rule"}, {"strokeDash", {3, 3}}, {"opacity", 0.6}}},
      {"data", {{"values", Json::array({Json::object()})}}},
      {"encoding", {{"x", {{"datum", 0}}}, {"y", {{"datum", 0}}}, {"x2", {{"datum", 1}}}, {"y2", {{"datum", 1}}}}}};
  figure.spec["spec"] = {{"width", 220}, {"height", 220}, {"layer", Json::array({std::move(lines), diagonal})}};
  figure.wide = true;
}

}  // namespace

Figure roc_plot(const std::vector<ScenarioCurves>& scenarios, const std::string& dataset) {
  Json rows = Json::array();
  for (const ScenarioCurves& scenario : scenarios) {
    for (std::size_t i = 0; i < scenario.roc.x.size(); ++i) {
      rows.push_back({{"model", clean_utf8(scenario.model)},
                      {"method", clean_utf8(scenario.method)},
                      {"x", rounded(scenario.roc.x[i], 4)},
                      {"y", rounded(scenario.roc.y[i], 4)}});
    }
  }
  Figure figure;
  figure.id = "roc-" + slug(dataset);
  figure.title = dataset + ": ROC curves";
  figure.description = "ROC curves on " + dataset +
                       ", one panel per method, one line per model. The dashed diagonal is chance.";
  figure.spec = base_spec(
      figure.title, figure.description, std::move(rows),
      {{"model", "Model"}, {"method", "Method"}, {"x", "False positive rate"}, {"y", "True positive rate"}});
  // Points are in order already; sorting by x would mix those of a vertical step.
  const Json lines = {{"mark", {{"type", "line"}, {"strokeWidth", 1.8}}}, {"encoding", {{"order", nullptr}}}};
  add_panels(figure, scenarios, lines, "false positive rate", "true positive rate");
  return figure;
}

Figure reliability_plot(const std::vector<ScenarioCurves>& scenarios, const std::string& dataset) {
  Json rows = Json::array();
  for (const ScenarioCurves& scenario : scenarios) {
    if (!scenario.calibration) continue;
    for (const ReliabilityBin& bin : scenario.calibration->bins) {
      rows.push_back({{"model", clean_utf8(scenario.model)},
                      {"method", clean_utf8(scenario.method)},
                      {"x", rounded(bin.predicted, 4)},
                      {"y", rounded(bin.observed, 4)},
                      {"samples", bin.samples}});
    }
  }
  Figure figure;
  figure.id = "reliability-" + slug(dataset);
  figure.title = dataset + ": calibration";
  figure.description = "Reliability curves on " + dataset +
                       ", one panel per method, one line per model: how often what was given a probability came true,"
                       " in ten intervals of probability. On the dashed diagonal probabilities are right; below it the "
                       "model is too sure.";
  const std::vector<DataColumn> columns = {{"model", "Model"},
                                           {"method", "Method"},
                                           {"x", "Mean probability"},
                                           {"y", "Share that came true"},
                                           {"samples", "Samples"}};
  figure.spec = base_spec(figure.title, figure.description, std::move(rows), columns);
  const Json lines = {{"mark", {{"type", "line"}, {"strokeWidth", 1.8}, {"point", {{"filled", true}, {"size", 30}}}}},
                      {"encoding", {{"tooltip", tooltips(columns)}}}};
  add_panels(figure, scenarios, lines, "mean probability", "share that came true");
  return figure;
}

}  // namespace medvlm::report
