// Published tables: what is understood, what is refused and where, and what is written.
#include <cstdio>
#include <cstdlib>
#include <map>

#include <doctest/doctest.h>

#include "made_results.hpp"
#include "medvlm/analysis/published_table.hpp"
#include "medvlm/analysis/score_table.hpp"
#include "medvlm/base/error.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;
using namespace medvlm::analysis;
namespace fs = std::filesystem;

namespace {

const std::string kHeader = "model,dataset,method,metric,value,ci_low,ci_high,std\n";

PublishedTable read(const std::string& text, const PublishedRequest& request = {}) {
  test::TemporaryFolder folder;
  write_file_atomically(folder.path() / "table.csv", text);
  return read_published_table(folder.path() / "table.csv", request);
}

/// The message with which a text is refused.
std::string refusal(const std::string& text, const PublishedRequest& request = {}) {
  try {
    read(text, request);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::data);
    return error.what();
  }
  return "accepted";
}

void check_refusal(const std::string& text, const std::string& part, const PublishedRequest& request = {}) {
  const std::string message = refusal(text, request);
  INFO(message);
  CHECK(message.find(part) != std::string::npos);
}

PublishedRequest with_facts() {
  PublishedRequest request;
  ModelFacts model;
  model.name = "PLIP";
  model.role = "specialist";
  model.modalities = {"histology"};
  DatasetFacts dataset;
  dataset.name = "Camelyon17";
  dataset.modality = "histology";
  AdapterFacts adapter;
  adapter.name = "off_the_shelf";
  request.facts = {{{model, {"plip-base"}}}, {{dataset, {}}}, {{adapter, {"OTS"}}}, "facts.toml"};
  return request;
}

/// Every file below a folder with its content.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) all[entry.path().lexically_relative(folder).string()] = read_file(entry.path());
  }
  return all;
}

int import_of(const std::string& arguments, std::string* err = nullptr) {
  test::TemporaryFolder folder;
  const auto file = folder.path() / "err";
  const int status = std::system(("'" MEDVLM_BUILD_DIR "/bin/medvlm' import " + arguments + " >/dev/null 2>'" +
                                  file.string() + "'").c_str());
  if (err) *err = read_file(file);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("percent, shares, and metrics of their own scale each") {
  const auto table = read("model,dataset,method,metric,value\nA,d,OTS,AUROC,51.74\nA,d,OTS,F1 score,0.4\nB,d,LP,AUROC,0.9\n");
  REQUIRE(table.metrics.size() == 2);
  CHECK(table.metrics[0].name == "auroc");
  CHECK(table.metrics[0].percent);
  CHECK(table.metrics[1].name == "f1_score");
  CHECK_FALSE(table.metrics[1].percent);
  CHECK(table.outcomes[0].find("", "auroc")->interval.value == doctest::Approx(0.5174));
  CHECK(table.outcomes[0].find("", "f1_score")->interval.value == doctest::Approx(0.4));
  CHECK(table.outcomes[1].find("", "auroc")->interval.value == doctest::Approx(0.009));
  CHECK_FALSE(table.outcomes[0].adapter.trains);
  CHECK(table.outcomes[1].adapter.trains);
  PublishedRequest request;
  request.scale = NumberScale::fraction;
  CHECK(read(kHeader + "A,d,OTS,loss,150,,,\n", request).outcomes[0].find("", "loss")->interval.value == 150);
  request.scale = NumberScale::percent;
  CHECK(read(kHeader + "A,d,OTS,auroc,0.5,,,\n", request).outcomes[0].find("", "auroc")->interval.value == doctest::Approx(0.005));
}

TEST_CASE("quotes, line ends, byte order marks, blanks, other names of the column, order of columns") {
  const auto table = read("\xEF\xBB\xBFvalue, adapter ,metric,dataset,model,subset,higher_is_better\r\n"
                          "0.25,\"zero-shot\",\"ECE, \"\"15 bins\"\"\",d,\"A B\",,no\r\n\r\n0.5,zero-shot,acc,d,A B,open,\r\n");
  REQUIRE(table.outcomes.size() == 1);
  const Outcome& outcome = table.outcomes[0];
  CHECK(outcome.model.name == "A_B");
  CHECK(outcome.name() == "A_B/d/zero-shot");
  REQUIRE(outcome.values.size() == 2);
  CHECK(outcome.values[0].name == "ece___15_bins_");
  CHECK_FALSE(outcome.values[0].higher_is_better);
  CHECK(outcome.values[0].headline);
  CHECK(outcome.values[1].name == "acc[open]");
  CHECK_FALSE(outcome.values[1].headline);
  CHECK(outcome.dataset.task == "diagnosis");
}

TEST_CASE("rows that are no values are used or counted, never lost in silence") {
  const auto table = read(kHeader +
                          "A,d,OTS,auroc,0.5,,,\n"
                          "A,,,model_size_B_params,1.5,,,\n"
                          "B,,,model_size_M_params,7,,,\n"
                          ",d,,n_samples,200,,,\n"
                          ",e,,n_samples,300,,,\n"
                          "C,d,OTS,auroc,NA,,,\n"
                          "D,d,OTS,auroc,,,,\n"
                          ",,,note,3,,,\n");
  CHECK(table.rows == 8);
  CHECK(table.value_rows == 1);
  CHECK(table.fact_rows == 2);
  CHECK(table.outcomes[0].model.parameters == 1500000000);
  CHECK(table.outcomes[0].counts.total == 200);
  std::size_t skipped = 0;
  for (const auto& rows : table.skipped) skipped += rows.rows;
  CHECK(skipped == 5);
  REQUIRE(table.skipped.size() == 4);
  for (const auto& rows : table.skipped) {
    if (rows.reason != "no value") continue;
    CHECK(rows.rows == 2);
    CHECK(rows.first_line == 7);
  }
}

TEST_CASE("facts by name and alias; what they do not know is refused with its place") {
  const auto table = read(kHeader + "plip-base,Camelyon17,OTS,auroc,77,,,\n", with_facts());
  REQUIRE(table.outcomes.size() == 1);
  CHECK(table.outcomes[0].model.name == "PLIP");
  CHECK(table.outcomes[0].domain == "ID");
  CHECK(table.outcomes[0].adapter.name == "off_the_shelf");
  check_refusal(kHeader + "PLIPP,Camelyon17,OTS,auroc,77,,,\n",
                "table.csv:2:1: 'facts.toml' has no model 'PLIPP'; did you mean 'PLIP'?", with_facts());
  check_refusal(kHeader + "PLIP,Camelion,OTS,auroc,77,,,\n", "table.csv:2:6: 'facts.toml' has no dataset 'Camelion'", with_facts());
  check_refusal(kHeader + "PLIP,Camelyon17,LP,auroc,77,,,\n", "table.csv:2:17: 'facts.toml' has no adapter 'LP'", with_facts());
  auto request = with_facts();
  request.facts.datasets[0].facts.modality.clear();
  const auto unknown = read(kHeader + "PLIP,Camelyon17,OTS,auroc,77,,,\n", request);
  CHECK(unknown.outcomes[0].domain == "-");
  REQUIRE(unknown.notes.size() == 1);
  CHECK(unknown.notes[0].find("Camelyon17") != std::string::npos);
}

TEST_CASE("bad tables are refused by file, line and column, with the cure") {
  check_refusal("", "is empty");
  check_refusal("model,dataset,method,metric\nA,d,OTS,auroc\n", "table.csv:1:1: there is no column 'value'");
  check_refusal("model,dataset,metric,value\n", "no column 'method' (or 'adapter')");
  check_refusal("modle,dataset,method,metric,value\n", "did you mean 'modle'?");
  check_refusal("model;dataset;method;metric;value\nA;d;OTS;auroc;1\n", "separate the columns by commas");
  check_refusal("model,model,dataset,method,metric,value\nA,A,d,OTS,x,1\n", "table.csv:1:7: the column 'model' is there twice");
  check_refusal(kHeader + "A,d,OTS,auroc,51.74%,,,\n", "table.csv:2:15: '51.74%' is no number");
  check_refusal(kHeader + "A,d,OTS,auroc,\"1,234\",,,\n", "table.csv:2:15: '1,234' is no number");
  check_refusal(kHeader + "A,d,OTS,auroc,inf,,,\n", "'inf' is no number");
  check_refusal(kHeader + "A,d,OTS,auroc,50,low,60,1\n", "table.csv:2:18: 'low' is no number");
  check_refusal(kHeader + "A,d,OTS,auroc,50,61,60,1\n", "table.csv:2:18: the interval's lower end is above its upper end");
  check_refusal(kHeader + "A,d,OTS,auroc,50,,,-1\n", "cannot be below 0");
  check_refusal(kHeader + "A,d,OTS,auroc,5174,,,\n", "table.csv:2:15: 5174 is neither a share nor a percentage");
  check_refusal(kHeader + "A,,,model_size_M_params,-5,,,\n", "table.csv:2:25: '-5' cannot be a number of parameters");
  check_refusal(kHeader + ",d,,n_samples,1e30,,,\n", "'1e30' cannot be a number of samples");
  check_refusal(kHeader + "A,d,OTS,auroc,50,,\n", "the row has 7 cells, the header 8");
  check_refusal(kHeader + "A,d,OTS,auroc,50,,,,\n", "the row has 9 cells, the header 8");
  check_refusal(kHeader + "A,d,OTS,auroc,50,,,\nA,d,OTS,AUROC,51,,,\n",
                "table.csv:3:15: A/d/OTS has a value of auroc in line 2 already");
  check_refusal(kHeader + "\"A,d,OTS,auroc,50,,,\n", "table.csv:2:1: the quote that begins here is never closed");
  check_refusal(kHeader + "\"A\"x,d,OTS,auroc,50,,,\n", "table.csv:2:4: text after the closing quote");
  check_refusal("task,model,dataset,method,metric,value\ncaption,A,d,OTS,x,1\n", "table.csv:2:1: 'caption' is no task");
  check_refusal("task,model,dataset,method,metric,value\nvqa,A,d,OTS,x,1\ndiagnosis,A,d,OTS,y,1\n", "two tasks need two names");
  check_refusal("model,dataset,method,metric,value,higher_is_better\nA,d,OTS,x,1,perhaps\n",
                "table.csv:2:13: 'perhaps' is neither true nor false");
  check_refusal(kHeader + "A,,,model_size_M_params,5,,,\n", "nothing to import");
  check_refusal(kHeader + "A,d,OTS,auroc,x,,,\nB,d,OTS,auroc,y,,,\n", "2 errors in the table");
  CHECK_THROWS_AS(read_published_table("/nowhere/table.csv", {}), Error);
}

TEST_CASE("the same table gives the same files, a changed one leaves nothing behind") {
  test::TemporaryFolder folder;
  const auto out = folder.path() / "out";
  const auto table = folder.path() / "table.csv";
  const std::string import = "'" + table.string() + "' --out '" + out.string() + "'";
  write_file_atomically(table, kHeader + "A,d,OTS,auroc,0.5,0.4,0.6,0.05\nB,d,OTS,auroc,0.6,,,\nB,e,LP,auroc,0.6,,,\n");
  CHECK(import_of(import) == 0);
  const auto first = contents(out);
  CHECK(first.size() == 4);
  CHECK(first.contains("A/d/OTS/result.json"));
  CHECK(import_of(import) == 0);
  CHECK(contents(out) == first);
  const Outcome outcome = read_outcome(out / "A/d/OTS");
  REQUIRE(outcome.published);
  CHECK(outcome.published->source == "table.csv");
  CHECK(outcome.find("auroc", "auroc")->interval.low == 0.4);
  CHECK(outcome.find("auroc", "auroc")->interval.std == 0.05);
  CHECK(outcome.study == "table");

  write_file_atomically(table, kHeader + "B,d,OTS,auroc,0.7,,,\n");
  CHECK(import_of(import + " --source 'A. Author, 2025'") == 0);
  CHECK(contents(out).size() == 2);
  CHECK_FALSE(fs::exists(out / "A"));
  CHECK_FALSE(fs::exists(out / "B/e"));
  CHECK(read_outcome(out / "B/d/OTS").published->source == "A. Author, 2025");
}

TEST_CASE("a refused table or folder changes nothing") {
  test::TemporaryFolder folder;
  const auto out = folder.path() / "out";
  const auto table = folder.path() / "table.csv";
  const std::string import = "'" + table.string() + "' --out '" + out.string() + "'";
  write_file_atomically(table, kHeader + "A,d,OTS,auroc,0.5,,,\nB,d,OTS,auroc,bad,,,\n");
  std::string err;
  CHECK(import_of(import, &err) != 0);
  CHECK(err.find("table.csv:3:15") != std::string::npos);
  CHECK_FALSE(fs::exists(out));

  write_file_atomically(table, kHeader + "A,d,OTS,auroc,0.5,,,\nB,d,OTS,auroc,0.6,,,\n");
  test::make_scenario(out, {"B", "d", "OTS", 0.9});
  const auto before = contents(out);
  CHECK(import_of(import, &err) == exit_status(ErrorCode::conflict));
  CHECK(err.find("B/d/OTS") != std::string::npos);
  CHECK(contents(out) == before);
  fs::remove_all(out / "B");
  write_file_atomically(out / "study.json", R"({"format":1,"study":"mine","scenarios":[]})");
  CHECK(import_of(import, &err) == exit_status(ErrorCode::conflict));
  CHECK(err.find("study.json") != std::string::npos);
}

TEST_CASE("the command line is checked, and the facts are") {
  test::TemporaryFolder folder;
  const auto table = folder.path() / "table.csv";
  write_file_atomically(table, kHeader + "A,d,OTS,auroc,0.5,,,\n");
  std::string err;
  CHECK(import_of("", &err) == exit_status(ErrorCode::usage));
  CHECK(import_of("'" + table.string() + "'", &err) == exit_status(ErrorCode::usage));
  CHECK(err.find("--out") != std::string::npos);
  const std::string import = "'" + table.string() + "' --out '" + (folder.path() / "out").string() + "'";
  CHECK(import_of(import + " --scale percents", &err) == exit_status(ErrorCode::usage));
  CHECK(err.find("did you mean 'percent'?") != std::string::npos);
  const auto facts = folder.path() / "facts.toml";
  const std::string with = import + " --facts '" + facts.string() + "'";
  CHECK(import_of(with, &err) == exit_status(ErrorCode::io));
  write_file_atomically(facts, "[[models]]\nname = \"A\"\naliases = \"B\"\n");
  CHECK(import_of(with, &err) == exit_status(ErrorCode::config));
  CHECK(err.find("facts.toml:3:") != std::string::npos);
  CHECK(err.find("models[0].aliases: expected a list of texts") != std::string::npos);
  write_file_atomically(folder.path() / "more.toml", "[[models]]\nname = \"A\"\nfamily = \"F\"\n");
  write_file_atomically(facts, "include = [\"more.toml\"]\n[[models]]\nname = \"A\"\nrole = \"generalist\"\n");
  CHECK(import_of(with, &err) == 0);
  const Outcome outcome = read_outcome(folder.path() / "out/A/d/OTS");
  CHECK(outcome.model.family == "F");
  CHECK(outcome.model.role == "generalist");
  CHECK(outcome.domain == "OOD");
}
