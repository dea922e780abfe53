#include <algorithm>

#include "../text.hpp"
#include "figures.hpp"
#include "spec.hpp"

namespace medvlm::report {
namespace {

using namespace analysis;

struct LineKind {
  const char* name;
  const char* colour;
  std::vector<int> dash;
};

const std::vector<LineKind>& line_kinds() {
  static const std::vector<LineKind> kKinds = {{"best ID specialist, off the shelf", "#8f7300", {1, 0}},
                                               {"second-best ID specialist, off the shelf", "#8f7300", {6, 3}},
                                               {"best OOD specialist, tuned", "#c15fa0", {1, 0}},
                                               {"second-best OOD specialist, tuned", "#c15fa0", {6, 3}}};
  return kKinds;
}

Json bar_row(const TaskView& view, const analysis::Cell& cell) {
  const auto& table = view.table();
  return {{"what", "generalist"},
          {"model", clean_utf8(table.models()[cell.model].name)},
          {"method", clean_utf8(view.adapter_label(table.adapters()[cell.adapter].name))},
          {"value", rounded(view.scaled(cell.value))},
          {"low", rounded(view.scaled(cell.interval.low))},
          {"high", rounded(view.scaled(cell.interval.high))},
          {"text", view.shown(cell.value) + (cell.published ? "\u00a7" : "")},
          {"source", cell.published ? "published" : "computed"}};
}

void add_lines(Json& rows, const TaskView& view, const std::vector<Contender>& contenders, std::size_t first_kind,
               bool second) {
  for (std::size_t i = 0; i < contenders.size() && i < (second ? 2u : 1u); ++i) {
    const Contender& contender = contenders[i];
    rows.push_back({{"what", line_kinds()[first_kind + i].name},
                    {"line", line_kinds()[first_kind + i].name},
                    {"model", clean_utf8(contender.model)},
                    {"method", clean_utf8(view.adapter_label(contender.adapter))},
                    {"value", rounded(view.scaled(contender.value))},
                    {"low", rounded(view.scaled(contender.cell->interval.low))},
                    {"high", rounded(view.scaled(contender.cell->interval.high))},
                    {"source", contender.cell->published ? "published" : "computed"}});
  }
}

/// The lines; the legend names those that are there.
Json line_layer(const Json& rows, const std::vector<DataColumn>& columns, const Json& x_of_value) {
  Json names = Json::array(), inks = Json::array(), dashes = Json::array();
  for (const LineKind& kind : line_kinds()) {
    const auto is_kind = [&](const Json& row) { return row["what"] == kind.name; };
    if (std::none_of(rows.begin(), rows.end(), is_kind)) continue;
    names.push_back(kind.name);
    inks.push_back(kind.colour);
    dashes.push_back(kind.dash);
  }
  const Json legend = {
      {"orient", "bottom"}, {"columns", 1}, {"title", nullptr}, {"labelLimit", 320}, {"symbolSize", 300}};
  return {
      {"mark", {{"type", "rule"}, {"strokeWidth", 2}}},
      {"transform", Json::array({{{"filter", "isValid(datum.line)"}}})},
      {"encoding",
       {{"x", x_of_value},
        {"color", channel("line", "nominal", {{"legend", legend}, {"scale", {{"domain", names}, {"range", inks}}}})},
        {"strokeDash",
         channel("line", "nominal", {{"legend", legend}, {"scale", {{"domain", names}, {"range", dashes}}}})},
        {"tooltip", tooltips(columns)}}}};
}

Figure bars_of(const TaskView& view, const ReferenceLines& lines, Json rows, std::size_t bars, double top) {
  const std::vector<DataColumn> columns = {
      {"what", "Shown as"},    {"model", "Model"},        {"method", "Method"}, {"value", view.axis_title()},
      {"low", "Interval low"}, {"high", "Interval high"}, {"source", "Source"}};
  add_lines(rows, view, lines.off_the_shelf, 0, true);
  add_lines(rows, view, lines.tuned, 2, lines.draw_second_tuned);
  Figure figure;
  figure.id = "bars-" + view.id() + "-" + slug(lines.dataset);
  figure.title = lines.dataset;
  figure.description = "Bars of the generalists on " + lines.dataset +
                       ", off the shelf and tuned, with intervals, and lines for the best and second-best"
                       " specialists: in-domain ones off the shelf, out-of-domain ones tuned.";
  figure.spec = base_spec(figure.title, figure.description, rows, columns);
  const Json methods = {"off the shelf", clean_utf8(view.adapter_label(view.tuned()))};
  const Json x = channel("value", "quantitative",
                         {{"title", view.axis_title()}, {"scale", {{"domain", {0, top}}, {"nice", false}}}});
  const Json y = channel("model", "nominal",
                         {{"sort", nullptr}, {"title", nullptr}, {"axis", {{"labelLimit", 130}, {"ticks", false}}}});
  const Json offset = channel("method", "nominal", {{"sort", methods}});
  const Json only_bars = Json::array({{{"filter", "datum.what === 'generalist'"}}});
  const Json fill = channel("method", "nominal",
                            {{"legend", {{"orient", "top"}, {"title", nullptr}}},
                             {"scale", {{"domain", methods}, {"range", {"#7fb2d6", "#2f7fb8"}}}}});
  figure.spec["width"] = "container";
  figure.spec["autosize"] = {{"type", "fit-x"}, {"contains", "padding"}};
  figure.spec["height"] = std::max<std::size_t>(70, 26 * bars);
  figure.spec["layer"] = Json::array(
      {{{"mark", {{"type", "bar"}, {"cornerRadiusEnd", 2}}},
        {"transform", only_bars},
        {"encoding", {{"x", x}, {"y", y}, {"yOffset", offset}, {"fill", fill}, {"tooltip", tooltips(columns)}}}},
       {{"mark", {{"type", "rule"}, {"strokeWidth", 1.5}}},
        {"transform", Json::array({only_bars[0], {{"filter", "datum.low !== null"}}})},
        {"encoding",
         {{"x", channel("low", "quantitative")}, {"x2", {{"field", "high"}}}, {"y", y}, {"yOffset", offset}}}},
       {{"mark", {{"type", "text"}, {"align", "left"}, {"dx", 5}, {"fontSize", 11}}},
        {"transform", only_bars},
        {"encoding",
         {{"x", {{"datum", 0}}},
          {"y", y},
          {"yOffset", offset},
          {"text", channel("text", "nominal")},
          {"color",
           {{"condition", {{"test", "datum.method === 'off the shelf'"}, {"value", "#0b1f2e"}}},
            {"value", "#ffffff"}}}}}}});
  Json drawn = line_layer(rows, columns, x);
  if (!drawn["encoding"]["color"]["scale"]["domain"].empty()) figure.spec["layer"].push_back(std::move(drawn));
  return figure;
}

}  // namespace

std::vector<Figure> specialist_bars(const TaskView& view) {
  const ScoreTable& table = view.table();
  double top = view.scale() == 100 ? 100 : 0;
  for (const analysis::Cell& cell : table.cells()) {
    for (const double value : {cell.value, cell.interval.high}) {
      if (view.scaled(value) > top) top = view.scaled(value);
    }
  }
  std::vector<Figure> figures;
  for (const ReferenceLines& lines : reference_lines(table, view.tuned())) {
    Json rows = Json::array();
    std::size_t bars = 0;
    for (const analysis::Cell& cell : table.cells()) {
      const std::string& adapter = table.adapters()[cell.adapter].name;
      const bool shown = adapter == table.off_the_shelf() || adapter == view.tuned();
      if (table.datasets()[cell.dataset].name != lines.dataset || table.models()[cell.model].role != "generalist" ||
          !shown)
        continue;
      rows.push_back(bar_row(view, cell));
      ++bars;
    }
    if (bars > 0) figures.push_back(bars_of(view, lines, std::move(rows), bars, top));
  }
  return figures;
}

}  // namespace medvlm::report
