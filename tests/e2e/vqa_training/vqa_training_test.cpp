// LoRA on a model that answers questions, as a user runs it: it learns, it continues after a kill with the same bytes, and
// what it wrote serves again.
#include "../program.hpp"

namespace medvlm::e2e {
namespace {

/// The demo's tiny LLaVA, asked in a frame of words that it does not know.
constexpr const char* kFrame = "question_template = \"please : {} right\"\nmax_new_tokens = 8\n";

std::string study_with(const std::string& adapters, const std::string& dataset_lines = "") {
  return "[study]\nname = \"e2e\"\n[run]\ndevice = \"cpu\"\ndtype = \"float32\"\nthreads = 1\n[bootstrap]\nrounds = 20\n"
         "[[models]]\nname = \"model\"\nplugin = \"llava\"\ncheckpoint = \"" MEDVLM_ANSWERER "\"\n"
         "template = \"USER: {image}\\n{question} ASSISTANT:\"\n"
         "[[datasets]]\nname = \"data\"\nplugin = \"synthetic\"\ntask = \"vqa\"\nkind = \"mixed\"\nimage_size = 64\n"
         "train = 24\ntest = 15\n" +
         dataset_lines + adapters + "[[metrics]]\nplugin = \"exact_match\"\n";
}

std::string adapter(const std::string& name, const std::string& plugin, const std::string& lines) {
  return "[[adapters]]\nname = \"" + name + "\"\nplugin = \"" + plugin + "\"\n" + kFrame + lines;
}

/// Dropout, momentum, schedule and shuffling all play a part.
const std::string kTraining = "epochs = 4\nlr = 0.003\nbatch_size = 8\nmicro_batch = 4\nsave_steps = 3\ndropout = 0.1\n";

fs::path learner(const fs::path& output) { return output / "model" / "data" / "learner"; }

/// The uninterrupted run.
struct Reference {
  TempFolder folder;
  fs::path study = write(folder / "study.toml", study_with(adapter("plain", "off_the_shelf", "") +
                                                           adapter("learner", "lora", kTraining)));
  Outcome outcome = run(study, folder / "out", {"--quiet"});
  fs::path place = learner(folder / "out");
};

const Reference& reference() {
  static const Reference made;
  return made;
}

double accuracy(const fs::path& scenario) { return metric(result(scenario), "exact_match")["value"].get<double>(); }

}  // namespace

TEST_CASE("a model that answers learns from reference answers") {
  REQUIRE_MESSAGE(reference().outcome.status == 0, reference().outcome.err);
  const auto training = result(reference().place)["training"];
  CHECK(training["rank"] == 16);
  CHECK(training["adapted_layers"] == 3 * 7);
  CHECK(training["samples"] == 4 * 24);
  CHECK(training["updates"] == 4 * 12);
  CHECK(training["left_out"]["without_answer"] == 0);
  REQUIRE(training["losses"].size() == 4);
  CHECK(training["losses"][3].get<double>() < 0.5 * training["losses"][0].get<double>());
  CHECK(accuracy(reference().place) > accuracy(reference().folder / "out" / "model" / "data" / "plain") + 0.1);
}

TEST_CASE("a training of answers that is killed continues to the same bytes") {
  REQUIRE(reference().outcome.status == 0);
  TempFolder folder;
  const fs::path output = folder / "out", place = learner(output), state = place / "adapter" / "state.safetensors";
  int kills = 0;
  for (int i = 0; i < 4; ++i) {
    Process process(command("run", reference().study, output, {"--quiet"}));
    // Each time until one more state has been written.
    const std::string before = fs::exists(state) ? read(state) : "";
    const bool saved = process.wait_until([&] { return fs::exists(state) && read(state) != before; });
    if (!saved || process.has_ended()) break;
    process.send(SIGKILL);
    CHECK(process.wait().signal == SIGKILL);
    CHECK_FALSE(fs::exists(place / "adapter" / "report.json"));
    ++kills;
  }
  CHECK(kills > 1);
  const Outcome last = run(reference().study, output, {"--quiet"});
  REQUIRE_MESSAGE(last.status == 0, last.err);
  for (const char* name : {"adapter_model.safetensors", "adapter_config.json", "log.jsonl", "report.json"}) {
    CAPTURE(name);
    CHECK(read(place / "adapter" / name) == read(reference().place / "adapter" / name));
  }
  CHECK(read(place / "predictions.jsonl").size() > 0);
  const auto expected = predictions(reference().place), actual = predictions(place);
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) CHECK(actual[i]["text"] == expected[i]["text"]);
}

TEST_CASE("what was learnt serves another study as it is") {
  REQUIRE(reference().outcome.status == 0);
  TempFolder folder;
  const std::string used = "epochs = 0\nadapter = \"" + (reference().place / "adapter").string() + "\"\n";
  const fs::path study = write(folder / "study.toml", study_with(adapter("learner", "lora", used)));
  const Outcome outcome = run(study, folder / "out", {"--quiet"});
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  CHECK(accuracy(learner(folder / "out")) == accuracy(reference().place));
  CHECK(result(learner(folder / "out"))["training"]["trained_parameters"] == 0);
}

TEST_CASE("what cannot be learnt is refused with its cure") {
  const auto refused = [](const std::string& lines, const std::string& dataset_lines = "") {
    TempFolder folder;
    const fs::path study = write(folder / "study.toml", study_with(adapter("learner", "lora", lines), dataset_lines));
    const Outcome outcome = run(study, folder / "out", {"--quiet"});
    CHECK(outcome.status != 0);
    return outcome.err;
  };
  CHECK(contains(refused("part = \"both\"\n"), "no text tower"));
  CHECK(contains(refused("target_modules = [\"w_proj\"]\n"), "no layer is called 'w_proj'"));
  CHECK(contains(refused("epochs = 0\n"), "epochs = 0 trains nothing"));
}

}  // namespace medvlm::e2e
