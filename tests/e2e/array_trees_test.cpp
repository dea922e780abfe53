// Datasets of numpy's arrays against other people's code: arrays by numpy, the split by scikit-learn, scores by
// transformers, AUROC by scikit-learn (tests/peers/make_array_trees.py, compute_array_expected.py).
#include "peers.hpp"

namespace medvlm::e2e {
namespace {

using nlohmann::json;

// Several times the difference between two implementations: no two scores of a class exchange their places.
constexpr double kSafeGap = 4e-6;

const std::vector<std::string> kBinary = {"PneumoniaMNIST", "Harvard-GF", "FairVLMed"};
const std::vector<std::string> kAll = {"PneumoniaMNIST", "DermaMNIST", "ChestMNIST", "Harvard-GF", "FairVLMed"};

fs::path root() { return goldens_with(fs::path("trees") / "arrays" / "expected.json"); }
fs::path trees() { return root() / "trees" / "arrays"; }

json expected(const std::string& dataset) { return json::parse(read(trees() / "expected.json"))[dataset]; }

std::string entry(const std::string& name, const std::string& plugin, const std::string& option, const fs::path& path) {
  return "[[datasets]]\nname = \"" + name + "\"\nplugin = \"" + plugin + "\"\n" + option + " = \"" + path.string() + "\"\n";
}

/// All datasets, run once for all cases.
struct Run {
  TempFolder folder;
  Outcome outcome;

  Run() {
    const fs::path sets = trees() / "MedMNIST";
    const std::string datasets = entry("PneumoniaMNIST", "medmnist", "file", sets / "pneumoniamnist_32.npz") +
                                 entry("DermaMNIST", "medmnist", "file", sets / "dermamnist.npz") +
                                 entry("ChestMNIST", "medmnist", "file", sets / "chestmnist.npz") +
                                 entry("Harvard-GF", "harvard_gf", "root", trees() / "Harvard-GF") +
                                 entry("FairVLMed", "fairvlmed", "root", trees() / "FairVLMed");
    const std::string text = study_text(datasets, "", (root() / "contrastive" / "clip").string());
    outcome = run(write(folder / "study.toml", text), folder / "out", {"--set", "bootstrap.unit=sample"});
  }
  fs::path result_folder(const std::string& dataset) const { return scenario(folder / "out", dataset); }
};

const Run& finished() {
  static const Run run;
  REQUIRE_MESSAGE(run.outcome.status == 0, run.outcome.err);
  return run;
}

}  // namespace

TEST_CASE("the expected scores lie far enough apart for a comparison of AUROC") {
  for (const std::string& dataset : kAll) {
    CHECK(expected(dataset)["smallest_gap"].get<double>() > kSafeGap);
    CHECK(expected(dataset)["samples"].size() >= 30);
  }
}

TEST_CASE("samples and scores of every dataset are those of numpy, scikit-learn and transformers") {
  for (const std::string& dataset : kAll) {
    CAPTURE(dataset);
    check_predictions(finished().result_folder(dataset), expected(dataset)["samples"]);
  }
}

TEST_CASE("AUROC of binary, multi-class and multi-label arrays is that of scikit-learn") {
  for (const std::string& dataset : kAll) {
    CAPTURE(dataset);
    check_near(metric(result(finished().result_folder(dataset)), "auroc")["value"], expected(dataset)["auroc"]);
  }
}

TEST_CASE("intervals by image are those of scikit-learn and numpy") {
  for (const std::string& dataset : kBinary) {
    CAPTURE(dataset);
    check_interval(metric(result(finished().result_folder(dataset)), "auroc"), expected(dataset)["ci"]);
  }
}

TEST_CASE("validate accepts each dataset plugin with its tree") {
  const auto validate = [](const std::string& id, const std::string& option, const fs::path& path) {
    const fs::path manifest = fs::path(MEDVLM_PLUGIN_FOLDER) / ("medvlm-dataset-" + id + ".toml");
    return start_and_wait({medvlm_program(), "validate", manifest.string(), "--set",
                           id + "." + option + "=" + path.string()});
  };
  std::vector<Outcome> outcomes;
  for (const char* file : {"pneumoniamnist_32.npz", "dermamnist.npz", "chestmnist.npz"}) {
    outcomes.push_back(validate("medmnist", "file", trees() / "MedMNIST" / file));
  }
  outcomes.push_back(validate("harvard_gf", "root", trees() / "Harvard-GF"));
  outcomes.push_back(validate("fairvlmed", "root", trees() / "FairVLMed"));
  for (const Outcome& outcome : outcomes) {
    CHECK_MESSAGE(outcome.status == 0, outcome.out, outcome.err);
    CHECK_FALSE(contains(outcome.out, "they need its required options"));
  }
}

}  // namespace medvlm::e2e
