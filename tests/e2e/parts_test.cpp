// Parts of a study: chosen scenarios, several processes, shards, trainings alone, and scenarios that fail as a whole.
#include "program.hpp"

namespace medvlm::e2e {
namespace {

/// Two models x one dataset x {off the shelf, linear probe}.
const std::string& grid_text() {
  static const std::string text =
      "[study]\nname = \"grid\"\n[run]\ndevice = \"cpu\"\ndtype = \"float32\"\nthreads = 1\nbatch_size = 8\n"
      "[[models]]\nname = \"a\"\nplugin = \"clip\"\ncheckpoint = \"" MEDVLM_TINY_CHECKPOINT "\"\nrole = \"generalist\"\n"
      "[[models]]\nname = \"b\"\nplugin = \"clip\"\ncheckpoint = \"" MEDVLM_TINY_CHECKPOINT "\"\nrole = \"specialist\"\n"
      "[[datasets]]\nname = \"data\"\nplugin = \"synthetic\"\ntrain = 24\ntest = 40\nimage_size = 32\n"
      "[[adapters]]\nname = \"ots\"\nplugin = \"off_the_shelf\"\n[[adapters]]\nname = \"probe\"\nplugin = \"linear_probe\"\n"
      "[[metrics]]\nplugin = \"auroc\"\n[[metrics]]\nplugin = \"accuracy\"\n";
  return text;
}

struct Grid {
  TempFolder folder;
  fs::path study = write(folder / "study.toml", grid_text());
  fs::path whole = folder / "whole";
  Outcome outcome = run(study, whole, {"--quiet"});
};

const Grid& grid() {
  static const Grid made;
  return made;
}

const Words kNames = {"a/data/ots", "a/data/probe", "b/data/ots", "b/data/probe"};

void check_same(const fs::path& output, const std::string& name) {
  CAPTURE(name);
  for (const char* file : {"journal.jsonl", "predictions.jsonl", "rounds.bin"}) {
    CAPTURE(file);
    CHECK(read(output / name / file) == read(grid().whole / name / file));
  }
  auto mine = comparable(output / name), whole = comparable(grid().whole / name);
  for (auto* each : {&mine, &whole}) (*each)["training"].erase("seconds");
  CHECK(mine == whole);
}

}  // namespace

TEST_CASE("--only runs the scenarios that it names, and study.json lists all") {
  REQUIRE(grid().outcome.status == 0);
  TempFolder folder;
  const Outcome outcome = run(grid().study, folder / "out", {"--quiet", "--only", "*/data/probe", "--only", "b/*/ots"});
  CHECK(outcome.status == 0);
  CHECK_FALSE(fs::exists(folder / "out" / "a" / "data" / "ots"));
  for (const char* name : {"a/data/probe", "b/data/probe", "b/data/ots"}) check_same(folder / "out", name);
  const auto study = nlohmann::json::parse(read(folder / "out" / "study.json"));
  Words names;
  for (const auto& scenario : study["scenarios"]) {
    names.push_back(scenario["name"]);
    CHECK(scenario["samples"] == 40);
  }
  CHECK(names == kNames);
}

TEST_CASE("--only that names nothing says what there is") {
  TempFolder folder;
  const Outcome outcome = run(grid().study, folder / "out", {"--only", "a/data/prob"});
  CHECK(outcome.status == 2);
  CHECK(contains(outcome.err, "did you mean 'a/data/probe'?"));
}

TEST_CASE("several processes give the same files as one") {
  TempFolder folder;
  const Outcome outcome = run(grid().study, folder / "out", {"--jobs", "2"});
  CHECK(outcome.status == 0);
  for (const std::string& name : kNames) {
    check_same(folder / "out", name);
    CHECK(contains(outcome.out, name.substr(0, 1) + "      data"));
  }
}

TEST_CASE("shards of every scenario, joined, give the files of an undivided run") {
  TempFolder folder;
  const fs::path output = folder / "out";
  const Outcome early = run(grid().study, output, {"--quiet", "--only", "a/data/probe", "--shard", "1/2"});
  CHECK(early.status == 8);
  CHECK(contains(early.err, "--train-only"));
  const Outcome trained = run(grid().study, output, {"--quiet", "--train-only"});
  CHECK(trained.status == 0);
  CHECK(contains(trained.out, "a/data/probe: trained"));
  for (const char* part : {"3/3", "1/3", "2/3"}) {
    CHECK(run(grid().study, output, {"--quiet", "--shard", part}).status == 0);
  }
  CHECK_FALSE(fs::exists(output / "a" / "data" / "ots" / "result.json"));
  const Outcome joined = run(grid().study, output, {"--quiet"});
  CHECK(joined.status == 0);
  for (const std::string& name : kNames) check_same(output, name);
}

TEST_CASE("a wrong --shard is refused") {
  TempFolder folder;
  for (const char* text : {"0/2", "3/2", "1", "1/", "/2", "1/2x", "a/b"}) {
    CAPTURE(text);
    const Outcome outcome = run(grid().study, folder / "out", {"--shard", text});
    CHECK(outcome.status == 2);
    CHECK(contains(outcome.err, "--shard 2/8"));
  }
}

TEST_CASE("a scenario that fails as a whole does not end the run if that is asked for") {
  TempFolder folder;
  // A table is opened when its test split is wanted: none of these rows is in it.
  const auto table = [&](const std::string& split) {
    std::string rows = "image,label,split\n";
    for (int i = 0; i < 8; ++i) rows += "images/" + std::to_string(i % 4) + ".jpg," + (i % 2 ? "yes," : "no,") + split + "\n";
    return write(folder / "table.csv", rows);
  };
  for (int i = 0; i < 4; ++i) {
    fs::create_directories(folder / "images");
    fs::copy_file(goldens_folder() / "images" / "files" / "base444.jpg", folder / "images" / (std::to_string(i) + ".jpg"));
  }
  table("train");
  const std::string broken = "[[datasets]]\nname = \"broken\"\nplugin = \"table\"\nfile = \"table.csv\"\nimage_root = \".\"\n"
                             "label = \"label\"\nclasses = [\"no\", \"yes\"]\nsplit = \"split\"\n";
  const fs::path study = write(folder / "study.toml", study_text(broken + synthetic(12)));
  const Outcome first = run(study, folder / "stop", {"--quiet"});
  CHECK(first.status == 5);
  CHECK_FALSE(fs::exists(scenario(folder / "stop")));

  const fs::path output = folder / "out";
  const Outcome outcome = run(study, output, {"--quiet", "--continue-on-error"});
  CHECK(outcome.status == 5);
  CHECK(contains(outcome.out, "failed (1)"));
  CHECK(contains(outcome.out, "model/broken/ots"));
  const auto error = nlohmann::json::parse(read(scenario(output, "broken") / "error.json"));
  CHECK(error["code"] == "data");
  CHECK(contains(error["message"].get<std::string>(), "dataset 'broken'"));
  CHECK(result(scenario(output))["samples"]["scored"] == 12);

  // Mended, the same command goes on, and nothing is left of the error.
  table("test");
  CHECK(run(study, output, {"--quiet"}).status == 0);
  CHECK_FALSE(fs::exists(scenario(output, "broken") / "error.json"));
  CHECK(result(scenario(output, "broken"))["samples"]["scored"] == 8);
}

}  // namespace medvlm::e2e
