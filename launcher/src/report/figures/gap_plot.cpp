#include "../text.hpp"
#include "figures.hpp"
#include "spec.hpp"

namespace medvlm::report {
namespace {

using namespace analysis;

Json gap_rows(const TaskView& view) {
  Json rows = Json::array();
  for (const Gap& gap : view.gaps()) {
    const DifferenceInterval& interval = gap.of_pair;
    rows.push_back({{"row", clean_utf8(gap.family + " \u00b7 " + gap.dataset)},
                    {"question", question_name(gap.question)},
                    {"gap", rounded(view.scaled(gap.value))},
                    {"low", rounded(view.scaled(interval.low))},
                    {"high", rounded(view.scaled(interval.high))},
                    {"pairing", pairing_name(interval.pairing)},
                    {"generalist", clean_utf8(gap.generalist.model)},
                    {"specialist", clean_utf8(gap.specialist.model)}});
  }
  return rows;
}

}  // namespace

std::optional<Figure> gap_plot(const TaskView& view) {
  if (view.gaps().empty()) return std::nullopt;
  const std::vector<DataColumn> columns = {
      {"row", "Family and dataset"},     {"question", "Question"},         {"gap", "Gap (" + view.unit() + ")"},
      {"low", "Interval low"},           {"high", "Interval high"},        {"pairing", "Interval is"},
      {"generalist", "Best generalist"}, {"specialist", "Best specialist"}};
  Figure figure;
  figure.id = "gaps-" + view.id();
  figure.title = view.title() + ": gaps between generalists and specialists";
  figure.description = "Lollipop plot of the gaps per family and dataset, in " + view.unit() +
                       ". To the right of zero the best generalist is better, to the left"
                       " the best specialist. RQ1 both off the shelf, RQ2 tuned generalist against in-domain "
                       "specialist off the shelf, RQ3 both tuned,"
                       " specialist out of domain. Translucent bars are intervals.";
  figure.spec = base_spec(figure.title, figure.description, gap_rows(view), columns);
  const Json questions = {"RQ1", "RQ2", "RQ3"};
  const Json colour = channel("question", "nominal",
                              {{"title", nullptr},
                               {"legend", {{"orient", "top"}, {"symbolOpacity", 1}}},
                               {"scale", {{"domain", questions}, {"range", {"#009e73", "#1f78b4", "#c15fa0"}}}}});
  const Json shape = channel("question", "nominal",
                             {{"title", nullptr},
                              {"legend", {{"orient", "top"}, {"symbolOpacity", 1}}},
                              {"scale", {{"domain", questions}, {"range", {"circle", "square", "triangle-up"}}}}});
  const auto x = [&](const char* field) {
    return channel(field, "quantitative", {{"title", "gap of the generalist (" + view.unit() + ")"}});
  };
  figure.spec["width"] = "container";
  figure.spec["autosize"] = {{"type", "fit-x"}, {"contains", "padding"}};
  figure.spec["height"] = 52 * distinct_values(figure.spec["data"]["values"], "row");
  const Json y = channel("row", "nominal",
                         {{"sort", nullptr},
                          {"title", nullptr},
                          {"scale", {{"paddingInner", 0.25}}},
                          {"axis", {{"labelLimit", 190}, {"grid", true}, {"tickBand", "extent"}}}});
  const Json offset = channel("question", "nominal", {{"scale", {{"domain", questions}}}});
  figure.spec["layer"] = Json::array(
      {{{"mark", {{"type", "rule"}, {"strokeWidth", 7}, {"opacity", 0.3}}},
        {"transform", Json::array({{{"filter", "datum.low !== null"}}})},
        {"encoding", {{"y", y}, {"yOffset", offset}, {"x", x("low")}, {"x2", {{"field", "high"}}}, {"color", colour}}}},
       {{"mark", {{"type", "rule"}, {"strokeWidth", 1.5}}},
        {"encoding", {{"y", y}, {"yOffset", offset}, {"x", x("gap")}, {"x2", {{"datum", 0}}}, {"color", colour}}}},
       {{"mark", {{"type", "point"}, {"filled", true}, {"size", 60}, {"opacity", 1}}},
        {"encoding",
         {{"y", y},
          {"yOffset", offset},
          {"x", x("gap")},
          {"color", colour},
          {"shape", shape},
          {"tooltip", tooltips(columns)}}}},
       {{"mark", {{"type", "rule"}, {"strokeWidth", 1}}},
        {"data", {{"values", Json::array({Json::object()})}}},
        {"encoding", {{"x", {{"datum", 0}}}}}}});
  figure.wide = true;
  return figure;
}

}  // namespace medvlm::report
