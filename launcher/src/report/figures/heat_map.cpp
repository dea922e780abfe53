#include <algorithm>
#include <cmath>

#include "../text.hpp"
#include "figures.hpp"
#include "spec.hpp"

namespace medvlm::report {
namespace {

struct Range {
  double low = 0, high = 0;
};

/// The values' range, widened to multiples of five.
Range colour_range(const TaskView& view) {
  Range range{1e300, -1e300};
  for (const analysis::Cell& cell : view.table().cells()) {
    if (std::isnan(cell.value)) continue;
    range.low = std::min(range.low, view.scaled(cell.value));
    range.high = std::max(range.high, view.scaled(cell.value));
  }
  if (range.low > range.high) return {0, 1};
  if (view.scale() == 100) {
    range.low = 5 * std::floor(range.low / 5);
    range.high = 5 * std::ceil(range.high / 5);
  }
  if (range.low == range.high) range.high = range.low + 1;
  return range;
}

Json heat_rows(const TaskView& view, Range range) {
  Json rows = Json::array();
  const auto& table = view.table();
  for (const analysis::Cell& cell : table.cells()) {
    const double value = view.scaled(cell.value);
    // Cividis is dark at its low end.
    const bool low_is_dark = table.metric().higher_is_better;
    const double place = (value - range.low) / (range.high - range.low);
    const bool dark = low_is_dark ? place < 0.55 : place > 0.45;
    std::string marks = cell.domain == "ID" ? "\u2020" : "";
    if (cell.published) marks += "\u00a7";
    rows.push_back({{"model", clean_utf8(view.model_label(cell.model))},
                    {"dataset", clean_utf8(view.dataset_label(cell.dataset))},
                    {"method", clean_utf8(view.adapter_label(table.adapters()[cell.adapter].name))},
                    {"value", rounded(value)},
                    {"text", decimal(value, 1) + marks},
                    {"interval", interval_text(cell.interval.low, cell.interval.high, view.scale(), 1)},
                    {"domain", cell.domain == "-" ? "" : cell.domain},
                    {"source", cell.published ? "published" : "computed"},
                    {"ink", dark ? "light" : "dark"}});
  }
  return rows;
}

Json heat_panel(const TaskView& view, Range range, const std::vector<DataColumn>& columns) {
  std::vector<std::string> models, datasets;
  for (std::size_t i = 0; i < view.table().models().size(); ++i) models.push_back(clean_utf8(view.model_label(i)));
  for (std::size_t i = 0; i < view.table().datasets().size(); ++i)
    datasets.push_back(clean_utf8(view.dataset_label(i)));
  const Json colour = {{"field", "value"},
                       {"type", "quantitative"},
                       {"title", view.axis_title()},
                       {"scale",
                        {{"scheme", "cividis"},
                         {"domain", {range.low, range.high}},
                         {"reverse", !view.table().metric().higher_is_better}}},
                       {"legend", {{"orient", "bottom"}, {"gradientLength", 220}}}};
  const Json ink = {{"condition", {{"test", "datum.ink === 'light'"}, {"value", "#ffffff"}}}, {"value", "#111111"}};
  const Json text = {{"type", "text"}, {"fontSize", 12}, {"dy", -5}};
  const Json small = {{"type", "text"}, {"fontSize", 9}, {"dy", 9}};
  return {
      {"width", {{"step", 68}}},
      {"height", {{"step", 36}}},
      {"encoding",
       {{"x",
         channel(
             "dataset", "nominal",
             {{"sort", datasets},
              {"title", nullptr},
              {"axis",
               {{"orient", "top"}, {"labelAngle", -25}, {"labelLimit", 140}, {"ticks", false}, {"domain", false}}}})},
        {"y", channel("model", "nominal",
                      {{"sort", models},
                       {"title", nullptr},
                       {"axis", {{"ticks", false}, {"domain", false}, {"labelLimit", 140}}}})}}},
      {"layer",
       Json::array({{{"mark", {{"type", "rect"}, {"cornerRadius", 2}}},
                     {"encoding", {{"color", colour}, {"tooltip", tooltips(columns)}}}},
                    {{"mark", text}, {"encoding", {{"text", channel("text", "nominal")}, {"color", ink}}}},
                    {{"mark", small}, {"encoding", {{"text", channel("interval", "nominal")}, {"color", ink}}}}})}};
}

}  // namespace

Figure heat_map(const TaskView& view) {
  const std::vector<DataColumn> columns = {{"model", "Model"},           {"dataset", "Dataset"},   {"method", "Method"},
                                           {"value", view.axis_title()}, {"interval", "Interval"}, {"domain", "Domain"},
                                           {"source", "Source"}};
  const Range range = colour_range(view);
  Figure figure;
  figure.id = "heat-" + view.id();
  figure.title = view.title() + ": " + view.axis_title() + " of every model, dataset and method";
  figure.description = "Heat map of " + view.axis_title() +
                       ": models in rows, datasets in columns, one panel per method. Each cell shows the value"
                       " and below it its interval. \u2020 the dataset's modality was in the specialist's pre-training "
                       "(in domain). \u00a7 published, not computed here.";
  figure.spec = base_spec(figure.title, figure.description, heat_rows(view, range), columns);
  std::vector<std::string> methods;
  for (const std::string& adapter : view.methods()) methods.push_back(clean_utf8(view.adapter_label(adapter)));
  figure.spec["usermeta"]["wrap"] = true;  // the page sets the number of columns by its width
  figure.spec["facet"] = channel("method", "nominal",
                                 {{"title", nullptr}, {"sort", methods}, {"header", {{"labelFontWeight", "bold"}}}});
  figure.spec["columns"] = 2;
  figure.spec["resolve"] = {{"axis", {{"x", "independent"}}}};
  figure.spec["spec"] = heat_panel(view, range, columns);
  figure.wide = true;
  return figure;
}

}  // namespace medvlm::report
