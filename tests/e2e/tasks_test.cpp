// Studies that ask questions, alone and together with diagnosis.
#include "program.hpp"

namespace medvlm::e2e {
namespace {

const std::string kStart = "[study]\nname = \"tasks\"\n[run]\ndevice = \"cpu\"\ndtype = \"float32\"\nthreads = 1\nbatch_size = 6\n";
const std::string kEncoder = "[[models]]\nname = \"encoder\"\nplugin = \"clip\"\ncheckpoint = \"" MEDVLM_TINY_CHECKPOINT "\"\n";
const std::string kImages = "[[datasets]]\nname = \"images\"\nplugin = \"synthetic\"\ntrain = 0\ntest = 12\nimage_size = 64\n";
const std::string kQuestions =
    "[[datasets]]\nname = \"questions\"\nplugin = \"synthetic\"\ntask = \"vqa\"\nkind = \"mixed\"\ntrain = 0\ntest = 12\nimage_size = 64\n";
const std::string kAsIs = "[[adapters]]\nname = \"ots\"\nplugin = \"off_the_shelf\"\nmax_new_tokens = 5\n";
const std::string kAuroc = "[[metrics]]\nplugin = \"auroc\"\n";
const std::string kExact = "[[metrics]]\nplugin = \"exact_match\"\n";

std::string answerer() {
  return "[[models]]\nname = \"answerer\"\nplugin = \"llava\"\ncheckpoint = \"" +
         (goldens_folder() / "generative/llava15-hf/checkpoint").string() + "\"\n";
}

Outcome run_text(const TempFolder& folder, const std::string& text) {
  return run(write(folder / "study.toml", text), folder / "out", {"--quiet"});
}

/// Predictions without the time that each took.
std::vector<nlohmann::json> timeless(const fs::path& place) {
  auto lines = predictions(place);
  for (auto& line : lines) line.erase("seconds");
  return lines;
}

}  // namespace

TEST_CASE("a study of both tasks runs what fits together and leaves the rest out") {
  const TempFolder folder;
  const Outcome outcome =
      run_text(folder, kStart + kEncoder + answerer() + kImages + kQuestions + kAsIs + kAuroc + kExact);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  CHECK(predictions(folder / "out/encoder/images/ots").size() == 12);
  CHECK(predictions(folder / "out/answerer/questions/ots").size() == 48);
  CHECK_FALSE(fs::exists(folder / "out/encoder/questions"));
  CHECK_FALSE(fs::exists(folder / "out/answerer/images"));
  CHECK(result(folder / "out/encoder/images/ots")["metrics"][0]["metric"] == "auroc");
  const auto answered = result(folder / "out/answerer/questions/ots");
  for (const auto& value : answered["metrics"]) CHECK(value["metric"] == "exact_match");
  CHECK(answered["manifest"]["identity"]["adapter"]["options"]["instruction"] == "none");
  CHECK(answered["bootstrap"]["unit"] == "cluster");
}

TEST_CASE("a model, adapter or metric that serves no dataset is refused with its place") {
  const auto refused = [](const std::string& text, const std::string& part) {
    const TempFolder folder;
    const Outcome outcome = run_text(folder, text);
    CHECK(outcome.status == 3);
    CHECK_MESSAGE(contains(outcome.err, part), outcome.err);
    CHECK_FALSE(fs::exists(folder / "out"));
  };
  refused(kStart + kEncoder + kQuestions + kAsIs + kExact, "models[0]: does not fit dataset 'questions': CLIP answers no questions");
  refused(kStart + answerer() + kImages + kAsIs + kAuroc, "models[0]: does not fit dataset 'images': LLaVA has no encoder");
  refused(kStart + kEncoder + kImages + kAsIs + kExact, "metrics[0]: does not fit dataset 'images'");
  refused(kStart + answerer() + kQuestions + kAsIs + kAuroc, "metrics[0]: does not fit dataset 'questions'");
  refused(kStart + answerer() + kImages + kQuestions + kAsIs + kAuroc + kExact,
          "datasets[0]: no model of the study is for its task (diagnosis)");
  refused(kStart + kEncoder + answerer() + kImages + kQuestions + kAsIs + kExact,
          "datasets[0]: no metric of the study is for its task (diagnosis)");
}

TEST_CASE("a run of questions that is killed goes on, with the answers of an uninterrupted one") {
  const std::string text = kStart + answerer() + kQuestions + kAsIs + kExact;
  const TempFolder whole, folder;
  REQUIRE(run_text(whole, text).status == 0);
  const fs::path place = folder / "out/answerer/questions/ots";
  const fs::path study = write(folder / "study.toml", text);
  int killed = 0;
  for (const std::size_t lines : {2u, 14u, 30u}) {
    Process process(command("run", study, folder / "out", {"--quiet"}));
    if (!process.wait_until([&] { return fs::exists(place / "journal.jsonl") && journal_lines(place) >= lines; })) break;
    if (process.has_ended()) break;
    process.send(SIGKILL);
    killed += process.wait().signal == SIGKILL ? 1 : 0;
  }
  CHECK(killed > 0);
  REQUIRE(run(study, folder / "out", {"--quiet"}).status == 0);
  CHECK(timeless(place) == timeless(whole / "out/answerer/questions/ots"));
  CHECK(comparable(place)["metrics"] == comparable(whole / "out/answerer/questions/ots")["metrics"]);
}

TEST_CASE("the benchmark's instruction is put before questions whose answer is yes or no, and drawing follows the seed") {
  const TempFolder folder;
  const auto answers = [&](const std::string& more, const std::string& output, const std::string& seed) {
    const fs::path study = write(folder / (output + ".toml"), kStart + answerer() + kQuestions + kAsIs + more + kExact);
    const Outcome outcome = run(study, folder / output, {"--quiet", "--set", "study.seed=" + seed});
    REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    return timeless(folder / output / "answerer/questions/ots");
  };
  const auto plain = answers("", "plain", "1");
  const auto told = answers("instruction = \"benchmark\"\n", "told", "1");
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const bool longer = told[i]["prompt_tokens"] > plain[i]["prompt_tokens"];
    CHECK(longer == !plain[i]["open"].get<bool>());
  }
  const std::string drawing = "temperature = 2.0\n";
  CHECK(answers(drawing, "a", "1") == answers(drawing, "b", "1"));
  CHECK(answers(drawing, "c", "2") != answers(drawing, "d", "1"));
  CHECK(answers("", "e", "2") == plain);
}

}  // namespace medvlm::e2e
