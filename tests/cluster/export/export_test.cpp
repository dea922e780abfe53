// `medvlm export`: the same tables in every format, read back.
#include "medvlm/sdk/table/csv.hpp"
#include "medvlm/sdk/table/parquet.hpp"
#include "program.hpp"

using namespace medvlm::e2e;
using nlohmann::json;

namespace {

Outcome export_to(const fs::path& results, const fs::path& out, const Words& more = {}) {
  Words words{medvlm_program(), "export", results.string(), "--out", out.string()};
  words.insert(words.end(), more.begin(), more.end());
  return start_and_wait(std::move(words));
}

std::vector<json> lines_of(const fs::path& file) {
  std::vector<json> list;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) list.push_back(json::parse(line));
  return list;
}

/// A cell of JSON lines as the other formats have it.
std::string cell_text(const json& cell) {
  if (cell.is_null()) return "";
  return cell.is_string() ? cell.get<std::string>() : cell.dump();
}

/// Numbers by their bits, everything else by its text.
void check_cell(const std::string& found, const json& wanted) {
  if (wanted.is_number_float()) {
    CHECK(std::strtod(found.c_str(), nullptr) == wanted.get<double>());
  } else {
    CHECK(found == cell_text(wanted));
  }
}

}  // namespace

TEST_CASE("every format has the same rows; numbers keep their bits; a failed sample has its reason") {
  const TempFolder folder;
  // An image that cannot be read, and a name that every format must quote.
  fs::create_directories(folder / "images");
  write(folder / "images" / "odd, \"name\".png", "no picture");
  for (int i = 0; i < 3; ++i) {
    fs::copy_file(fs::path(MEDVLM_TINY_CHECKPOINT) / "images" / "gradient.png",
                  folder / "images" / (std::to_string(i) + ".png"));
  }
  write(folder / "table.csv",
        "image,label,split\n0.png,a,test\n1.png,b,test\n2.png,a,test\n\"odd, \"\"name\"\".png\",b,test\n");
  const fs::path study =
      write(folder / "study.toml", study_text("[[datasets]]\nname = \"data\"\nplugin = \"table\"\nfile = "
                                              "\"table.csv\"\nimage_root = \"images\"\nlabel = \"label\"\n"
                                              "classes = [\"a\", \"b\"]\nsplit = \"split\"\n"));
  const Outcome ran = run(study, folder / "out", {"--max-errors", "4"});
  REQUIRE_MESSAGE(ran.status == 0, ran.err);
  const Outcome outcome = export_to(folder / "out", folder / "tables", {"--format", "csv,jsonl,parquet"});
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  for (const std::string name : {"predictions", "results"}) {
    const auto lines = lines_of(folder / "tables" / (name + ".jsonl"));
    const medvlm::sdk::ParquetFile file(folder / "tables" / (name + ".parquet"));
    const medvlm::sdk::Table parquet = file.table(file.columns());
    const medvlm::sdk::Table csv = medvlm::sdk::read_csv(folder / "tables" / (name + ".csv"));
    REQUIRE(lines.size() == (name == "predictions" ? 4 : lines.size()));
    REQUIRE(parquet.size() == lines.size());
    REQUIRE(csv.size() == lines.size());
    REQUIRE(file.columns().size() == lines[0].size());
    for (std::size_t row = 0; row < lines.size(); ++row) {
      for (const auto& [key, value] : lines[row].items()) {
        check_cell(std::string(parquet.cell(row, *parquet.find_column(key))), value);
        check_cell(std::string(csv.cell(row, *csv.find_column(key))), value);
      }
    }
  }
  const auto predictions_lines = lines_of(folder / "tables" / "predictions.jsonl");
  CHECK(predictions_lines[3]["image"] == "odd, \"name\".png");
  CHECK(predictions_lines[3]["error_stage"] == "decode");
  CHECK(predictions_lines[3]["predicted"].is_null());
  CHECK(predictions_lines[0]["label_name"] == "a");
  const json document = result(scenario(folder / "out"));
  for (const json& line : lines_of(folder / "tables" / "results.jsonl")) {
    CHECK(line["value"] == metric(document, line["value_name"])["value"]);
    CHECK(line["errored"] == 1);
  }
}

TEST_CASE("one table may go to one file; mistakes are told and leave nothing") {
  const TempFolder folder;
  const fs::path study = write(folder / "study.toml", study_text(synthetic(12, 32)));
  REQUIRE(run(study, folder / "out").status == 0);
  const Outcome one = export_to(folder / "out", folder / "here.parquet", {"--what", "results"});
  CHECK_MESSAGE(one.out == (folder / "here.parquet").string() + "\n", one.err);
  CHECK(fs::is_regular_file(folder / "here.parquet"));
  CHECK(export_to(folder / "out", folder / "x", {"--format", "xlsx"}).status == 2);
  CHECK(export_to(folder / "out", folder / "x", {"--what", "reslts"}).status == 2);
  CHECK(start_and_wait({medvlm_program(), "export", (folder / "out").string()}).status == 2);
  CHECK(export_to(folder / "nothing", folder / "x").status != 0);
  write(scenario(folder / "out") / "predictions.jsonl", "{\"index\": 0");
  const Outcome damaged = export_to(folder / "out", folder / "y", {"--what", "predictions"});
  CHECK(damaged.status == 5);
  CHECK(contains(damaged.err, "predictions.jsonl"));
  CHECK(fs::is_empty(folder / "y"));
}
