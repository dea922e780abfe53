// What `medvlm plan` says of a study's scenarios: their state, and what the rest takes.
#include "program.hpp"

namespace medvlm::e2e {
namespace {

using nlohmann::json;

const std::string kProbe = "[[adapters]]\nname = \"probe\"\nplugin = \"linear_probe\"\n";
const std::string kLora = "[[adapters]]\nname = \"lora\"\nplugin = \"lora\"\nepochs = 2\n";

std::string data(const std::string& name, int train, int test) {
  return "[[datasets]]\nname = \"" + name + "\"\nplugin = \"synthetic\"\nimage_size = 64\ntrain = " + std::to_string(train) +
         "\ntest = " + std::to_string(test) + "\n";
}

json planned(const fs::path& study, const fs::path& output, const Words& more = {}) {
  Words words = more;
  words.push_back("--json");
  const Outcome outcome = plan(study, output, words);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  return json::parse(outcome.out);
}

json scenario_of(const json& report, const std::string& name) {
  for (const auto& each : report["scenarios"]) {
    if (each["name"] == name) return each;
  }
  throw std::runtime_error("the plan has no scenario " + name);
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0, length = 0;
  for (const char c : text) {
    length = c == '\n' ? 0 : length + ((c & 0xc0) != 0x80 ? 1 : 0);
    longest = std::max(longest, length);
  }
  return longest;
}

}  // namespace

TEST_CASE("images that scenarios share are counted once, and not at all when their embeddings are there") {
  TempFolder folder;
  const fs::path study = write(folder / "study.toml", study_text(data("data", 10, 8) + kProbe + kLora));
  const fs::path out = folder / "out";
  const auto before = planned(study, out);
  CHECK(scenario_of(before, "model/data/probe")["images_to_encode"] == 18);  // the first that needs them
  CHECK(scenario_of(before, "model/data/ots")["images_to_encode"] == 0);
  CHECK(scenario_of(before, "model/data/ots")["cached_embeddings"] == 8);
  CHECK(scenario_of(before, "model/data/lora")["images_to_encode"] == 8);
  CHECK(scenario_of(before, "model/data/lora")["training_images"] == 20);
  CHECK(before["totals"]["images_to_encode"] == 26);
  CHECK(before["totals"]["predictions_left"] == 24);
  CHECK(before["totals"]["states"] == json{{"to do", 1}, {"to train", 2}});

  REQUIRE(run(study, out, {"--quiet", "--only", "*/*/ots"}).status == 0);
  const auto after = planned(study, out);
  CHECK(scenario_of(after, "model/data/ots")["state"] == "done");
  CHECK(scenario_of(after, "model/data/ots")["seconds"] == 0.0);
  CHECK(scenario_of(after, "model/data/probe")["images_to_encode"] == 10);  // those it learns from
  CHECK(scenario_of(after, "model/data/probe")["cached_embeddings"] == 8);
  CHECK(after["totals"]["predictions_left"] == 16);
  fs::remove_all(out / "cache");
  CHECK(scenario_of(planned(study, out), "model/data/probe")["images_to_encode"] == 18);
}

TEST_CASE("parameters to train are known before, and are those that trainings report") {
  TempFolder folder;
  const fs::path study = write(folder / "study.toml",
                               study_text(data("data", 10, 8) + kProbe + kLora +
                                          "[[adapters]]\nname = \"rows\"\nplugin = \"linear_probe\"\nsolver = \"adamw\"\nepochs = 1\n"
                                          "[[adapters]]\nname = \"texts\"\nplugin = \"lora\"\nepochs = 1\nhead = \"prompt\"\npart = \"all\"\nrank = 3\n"));
  const fs::path out = folder / "out";
  const auto before = planned(study, out);
  const Outcome outcome = run(study, out, {"--quiet"});
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  for (const char* adapter : {"probe", "rows", "lora", "texts"}) {
    CAPTURE(adapter);
    const auto trained = result(out / "model/data" / adapter)["training"]["trained_parameters"];
    CHECK(trained.get<int>() > 0);
    CHECK(scenario_of(before, std::string("model/data/") + adapter)["trainable_parameters"] == trained);
  }
  CHECK(scenario_of(before, "model/data/ots")["trainable_parameters"] == 0);
  const auto after = planned(study, out);
  CHECK(after["totals"]["states"] == json{{"done", 5}});
  CHECK(after["totals"]["trainable_parameters"] == 0);
  CHECK(after["totals"]["seconds"] == 0.0);
}

TEST_CASE("times come from finished scenarios of the model where there are any, else from a rule, and say so") {
  TempFolder folder;
  const fs::path study = write(folder / "study.toml", study_text(data("one", 0, 20) + data("two", 0, 40)));
  const fs::path out = folder / "out";
  const auto before = planned(study, out);
  CHECK(scenario_of(before, "model/one/ots")["seconds_from"] == "rule of thumb");
  CHECK(scenario_of(before, "model/one/ots")["seconds"].get<double>() > 0);
  CHECK(scenario_of(before, "model/two/ots")["seconds"].get<double>() ==
        doctest::Approx(2 * scenario_of(before, "model/one/ots")["seconds"].get<double>()));
  CHECK(before["totals"]["matrix_rate"].get<double>() > 1e8);
  REQUIRE(run(study, out, {"--quiet", "--only", "model/one/*"}).status == 0);
  const auto after = planned(study, out);
  const auto two = scenario_of(after, "model/two/ots");
  CHECK(two["seconds_from"] == "finished scenarios");
  const auto ran = result(out / "model/one/ots")["run"];
  CHECK(two["seconds"].get<double>() == doctest::Approx(40 * ran["seconds"].get<double>() / 20));
  CHECK(after["totals"]["matrix_rate"] == 0.0);
}

TEST_CASE("partial, errored and changed scenarios are told, with the reason") {
  TempFolder folder;
  const fs::path study = write(folder / "study.toml", study_text(data("a", 0, 8) + data("b", 0, 8) + data("c", 0, 8)));
  const fs::path out = folder / "out";
  REQUIRE(run(study, out, {"--quiet"}).status == 0);
  // As a kill leaves it: some whole records, and a torn one.
  const std::string journal = read(out / "model/a/ots/journal.jsonl");
  std::size_t end = 0;
  for (int line = 0; line < 4; ++line) end = journal.find('\n', end) + 1;
  write(out / "model/a/ots/journal.jsonl", journal.substr(0, end + 20));
  fs::remove(out / "model/a/ots/result.json");
  fs::remove(out / "model/b/ots/journal.jsonl");
  write(out / "model/b/ots/error.json", R"({"code": "data", "message": "the disk is gone", "written": "2026-01-01T00:00:00Z"})");
  const auto report = planned(study, out);
  CHECK(scenario_of(report, "model/a/ots")["state"] == "partial");
  CHECK(scenario_of(report, "model/a/ots")["predictions"] == 3);
  CHECK(scenario_of(report, "model/b/ots")["state"] == "errored");
  CHECK(scenario_of(report, "model/b/ots")["error"] == "data: the disk is gone");
  CHECK(scenario_of(report, "model/c/ots")["state"] == "done");
  const Outcome shown = plan(study, out);
  CHECK_MESSAGE(contains(shown.out, "3 scenarios: 1 done, 1 partial, 1 errored"), shown.out);
  CHECK(contains(shown.out, "model/b/ots: data: the disk is gone"));
  const auto changed = planned(study, out, {"--set", "run.batch_size=3"});
  CHECK(scenario_of(changed, "model/c/ots")["state"] == "changed");
  CHECK(scenario_of(changed, "model/c/ots")["differences"] == json{"run.batch_size: was 32, is 3"});
  CHECK(changed["totals"]["predictions_left"] == 24);
}

TEST_CASE("failed samples are counted") {
  TempFolder folder;
  const fs::path study = write(folder / "study.toml", study_text("[[datasets]]\nname = \"data\"\nplugin = \"table\"\nfile = \"t.csv\"\n"
                                                                 "label = \"label\"\nclasses = [\"no\", \"yes\"]\nsplit = \"split\"\n"));
  const fs::path image = goldens_folder() / "contrastive/clip/images/shapes.png";
  write(folder / "t.csv", "image,label,split\n" + image.string() + ",no,test\n" + (folder / "gone.png").string() + ",yes,test\n" +
                              image.string() + ",yes,test\n");
  const Outcome outcome = run(study, folder / "out", {"--quiet", "--max-errors", "3"});
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  const auto report = planned(study, folder / "out");
  CHECK(report["scenarios"][0]["predictions"] == 3);
  CHECK(report["scenarios"][0]["errored"] == 1);
  CHECK(report["scenarios"][0]["state"] == "done");
}

TEST_CASE("a variable of the environment that is missing is told, and fails nothing") {
  TempFolder folder;
  const std::string questions = "[study]\nname = \"e2e\"\n[run]\ndevice = \"cpu\"\n[[models]]\nname = \"far\"\nplugin = \"chat_api\"\n"
                                "base_url = \"http://127.0.0.1:9/v1\"\nmodel = \"m\"\napi_key_env = \"MEDVLM_TEST_NO_SUCH_KEY\"\n"
                                "[[datasets]]\nname = \"q\"\nplugin = \"synthetic\"\ntask = \"vqa\"\nkind = \"mixed\"\ntrain = 0\ntest = 3\nimage_size = 64\n"
                                "[[adapters]]\nplugin = \"off_the_shelf\"\n[[metrics]]\nplugin = \"exact_match\"\n";
  const fs::path study = write(folder / "study.toml", questions);
  const auto report = planned(study, folder / "out");
  REQUIRE(report["missing_variables"].size() == 1);
  CHECK(report["missing_variables"][0]["variable"] == "MEDVLM_TEST_NO_SUCH_KEY");
  CHECK(report["missing_variables"][0]["key"] == "models.far.api_key_env");
  CHECK(report["scenarios"][0]["seconds"].is_null());
  CHECK(report["totals"]["scenarios_of_unknown_time"] == 1);
  CHECK(contains(plan(study, folder / "out").out, "MEDVLM_TEST_NO_SUCH_KEY, named by models.far.api_key_env"));
}

TEST_CASE("the table stays within 120 columns, whatever the names") {
  TempFolder folder;
  const std::string name = "a-name-that-somebody-has-made-as-long-as-it-could-be";
  std::string text = study_text(data(name, 10, 8) + "[[adapters]]\nname = \"" + name + "\"\nplugin = \"linear_probe\"\nseeds = [1000000, 2]\n");
  text.replace(text.find("name = \"model\""), 14, "name = \"" + name + "\"");
  const Outcome outcome = plan(write(folder / "study.toml", text), folder / "out");
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  CHECK_MESSAGE(longest_line(outcome.out) <= 120, outcome.out);
  CHECK(contains(outcome.out, "…-1000000"));
}

}  // namespace medvlm::e2e
