// The report of fabricated results in every format.
#include "report/report.hpp"

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

#include <doctest/doctest.h>

#include "fabricated_study.hpp"
#include "medvlm/base/error.hpp"
#include "report/text.hpp"
#include "temporary_folder.hpp"

namespace medvlm::report {
namespace {

const std::string kHostile = "<img src=x onerror=alert(1)>";
const std::string kAttack = "</script><script>alert(3)</script><!--";

test::FabricatedStudy hostile_study() {
  test::FabricatedStudy study;
  study.name = "study \"of\" <b>all</b>";
  study.models = {{"Gen-A", "CLIP", "generalist", {}, 0.7},
                  {"Gen-" + kHostile, "CLIP", "generalist", {}, 0.4},
                  {"Spec-A", "CLIP", "specialist", {"radiograph"}, 0.9},
                  {"Spec-B \xFF", "CLIP", "specialist", {"histology"}, 0.6}};
  study.datasets = {{"Chest", "diagnosis", "radiograph", {"healthy", kAttack}},
                    {"Tissue", "diagnosis", "histology", {"healthy", "ill"}},
                    {"Questions", "vqa", "radiograph", {}}};
  study.adapters = {{"off_the_shelf", false, 0, {}}, {"linear_probe", true, 0.5, {}}, {"lora", true, 0.8, {1, 2}}};
  study.text = kAttack;
  study.message = kAttack;
  return study;
}

/// Made once: every case reads it.
struct Made {
  test::TemporaryFolder folder;
  Report report;
  Made() {
    test::write_fabricated(hostile_study(), folder.path());
    report = make_report({folder.path()}, {});
  }
};

const Made& made() {
  static const Made kMade;
  return kMade;
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

/// The page without the libraries' code.
std::string without_libraries(std::string page) {
  const std::size_t begin = page.find("<!--\nCopyright");
  REQUIRE(begin != std::string::npos);
  return page.substr(0, begin);
}

}  // namespace

TEST_CASE("the page has every section in order") {
  const std::string page = html_report(made().report, MEDVLM_REPORT_ASSETS);
  std::size_t at = 0;
  for (const char* section : {"answer", "results", "gaps", "specialists", "costs", "models", "subgroups", "curves",
                              "failures", "differences", "seeds", "samples", "manifest"}) {
    const std::size_t found = page.find("<section id=\"" + std::string(section) + "\"");
    CHECK_MESSAGE(found != std::string::npos, section);
    CHECK_MESSAGE(found > at, section);
    at = found;
  }
}

TEST_CASE("hostile names and texts stay text") {
  const std::string page = html_report(made().report, MEDVLM_REPORT_ASSETS);
  CHECK(page.find(kHostile) == std::string::npos);
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK(page.find(html_text(kHostile)) != std::string::npos);
  const std::string own = without_libraries(page);
  CHECK(own.find("\xFF") == std::string::npos);
  // Every script element that is opened is closed by its own end, and only data stand before the libraries.
  CHECK(times(own, "<script") == times(own, "</script>"));
  CHECK(times(own, "<script>") == 0);
  CHECK(times(own, "<b>") == 0);
}

TEST_CASE("nothing is loaded from elsewhere") {
  const std::string page = html_report(made().report, MEDVLM_REPORT_ASSETS);
  const std::string own = without_libraries(page);
  const std::regex address("https?://[^\"'<> ]+");
  std::set<std::string> found(std::sregex_token_iterator(own.begin(), own.end(), address),
                              std::sregex_token_iterator());
  CHECK(found == std::set<std::string>{"https://vega.github.io/schema/vega-lite/v6.json"});  // the name of a format
  CHECK(page.find("sourceMappingURL") == std::string::npos);
  CHECK(page.find("default-src 'none'") != std::string::npos);
  CHECK(times(page.substr(0, 2000), "'sha256-") == 7);
  CHECK(page.find(" src=\"http") == std::string::npos);
  CHECK(page.find("<link") == std::string::npos);
}

TEST_CASE("every figure is a specification with its data") {
  const std::string page = html_report(made().report, MEDVLM_REPORT_ASSETS);
  std::size_t figures = 0;
  const std::string begin = "class=\"spec\">";
  for (std::size_t at = 0; (at = page.find(begin, at)) != std::string::npos;) {
    at += begin.size();
    const Json spec = Json::parse(page.substr(at, page.find("</script>", at) - at));
    CHECK(spec["$schema"] == "https://vega.github.io/schema/vega-lite/v6.json");
    CHECK_FALSE(spec["data"]["values"].empty());
    for (const Json& column : spec["usermeta"]["columns"])
      CHECK(spec["data"]["values"][0].contains(column[0].get<std::string>()));
    ++figures;
  }
  // Two heat maps, two gap plots, three datasets of bars, two costs of two tasks, subgroups, ROC and calibration of two
  // datasets, differences and seeds of two tasks.
  CHECK(figures == 2 + 2 + 3 + 4 + 1 + 4 + 2 + 2);
}

TEST_CASE("numbers are those of the results") {
  const auto& outcome = made().report.outcomes.front();
  const std::string shown = decimal(outcome.values.front().interval.value * 100, 2);
  CHECK(html_report(made().report, MEDVLM_REPORT_ASSETS).find(">" + shown + "</td>") != std::string::npos);
  CHECK(markdown_report(made().report).find("| " + shown + " |") != std::string::npos);
  CHECK(latex_report(made().report).find("& " + shown + " &") != std::string::npos);
}

TEST_CASE("CSV: one row per value") {
  const std::string csv = csv_report(made().report);
  std::size_t values = 0;
  for (const auto& outcome : made().report.outcomes) values += outcome.values.size();
  CHECK(times(csv, "\n") == values + 1);
  CHECK(csv.find(exact(made().report.outcomes.back().values.front().interval.value)) != std::string::npos);
  CHECK(csv.find(",computed,") != std::string::npos);
}

TEST_CASE("JSON holds everything") {
  const Json all = Json::parse(json_report(made().report));
  CHECK(all["scenarios"].size() == made().report.outcomes.size());
  CHECK(all["answers"].size() == 2);
  CHECK(all["answers"][0]["sentences"].size() == 3);
  CHECK(all["samples"]["scenarios"].size() == made().report.outcomes.size());
  const std::string dumped = all.dump();
  CHECK(dumped.find("\"type\":\"figure\"") != std::string::npos);
}

TEST_CASE("LaTeX: braces and environments balance, nothing raw") {
  const std::string tex = latex_report(made().report);
  CHECK(times(tex, "\\begin{") == times(tex, "\\end{"));
  CHECK(tex.find("_A") == std::string::npos);
  CHECK(tex.find(kHostile) == std::string::npos);
  long depth = 0;
  for (std::size_t i = 0; i < tex.size(); ++i) {
    if (i > 0 && tex[i - 1] == '\\') continue;
    depth += tex[i] == '{' ? 1 : tex[i] == '}' ? -1 : 0;
    REQUIRE(depth >= 0);
  }
  CHECK(depth == 0);
}

TEST_CASE("Markdown tables have the same number of cells in every row") {
  std::istringstream lines(markdown_report(made().report));
  std::size_t cells = 0, tables = 0;
  for (std::string line; std::getline(lines, line);) {
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
    if (line.rfind('|', 0) != 0) {
      cells = 0;
      continue;
    }
    if (cells == 0) ++tables;
    if (cells != 0) CHECK_MESSAGE(bars == cells, line);
    cells = bars;
  }
  CHECK(tables > 10);
}

TEST_CASE("samples: evenly spaced, the failed ones too") {
  ReportRequest request;
  request.samples = 10;
  const Report few = make_report({made().folder.path()}, request);
  for (const Json& set : few.samples["datasets"]) {
    CHECK(set["all"] == 60);
    CHECK(set["samples"].size() >= 10);
    CHECK(set["samples"].size() <= 12);
    CHECK(set["samples"][0]["i"] == 0);
  }
  const Json& first = few.samples["scenarios"][0];
  CHECK(first["rows"][0][3] == "decode: " + kAttack);
  CHECK(first["rows"].back()[1].is_number());
  request.samples = 0;
  const Report none = make_report({made().folder.path()}, request);
  CHECK(none.samples.is_null());
  CHECK(html_report(none, MEDVLM_REPORT_ASSETS).find("<section id=\"samples\"") == std::string::npos);
}

TEST_CASE("thumbnails stay inside their folder") {
  test::TemporaryFolder pictures;
  std::filesystem::create_directories(pictures.path() / "Chest");
  std::ofstream(pictures.path() / "Chest/5.png") << "abc";
  ReportRequest request;
  request.thumbnails = pictures.path();
  const Report with = make_report({made().folder.path()}, request);
  std::size_t found = 0;
  for (const Json& set : with.samples["datasets"]) {
    for (const Json& sample : set["samples"]) {
      if (!sample.contains("img")) continue;
      ++found;
      CHECK(set["name"] == "Chest");
      CHECK(sample["img"] == "data:image/png;base64,YWJj");
    }
  }
  CHECK(found == 1);
  request.thumbnails = pictures.path() / "none";
  CHECK_THROWS_AS(make_report({made().folder.path()}, request), Error);
}

TEST_CASE("unknown metrics and adapters are refused") {
  ReportRequest request;
  request.metric = "nonsense";
  CHECK_THROWS_AS(make_report({made().folder.path()}, request), Error);
  request.metric = "auroc";  // of one task alone
  CHECK_NOTHROW(make_report({made().folder.path()}, request));
  request.tuned = "prompting";
  CHECK_THROWS_WITH_AS(make_report({made().folder.path()}, request), doctest::Contains("linear_probe, lora"), Error);
}

TEST_CASE("a missing part of the page is named with its cure") {
  test::TemporaryFolder empty;
  CHECK_THROWS_WITH_AS(html_report(made().report, empty.path()), doctest::Contains("scripts/setup.sh"), Error);
}

TEST_CASE("published numbers are marked everywhere, and unfinished scenarios are listed") {
  test::TemporaryFolder folder;
  test::FabricatedStudy study = test::paper_grid();
  study.datasets.resize(2);
  study.rounds = 20;
  test::write_fabricated(study, folder.path());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (entry.path().filename() != "result.json") continue;
    std::ifstream in(entry.path());
    nlohmann::json result = nlohmann::json::parse(in);
    result["published"] = {{"source", "a paper"}, {"table", "5"}};
    test::fabrication::write(entry.path(), result.dump());
    std::filesystem::remove(entry.path().parent_path() / "predictions.jsonl");
    std::filesystem::remove(entry.path().parent_path() / "rounds.bin");
  }
  std::filesystem::remove(folder.path() / "scenario-3/result.json");
  test::fabrication::write(folder.path() / "scenario-3/error.json", R"({"code": "io", "message": "disk full"})");
  const Report report = make_report({folder.path()}, {});
  const std::string page = html_report(report, MEDVLM_REPORT_ASSETS);
  CHECK(times(page, "<span class=\"mark\">published</span>") >= 2 * report.outcomes.size());
  CHECK(page.find("\u00a7\"") != std::string::npos);
  CHECK(page.find("published: a paper, table 5") != std::string::npos);
  CHECK(page.find("disk full") != std::string::npos);
  CHECK(page.find("No comparison is paired") != std::string::npos);
  CHECK(csv_report(report).find("published: a paper,5") != std::string::npos);
}

TEST_CASE("216 scenarios fit into 5 MB") {
  test::TemporaryFolder folder;
  test::FabricatedStudy diagnosis = test::paper_grid(), questions = test::question_grid();
  diagnosis.samples = questions.samples = 150;
  diagnosis.rounds = questions.rounds = 50;
  test::write_fabricated(diagnosis, folder.path() / "diagnosis");
  test::write_fabricated(questions, folder.path() / "questions");
  const Report report = make_report({folder.path()}, {});
  CHECK(report.outcomes.size() == 216);
  CHECK(html_report(report, MEDVLM_REPORT_ASSETS).size() < 5'000'000);
}

}  // namespace medvlm::report
