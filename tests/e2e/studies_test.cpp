// Wrong studies: every mistake is shown at once with its place, and nothing is written.
#include "program.hpp"

namespace medvlm::e2e {
namespace {

/// `text` as study.toml, run; no output folder may appear.
struct Refused {
  TempFolder folder;
  fs::path study;
  Outcome outcome;

  explicit Refused(const std::string& text, const Words& more = {}) {
    study = write(folder / "study.toml", text);
    outcome = run(study, folder / "out", more);
    CHECK_FALSE(fs::exists(folder / "out"));
    CHECK(outcome.out.empty());
  }
  /// "study.toml:<line>:<column>: <rest>" is in the message, for any column.
  bool says(int line, const std::string& rest) const {
    const std::string place = "study.toml:" + std::to_string(line) + ":";
    for (std::size_t at = outcome.err.find(place); at != std::string::npos; at = outcome.err.find(place, at + 1)) {
      std::size_t end = at + place.size();
      while (std::isdigit(static_cast<unsigned char>(outcome.err[end]))) ++end;
      if (end > at + place.size() && outcome.err.compare(end, rest.size() + 2, ": " + rest) == 0) return true;
    }
    return false;
  }
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("no " + from);
  return text.replace(at, from.size(), to);
}

int line_of(const std::string& text, const std::string& part) {
  return int(std::count(text.begin(), text.begin() + std::ptrdiff_t(text.find(part)), '\n')) + 1;
}

const std::string kGood = study_text(synthetic(4));

}  // namespace

TEST_CASE("an unknown section is refused with its place") {
  const std::string text = kGood + "[botstrap]\nrounds = 5\n";
  const Refused refused(text);
  CHECK(refused.outcome.status == 3);
  CHECK(refused.says(line_of(text, "[botstrap]"), "botstrap: unknown section; did you mean 'bootstrap'?"));
}

TEST_CASE("an unknown key is refused with its place and the nearest name") {
  const std::string text = replaced(kGood, "[run]\n", "[run]\nbach_size = 3\n");
  const Refused refused(text);
  CHECK(refused.outcome.status == 3);
  CHECK(refused.says(line_of(text, "bach_size"), "run.bach_size: unknown option; did you mean 'batch_size'?"));
}

TEST_CASE("a value of the wrong type is refused with its place") {
  const std::string text = replaced(kGood, "[run]\n", "[run]\nbatch_size = \"many\"\n");
  const Refused refused(text);
  CHECK(refused.outcome.status == 3);
  CHECK(refused.says(line_of(text, "batch_size"), "run.batch_size: expected an integer, found text"));
}

TEST_CASE("a value out of range is refused with its place") {
  const std::string text = replaced(kGood, "[run]\n", "[run]\nbatch_size = 0\n");
  const Refused refused(text);
  CHECK(refused.outcome.status == 3);
  CHECK(refused.says(line_of(text, "batch_size"), "run.batch_size: must be at least 1"));
}

TEST_CASE("a plugin that does not exist is refused with its place and the nearest id") {
  const std::string text = replaced(kGood, "\"synthetic\"", "\"synthetik\"");
  const Refused refused(text);
  CHECK(refused.outcome.status == 3);
  CHECK(refused.says(line_of(text, "[[datasets]]"),
                     "datasets[0].plugin: there is no dataset 'synthetik'; did you mean 'synthetic'?"));
}

TEST_CASE("an option that the plugin does not have is refused with its place") {
  const std::string entry = "plugin = \"off_the_shelf\"";
  const std::string text = replaced(kGood, entry, entry + "\ntemplate = [\"{}\"]");
  const Refused refused(text);
  CHECK(refused.outcome.status == 3);
  CHECK(refused.says(line_of(text, "template ="), "adapters[0].template: unknown option; did you mean 'templates'?"));
}

TEST_CASE("a checkpoint folder that does not exist is refused with its place") {
  const std::string text = study_text(synthetic(4), "", "nowhere/clip");
  const Refused refused(text);
  CHECK(refused.outcome.status == 3);
  CHECK(refused.says(line_of(text, "checkpoint"), "models[0].checkpoint: the checkpoint folder '"));
  CHECK(contains(refused.outcome.err, (refused.folder / "nowhere/clip").string()));  // relative to the study file
}

TEST_CASE("a study that is no TOML is refused with its place") {
  const Refused refused("[study]\nname = \"x\n");
  CHECK(refused.outcome.status == 3);
  CHECK(refused.says(2, "not valid TOML"));
}

TEST_CASE("a study that is binary rubbish is refused") {
  const Refused refused(std::string("\x7f" "ELF\0\0\xff\xfe", 8));
  CHECK(refused.outcome.status == 3);
  CHECK(contains(refused.outcome.err, "study.toml"));
}

TEST_CASE("an empty study is told all that it lacks") {
  const Refused refused("");
  CHECK(refused.outcome.status == 3);
  for (const char* part : {"study.name", "models", "datasets", "adapters", "metrics"}) {
    CHECK_MESSAGE(contains(refused.outcome.err, part), part);
  }
}

TEST_CASE("five mistakes of five kinds are shown all at once") {
  std::string text = study_text("[[datasets]]\nplugin = \"synthetik\"\n", "bach_size = 3\n", "nowhere");
  text = replaced(text, "name = \"e2e\"\n", "name = \"e2e\"\nseed = \"three\"\n") + "[extra]\n";
  const Refused refused(text);
  CHECK(refused.outcome.status == 3);
  CHECK(contains(refused.outcome.err, "5 errors in the study"));
  CHECK(refused.says(line_of(text, "[extra]"), "extra: unknown section"));
  CHECK(refused.says(line_of(text, "seed ="), "study.seed: expected an integer"));
  CHECK(refused.says(line_of(text, "bach_size"), "run.bach_size: unknown option"));
  CHECK(refused.says(line_of(text, "checkpoint"), "models[0].checkpoint: "));
  CHECK(refused.says(line_of(text, "[[datasets]]"), "datasets[0].plugin: there is no dataset"));
}

TEST_CASE("two entries with one name are refused") {
  const Refused refused(study_text(synthetic(4) + synthetic(5)));
  CHECK(refused.outcome.status == 3);
  CHECK(contains(refused.outcome.err, "datasets[1].name: 'data' is taken"));
}

TEST_CASE("a name that would lead out of the results is refused") {
  const Refused refused(replaced(kGood, "name = \"data\"", "name = \"../data\""));
  CHECK(refused.outcome.status == 3);
  CHECK(contains(refused.outcome.err, "datasets[0].name"));
}

TEST_CASE("an unknown command-line option is refused with status 2") {
  const Refused refused(kGood, {"--fesh"});
  CHECK(refused.outcome.status == 2);
  CHECK(contains(refused.outcome.err, "--fesh"));
}

TEST_CASE("a --set that names nothing is refused with status 2") {
  const Refused refused(kGood, {"--set", "models.other.checkpoint=x"});
  CHECK(refused.outcome.status == 2);
  CHECK(contains(refused.outcome.err, "the study has no 'other'"));
}

TEST_CASE("a mistake in --set is placed at --set") {
  const Refused refused(kGood, {"--set", "run.batch_size=many"});
  CHECK(refused.outcome.status == 3);
  CHECK(contains(refused.outcome.err, "--set run.batch_size=many"));
  CHECK(contains(refused.outcome.err, "expected an integer"));
}

TEST_CASE("a device that is not here is refused with status 10 and the devices that are") {
  const Refused refused(kGood, {"--device", "cuda:900"});
  CHECK(refused.outcome.status == 10);
  CHECK(contains(refused.outcome.err, "available: cpu"));
}

TEST_CASE("a study file that does not exist is refused with status 7 and its name") {
  TempFolder folder;
  const Outcome outcome = run(folder / "gone.toml", folder / "out");
  CHECK(outcome.status == 7);
  CHECK(contains(outcome.err, "gone.toml"));
}

TEST_CASE("plan refuses what run refuses") {
  TempFolder folder;
  const fs::path study = write(folder / "study.toml", kGood + "[extra]\n");
  const Outcome outcome = plan(study, folder / "out");
  CHECK(outcome.status == 3);
  CHECK(contains(outcome.err, "extra: unknown section"));
  CHECK_FALSE(fs::exists(folder / "out"));
}

}  // namespace medvlm::e2e
