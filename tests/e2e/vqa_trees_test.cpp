// VQA datasets in their public layouts (tests/peers/make_vqa_trees.py) through the program: what is listed, that the
// conformance suite accepts each with its files, and that a small model answers what pandas and pyarrow read.
#include <set>

#include "peers.hpp"

namespace medvlm::e2e {
namespace {

fs::path tree(const std::string& name) { return goldens_with(fs::path("trees") / "vqa") / "trees" / "vqa" / name; }

Outcome validate(const std::string& id, const std::string& root, const Words& options = {}) {
  const fs::path manifest = fs::path(MEDVLM_PLUGIN_FOLDER) / ("medvlm-dataset-" + id + ".toml");
  Words words{medvlm_program(), "validate", "--json", manifest.string(), "--set", id + ".root=" + tree(root).string()};
  for (const std::string& option : options) {
    words.push_back("--set");
    words.push_back(id + "." + option);
  }
  return start_and_wait(std::move(words));
}

/// All laws were tried, those that need files too.
void check_accepted(const Outcome& outcome) {
  CHECK_MESSAGE(outcome.status == 0, outcome.out, outcome.err);
  const auto report = nlohmann::json::parse(outcome.out)["plugins"];
  REQUIRE(report.size() == 1);
  CHECK(report[0]["skipped"].empty());
  CHECK(report[0]["passed"] >= 11);  // two of each split
}

std::string entry(const std::string& name, const std::string& plugin, const std::string& more = "") {
  return "[[datasets]]\nname = \"" + name + "\"\nplugin = \"" + plugin + "\"\nroot = \"" + tree(name).string() +
         "\"\n" + more;
}

/// A study that asks a tiny LLaVA.
std::string vqa_study(const std::string& datasets, const std::string& run_lines, const std::string& adapter_lines) {
  const fs::path checkpoint = fs::path("generative") / "llava15-hf" / "checkpoint";
  return "[study]\nname = \"vqa\"\n[run]\ndevice = \"cpu\"\ndtype = \"float32\"\nthreads = 1\n" + run_lines +
         "[[models]]\nname = \"model\"\nplugin = \"llava\"\ncheckpoint = \"" +
         (goldens_with(checkpoint) / checkpoint).string() + "\"\n" + datasets +
         "[[adapters]]\nname = \"ots\"\nplugin = \"off_the_shelf\"\n" + adapter_lines +
         "[[metrics]]\nplugin = \"exact_match\"\n[bootstrap]\nrounds = 50\n";
}

/// The questions of all trees, asked once for all cases.
struct Run {
  TempFolder folder;
  Outcome outcome;

  Run() {
    const std::string datasets =
        entry("SLAKE", "slake") + entry("SLAKE-parquet", "slake", "open_rule = \"answer\"\n") +
        entry("PathVQA-parquet", "path_vqa") + entry("VQA-RAD", "vqa_rad") + entry("VQA-RAD-parquet", "vqa_rad") +
        entry("FairVLMed", "fairvlmed_vqa");
    outcome = run(write(folder / "study.toml", vqa_study(datasets, "", "max_new_tokens = 4\n")), folder / "out");
  }
  fs::path result_folder(const std::string& dataset) const { return scenario(folder / "out", dataset); }
};

const Run& finished() {
  static const Run run;
  REQUIRE_MESSAGE(run.outcome.status == 0, run.outcome.err);
  return run;
}

}  // namespace

TEST_CASE("every test question of every layout is asked, and none fails") {
  const auto expected = nlohmann::json::parse(read(tree("expected.json")));
  for (const char* name : {"SLAKE", "SLAKE-parquet", "PathVQA-parquet", "VQA-RAD", "VQA-RAD-parquet", "FairVLMed"}) {
    CAPTURE(name);
    const auto found = predictions(finished().result_folder(name));
    const auto& questions = expected[name]["test"];
    REQUIRE(found.size() == questions.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i]["id"] == "test/" + std::to_string(questions[i]["row"].get<int>()));
      for (const char* key : {"question", "answer", "open", "image"}) CHECK(found[i][key] == questions[i][key]);
      CHECK(found[i]["groups"]["image"] == questions[i]["image"]);
      CHECK_FALSE(found[i].contains("error"));
      CHECK(found[i].contains("text"));
    }
  }
}

TEST_CASE("a picture embedded in Parquet gets the answers of the same picture in a file") {
  const auto files = predictions(finished().result_folder("VQA-RAD"));
  const auto embedded = predictions(finished().result_folder("VQA-RAD-parquet"));
  REQUIRE(files.size() == embedded.size());
  std::set<std::string> answers;
  for (std::size_t i = 0; i < files.size(); ++i) {
    CHECK(files[i]["text"] == embedded[i]["text"]);
    answers.insert(files[i]["text"].get<std::string>());
  }
  CHECK(answers.size() > 1);
}

TEST_CASE("intervals of VQA datasets resample pictures") {
  for (const char* name : {"SLAKE", "PathVQA-parquet", "VQA-RAD", "FairVLMed"}) {
    CAPTURE(name);
    const auto found = predictions(finished().result_folder(name));
    std::set<std::string> pictures;
    for (const auto& line : found) pictures.insert(line["image"].get<std::string>());
    CHECK(pictures.size() > 1);
    CHECK(pictures.size() < found.size());
    const auto bootstrap = result(finished().result_folder(name))["bootstrap"];
    CHECK(bootstrap["unit"] == "cluster");
    CHECK(bootstrap["cluster"] == "image");
  }
}

TEST_CASE("a run over Parquet files that is killed and continued ends as one that was not") {
  TempFolder folder;
  const fs::path study =
      write(folder / "study.toml",
            vqa_study(entry("PathVQA-parquet", "path_vqa"), "batch_size = 1\n", "max_new_tokens = 24\n"));
  const auto place = [&](const std::string& output) { return scenario(folder / output, "PathVQA-parquet"); };
  REQUIRE(run(study, folder / "whole", {"--quiet"}).status == 0);
  bool killed = false;
  for (int attempt = 0; attempt < 20 && !killed; ++attempt) {  // a fast machine may be done before the signal comes
    fs::remove_all(folder / "killed");
    Process process(command("run", study, folder / "killed", {"--quiet"}));
    process.wait_until([&] { return journal_lines(place("killed")) >= 2; });  // the first line is the header
    if (!process.has_ended()) process.send(SIGKILL);
    killed = process.wait().signal == SIGKILL && journal_lines(place("killed")) < 17;
  }
  REQUIRE(killed);
  const std::size_t before = journal_lines(place("killed")) - 1;
  REQUIRE(run(study, folder / "killed", {"--quiet"}).status == 0);
  const auto whole = predictions(place("whole")), continued = predictions(place("killed"));
  REQUIRE(continued.size() == whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto one = whole[i], other = continued[i];
    for (auto* line : {&one, &other}) line->erase("seconds");  // how long an answer took differs
    CHECK(one == other);
  }
  CHECK(comparable(place("killed")) == comparable(place("whole")));
  CHECK(result(place("killed"))["run"]["new_predictions"] == 16 - before);
}

TEST_CASE("validate accepts each VQA dataset in its release's layout") {
  check_accepted(validate("slake", "SLAKE"));
  check_accepted(validate("slake", "SLAKE", {"language=all"}));
  check_accepted(validate("vqa_rad", "VQA-RAD"));
  check_accepted(validate("fairvlmed_vqa", "FairVLMed"));
}

TEST_CASE("validate accepts each VQA dataset in the hub's layout") {
  check_accepted(validate("slake", "SLAKE-parquet", {"open_rule=answer"}));
  check_accepted(validate("path_vqa", "PathVQA-parquet"));
  check_accepted(validate("vqa_rad", "VQA-RAD-parquet"));
}

TEST_CASE("validate reports PathVQA's pickles with the cure") {
  const Outcome outcome = validate("path_vqa", "PathVQA");
  CHECK(outcome.status != 0);
  const std::string text = outcome.out + outcome.err;
  CHECK(contains(text, "qas/train/train_qa.pkl"));
  CHECK(contains(text, "flaviagiammarino/path-vqa"));
  CHECK(contains(text, "python3 -c"));
}

TEST_CASE("the VQA datasets are listed with their options") {
  const std::string list = start_and_wait({medvlm_program(), "list"}).out;
  for (const char* id : {"slake", "path_vqa", "vqa_rad", "fairvlmed_vqa"}) {
    CHECK(contains(list, id));
    const Outcome info = start_and_wait({medvlm_program(), "info", id});
    CHECK_MESSAGE(info.status == 0, info.err);
    CHECK(contains(info.out, "root"));
    CHECK(contains(info.out, "open_rule"));
  }
}

}  // namespace medvlm::e2e
