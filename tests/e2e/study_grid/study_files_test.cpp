// Studies of several files, and the rules that pick, leave out and change scenarios.
#include "program.hpp"

namespace medvlm::e2e {
namespace {

using nlohmann::json;

const std::string kHead = "[study]\nname = \"e2e\"\n[run]\ndevice = \"cpu\"\ndtype = \"float32\"\nthreads = 1\n";
const std::string kCheckpoint = "checkpoint = \"" MEDVLM_TINY_CHECKPOINT "\"\n";

std::string model(const std::string& name, const std::string& more = kCheckpoint) {
  return "[[models]]\nname = \"" + name + "\"\nplugin = \"clip\"\n" + more;
}
std::string dataset(const std::string& name, const std::string& more = "") {
  return "[[datasets]]\nname = \"" + name + "\"\nplugin = \"synthetic\"\ntrain = 6\ntest = 8\nimage_size = 64\n" + more;
}
const std::string kAdapters = "[[adapters]]\nname = \"ots\"\nplugin = \"off_the_shelf\"\n[[adapters]]\nname = \"probe\"\nplugin = \"linear_probe\"\n";
const std::string kMetrics = "[[metrics]]\nplugin = \"auroc\"\n[[metrics]]\nplugin = \"accuracy\"\n";

/// Two models, two datasets, two adapters.
std::string grid(const std::string& head = kHead) {
  return head + model("a", "tags = [\"small\", \"old\"]\n" + kCheckpoint) + model("b", "tags = [\"small\"]\n" + kCheckpoint) +
         dataset("x") + dataset("y") + kAdapters + kMetrics;
}

json planned(const fs::path& study, const fs::path& output, const Words& more = {}) {
  Words words = more;
  words.push_back("--json");
  const Outcome outcome = plan(study, output, words);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  return json::parse(outcome.out)["scenarios"];
}

Words names(const json& scenarios) {
  Words list;
  for (const auto& each : scenarios) list.push_back(each["name"].get<std::string>());
  return list;
}

class Study {
 public:
  explicit Study(const std::string& text) : file_(write(folder_ / "study.toml", text)) {}
  Words plans(const Words& more = {}) const { return names(planned(file_, folder_ / "out", more)); }
  std::string refusal(const Words& more = {}) const {
    const Outcome outcome = plan(file_, folder_ / "out", more);
    CHECK(outcome.status == 3);
    CHECK_FALSE(fs::exists(folder_ / "out"));
    return outcome.err;
  }
  fs::path place(const std::string& name) const { return folder_ / name; }
  const fs::path& file() const { return file_; }

 private:
  TempFolder folder_;
  fs::path file_;
};

void check_says(const std::string& text, const std::string& part) { CHECK_MESSAGE(contains(text, part), text); }

}  // namespace

TEST_CASE("an including study changes keys of included entries, adds its own, and paths follow the file they stand in") {
  TempFolder folder;
  fs::create_directories(folder / "parts/models");
  fs::copy(MEDVLM_TINY_CHECKPOINT, folder / "parts/models/clip", fs::copy_options::recursive);
  write(folder / "parts/models.toml", model("a", "checkpoint = \"models/clip\"\nrole = \"generalist\"\n") +
                                          model("b", "checkpoint = \"nowhere\"\nrole = \"specialist\"\n"));
  write(folder / "parts/all.toml", "include = [\"models.toml\"]\n" + kHead + dataset("x") + kAdapters + kMetrics);
  const fs::path study = write(folder / "study.toml", "include = [\"parts/all.toml\", \"parts/models.toml\"]\n[study]\nname = \"mine\"\n"
                                                      "[run]\nbatch_size = 5\n[[models]]\nname = \"b\"\ncheckpoint = \"parts/models/clip\"\n" +
                                                          dataset("own"));
  const auto scenarios = planned(study, folder / "out");
  CHECK(names(scenarios) == Words{"a/x/ots", "a/x/probe", "a/own/ots", "a/own/probe", "b/x/ots", "b/x/probe", "b/own/ots", "b/own/probe"});
  CHECK(scenarios[0]["role"] == "generalist");
  CHECK(scenarios[4]["role"] == "specialist");
  CHECK(scenarios[0]["batch_size"] == 5);
  CHECK(scenarios[0]["device"] == "cpu");
}

TEST_CASE("what is wrong with an include is told with file and line, also inside of the included file") {
  TempFolder folder;
  write(folder / "bad.toml", grid() + "[[models]]\nname = \"c\"\nplugin = \"clip\"\ncheckpoin = \"x\"\n");
  write(folder / "ring.toml", "include = [\"study.toml\"]\n");
  const auto refused = [&](const std::string& text) {
    const Outcome outcome = plan(write(folder / "study.toml", text), folder / "out");
    CHECK(outcome.status == 3);
    return outcome.err;
  };
  check_says(refused("include = [\"none.toml\"]\n" + grid()), "study.toml:1:12: include: there is no file");
  check_says(refused("include = \"bad.toml\"\n" + grid()), "include: expected a list of files");
  check_says(refused("include = [\"ring.toml\"]\n" + grid()), "ring.toml:1:12: include: files include each other in a circle");
  check_says(refused("include = [\"bad.toml\"]\n"), "bad.toml:42:13: models[2].checkpoin: unknown option; did you mean 'checkpoint'?");
  const std::string unknown = refused("include = [\"bad.toml\"]\n[[models]]\nname = \"aa\"\ncheckpoint = \"x\"\n");
  check_says(unknown, "study.toml:2:1: models[3].plugin: required: the id of a plugin; to change an included entry, give its name; did you mean 'a'?");
  check_says(refused(grid() + model("a")), "models[2].name: 'a' is taken by an entry above");
}

TEST_CASE("lists in [study] pick entries by name, pattern and tag; unknown words are told") {
  const Study study(grid());
  CHECK(study.plans({"--set", "study.models=[\"tag:old\"]", "--set", "study.adapters=[\"ots\"]"}) == Words{"a/x/ots", "a/y/ots"});
  CHECK(study.plans({"--set", "study.models=[\"tag:small\"]", "--set", "study.datasets=[\"x*\"]", "--set", "study.adapters=[\"pro*\"]"}) ==
        Words{"a/x/probe", "b/x/probe"});
  const std::string err = Study(grid()).refusal({"--set", "study.models=[\"c\", \"tag:smal\"]", "--set", "study.datasets=[\"z*\"]"});
  check_says(err, "study.models: no model is named 'c'");
  check_says(err, "study.models: no model has the tag 'smal'; did you mean 'small'?");
  check_says(err, "study.datasets: no dataset has a name like 'z*'");
  check_says(Study(grid()).refusal({"--set", "study.models=[]"}), "study.models: the list is empty");
}

TEST_CASE("excluded scenarios are not in the study, need not fit, and an exclusion that means nothing is refused") {
  const Study study(grid() + "[[exclude]]\nmodels = [\"b\"]\nadapters = [\"probe\"]\n[[exclude]]\nmodels = [\"tag:old\"]\ndatasets = [\"y\"]\n");
  CHECK(study.plans() == Words{"a/x/ots", "a/x/probe", "b/x/ots", "b/y/ots"});
  // A rule about an entry that the study does not use just now is no mistake.
  CHECK(study.plans({"--set", "study.models=[\"b\"]"}) == Words{"b/x/ots", "b/y/ots"});

  const std::string questions = "[[datasets]]\nname = \"q\"\nplugin = \"synthetic\"\ntask = \"vqa\"\nkind = \"mixed\"\ntest = 3\nimage_size = 64\n";
  const std::string text = grid() + questions + "[[metrics]]\nplugin = \"exact_match\"\n";
  const std::string rule = "[[exclude]]\nmodels = [\"b\"]\ndatasets = [\"q\"]\n";
  check_says(Study(text).refusal(), "datasets[2]: no model of the study is for its task");
  check_says(Study(grid() + "[[exclude]]\n").refusal(), "exclude[0]: would leave out the whole study");
  check_says(Study(grid() + "[[exclude]]\nmodels = [\"c\"]\n").refusal(), "exclude[0].models: no model is named 'c'");
  check_says(Study(grid() + "[[exclude]]\nmodel = [\"a\"]\n").refusal(), "exclude[0].model: unknown option; did you mean 'models'?");
  check_says(Study(grid() + "[[exclude]]\nmodels = [\"*\"]\n").refusal(), "every scenario of the study is left out");
  const std::string answerer = "[[models]]\nname = \"answers\"\nplugin = \"llava\"\ncheckpoint = \"" +
                               (goldens_folder() / "generative/llava15-hf/checkpoint").string() + "\"\n";
  check_says(Study(text + answerer + rule).refusal(), "exclude[0]: no scenario of the study is meant");
}

TEST_CASE("overrides change a scenario's options, batch, metrics and a dataset's limit; a later one wins") {
  const Study study(grid() +
                    "[[overrides]]\nadapters = [\"probe\"]\nadapter = { solver = \"adamw\", epochs = 3 }\nbatch_size = 3\n"
                    "[[overrides]]\nmodels = [\"b\"]\nadapters = [\"probe\"]\nadapter = { epochs = 4 }\nmetrics = [\"acc*\"]\n"
                    "[[overrides]]\ndatasets = [\"y\"]\nlimit = 5\n");
  const fs::path out = study.place("out");
  const Outcome outcome = run(study.file(), out, {"--quiet"});
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  const auto identity = [&](const std::string& name) { return result(out / name)["manifest"]["identity"]; };
  CHECK(identity("a/x/probe")["adapter"]["options"]["epochs"] == 3);
  CHECK(identity("a/x/probe")["adapter"]["options"]["solver"] == "adamw");
  CHECK(identity("b/x/probe")["adapter"]["options"]["epochs"] == 4);
  CHECK(identity("b/x/probe")["adapter"]["options"]["solver"] == "adamw");
  CHECK(identity("a/x/probe")["run"]["batch_size"] == 3);
  CHECK(identity("a/x/ots")["run"]["batch_size"] == 32);
  CHECK(identity("a/x/ots")["run"]["limit"] == 0);
  CHECK(predictions(out / "a/y/ots").size() == 5);
  CHECK(predictions(out / "a/x/ots").size() == 8);
  CHECK(result(out / "b/x/probe")["training"]["epochs"] == 4);
  for (const auto& value : result(out / "b/x/probe")["metrics"]) CHECK(value["metric"] == "accuracy");
  CHECK(result(out / "a/x/probe")["metrics"].size() >= 2);
  // A changed rule is noticed by the scenarios that it means, and by no others.
  const auto scenarios = planned(study.file(), out, {"--set", "overrides[1].adapter.epochs=5"});
  for (const auto& each : scenarios) {
    const bool meant = each["model"] == "b" && each["adapter"] == "probe";
    CHECK(each["state"] == (meant ? "changed" : "done"));
  }
}

TEST_CASE("overrides are checked like options, with their place") {
  const auto refused = [](const std::string& rule) { return Study(grid() + "[[overrides]]\n" + rule).refusal(); };
  check_says(refused("adapters = [\"probe\"]\nadapter = { epoch = 3 }\n"), "overrides[0].adapter.epoch: unknown option; did you mean 'epochs'?");
  check_says(refused("adapters = [\"probe\"]\nadapter = { epochs = 0 }\n"), "overrides[0].adapter.epochs: must be at least 1");
  check_says(refused("adapter = { epochs = 3 }\n"), "(adapter 'ots' is a 'off_the_shelf')");
  check_says(refused("models = [\"a\"]\nlimit = 3\n"), "overrides[0].limit: may stand with `datasets` alone");
  check_says(refused("models = [\"a\"]\n"), "overrides[0]: changes nothing");
  check_says(refused("models = [\"a\"]\nbatch_size = 0\n"), "overrides[0].batch_size: must be at least 1");
  check_says(refused("metrics = [\"f1\"]\n"), "overrides[0].metrics: no metric is named 'f1'");
}

TEST_CASE("seeds of the study are for every adapter that trains and has none of its own") {
  const Study study(kHead + model("a") + dataset("x") + kAdapters +
                    "[[adapters]]\nname = \"own\"\nplugin = \"linear_probe\"\nseeds = [7]\n" + kMetrics);
  CHECK(study.plans({"--set", "study.seeds=[0, 1]"}) == Words{"a/x/ots", "a/x/probe/seed-0", "a/x/probe/seed-1", "a/x/own/seed-7"});
  CHECK(study.plans() == Words{"a/x/ots", "a/x/probe", "a/x/own/seed-7"});
  CHECK(study.plans({"--set", "study.seeds=[0, 1]", "--only", "*/*/probe"}) == Words{"a/x/probe/seed-0", "a/x/probe/seed-1"});
  CHECK(study.plans({"--set", "study.seeds=[0, 1]", "--only", "a/*/*/seed-1"}) == Words{"a/x/probe/seed-1"});
  check_says(Study(grid()).refusal({"--set", "study.seeds=[0, 0]"}), "study.seeds: expected a list of different whole numbers");
  const Outcome none = plan(study.file(), study.place("out"), {"--only", "a/*/lora"});
  CHECK(none.status == 2);
  check_says(none.err, "a/*/lora");
}

TEST_CASE("a dataset's modality in the study replaces the plugin's, and facts reach the plan") {
  const Study study(kHead + model("a", "role = \"specialist\"\nfamily = \"F\"\nmodalities = [\"sketch\"]\naliases = [\"A 1\"]\n" + kCheckpoint) +
                    dataset("x", "modality = \"sketch\"\n") + dataset("y") + kAdapters + kMetrics);
  const auto scenarios = planned(study.file(), study.place("out"));
  CHECK(scenarios[0]["domain"] == "ID");
  CHECK(scenarios[0]["modality"] == "sketch");
  CHECK(scenarios[0]["family"] == "F");
  CHECK(scenarios[2]["domain"] == "OOD");
}

}  // namespace medvlm::e2e
