#include <cmath>

#include "../text.hpp"
#include "figures.hpp"
#include "spec.hpp"

namespace medvlm::report {
namespace {

using analysis::CostOfGain;

std::optional<Figure> cost_figure(const TaskView& view, const std::string& id, const std::string& cost_title,
                                  const std::string& format, double (*cost_of)(const CostOfGain&)) {
  Json rows = Json::array();
  for (const CostOfGain& cost : view.costs()) {
    if (!(cost_of(cost) > 0) || std::isnan(cost.gain)) continue;
    rows.push_back({{"model", clean_utf8(cost.model)},
                    {"role", cost.role.empty() ? "role not told" : cost.role},
                    {"dataset", clean_utf8(cost.dataset)},
                    {"method", clean_utf8(cost.adapter)},
                    {"cost", rounded(cost_of(cost), 3)},
                    {"gain", rounded(view.scaled(cost.gain))},
                    {"low", rounded(view.scaled(cost.interval.low))},
                    {"high", rounded(view.scaled(cost.interval.high))}});
  }
  if (rows.empty()) return std::nullopt;
  const std::vector<DataColumn> columns = {{"model", "Model"},      {"role", "Role"},
                                           {"dataset", "Dataset"},  {"method", "Method"},
                                           {"cost", cost_title},    {"gain", "Gain (" + view.unit() + ")"},
                                           {"low", "Interval low"}, {"high", "Interval high"}};
  Figure figure;
  figure.id = id + "-" + view.id();
  figure.title = view.title() + ": gain against " + cost_title;
  figure.description = "Scatter plot of what tuning gained over the same model off the shelf (" + view.unit() +
                       ", with intervals) against " + cost_title + " on a logarithmic scale.";
  figure.spec = base_spec(figure.title, figure.description, std::move(rows), columns);
  std::vector<std::string> methods;
  for (const std::string& adapter : view.table().tuned()) methods.push_back(clean_utf8(adapter));
  const Json x = channel("cost", "quantitative",
                         {{"title", cost_title},
                          {"scale", {{"type", "log"}, {"nice", false}, {"padding", 12}}},
                          {"axis", {{"format", format}, {"labelOverlap", true}, {"grid", false}}}});
  const Json colour = channel(
      "method", "nominal",
      {{"scale", colours(methods)}, {"legend", {{"orient", "top"}, {"title", nullptr}, {"symbolOpacity", 1}}}});
  const Json shape = channel(
      "role", "nominal",
      {{"legend", {{"orient", "top"}, {"title", nullptr}, {"symbolOpacity", 1}}},
       {"scale",
        {{"domain", {"generalist", "specialist", "role not told"}}, {"range", {"circle", "triangle-up", "square"}}}}});
  const std::string gain_title = "gain over off the shelf (" + view.unit() + ")";
  figure.spec["width"] = "container";
  figure.spec["autosize"] = {{"type", "fit-x"}, {"contains", "padding"}};
  figure.spec["height"] = 280;
  figure.spec["layer"] = Json::array({{{"mark", {{"type", "rule"}, {"strokeDash", {4, 3}}}},
                                       {"data", {{"values", Json::array({Json::object()})}}},
                                       {"encoding", {{"y", {{"datum", 0}}}}}},
                                      {{"mark", {{"type", "rule"}, {"opacity", 0.4}}},
                                       {"transform", Json::array({{{"filter", "datum.low !== null"}}})},
                                       {"encoding",
                                        {{"x", x},
                                         {"y", channel("low", "quantitative", {{"title", gain_title}})},
                                         {"y2", {{"field", "high"}}},
                                         {"color", colour}}}},
                                      {{"mark", {{"type", "point"}, {"filled", true}, {"size", 70}, {"opacity", 0.9}}},
                                       {"encoding",
                                        {{"x", x},
                                         {"y", channel("gain", "quantitative", {{"title", gain_title}})},
                                         {"color", colour},
                                         {"shape", shape},
                                         {"tooltip", tooltips(columns)}}}}});
  return figure;
}

}  // namespace

std::optional<Figure> parameters_against_gain(const TaskView& view) {
  return cost_figure(view, "cost-parameters", "parameters updated", "~s",
                     [](const CostOfGain& cost) { return static_cast<double>(cost.trained_parameters); });
}

std::optional<Figure> seconds_against_gain(const TaskView& view) {
  return cost_figure(view, "cost-seconds", "seconds of training", "~r",
                     [](const CostOfGain& cost) { return cost.training_seconds; });
}

}  // namespace medvlm::report
