// What a study says of its models and of seeds, in the table, the plan and the result.
#include "program.hpp"

namespace medvlm::e2e {

TEST_CASE("seeds that are no numbers, and seeds of an adapter that does not learn, are refused") {
  TempFolder folder;
  const auto refused = [&](const std::string& seeds) {
    const std::string adapter = "[[adapters]]\nplugin = \"off_the_shelf\"\nseeds = " + seeds + "\n";
    const Outcome outcome = plan(write(folder / "study.toml", study_text(synthetic(8) + adapter)), folder / "out");
    CHECK(outcome.status == 3);
    return outcome.err;
  };
  CHECK(contains(refused("[1, 1]"), "adapters[0].seeds: expected a list of different"));
  CHECK(contains(refused("[\"one\"]"), "adapters[0].seeds"));
  CHECK(contains(refused("3"), "adapters[0].seeds"));
  CHECK(contains(refused("[1, 2]"), "does not train"));
}

TEST_CASE("what the study says of a model is in the table, the plan and the result") {
  TempFolder folder;
  const std::string facts = "role = \"specialist\"\nmodalities = [\"everyday picture\"]\ntrained_on = [\"data\"]\n";
  const std::string both = synthetic(8) + "kind = \"shapes\"\n[[datasets]]\nname = \"other\"\nplugin = \"synthetic\"\nimage_size = 64\ntest = 8\n";
  const fs::path study = write(folder / "study.toml", study_text(facts + both));
  const Outcome outcome = run(study, folder / "out");
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  CHECK(contains(outcome.out, "domain"));
  CHECK(contains(outcome.out, "model  data     ID "));
  CHECK(contains(outcome.out, "model  other    OOD"));
  CHECK(contains(outcome.out, "model is known to have been trained on data"));
  CHECK(result(folder / "out" / "model" / "data" / "ots")["manifest"]["model"]["domain"] == "ID");
  const auto scenarios = nlohmann::json::parse(plan(study, folder / "out", {"--json"}).out)["scenarios"];
  CHECK(scenarios[1]["domain"] == "OOD");
  CHECK(scenarios[1]["modality"] == "chest radiograph");
  const Outcome wrong = plan(write(folder / "bad.toml", study_text("role = \"expert\"\n" + both)), folder / "out");
  CHECK(wrong.status == 3);
  CHECK(contains(wrong.err, "models[0].role"));
}

}  // namespace medvlm::e2e
