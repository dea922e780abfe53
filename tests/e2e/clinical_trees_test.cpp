// PAPILA's workbooks, Camelyon17's drawn sample and DICOM files in class folders, from the files to AUROC, against
// transformers, scikit-learn, pandas and pydicom (tests/peers/make_clinical_trees.py, compute_clinical_expected.py).
#include "peers.hpp"

namespace medvlm::e2e {
namespace {

using nlohmann::json;

constexpr const char* kExpected = "expected_clinical.json";
constexpr const char* kDatasets[] = {"PAPILA", "Camelyon17", "radiographs"};

fs::path root() { return goldens_with(fs::path("trees") / kExpected); }

json expected(const std::string& dataset) { return json::parse(read(root() / "trees" / kExpected))[dataset]; }

/// The three trees with one unit of the bootstrap, run once for all cases.
class Trees {
 public:
  explicit Trees(const std::string& unit) {
    const auto entry = [&](const std::string& name, const std::string& plugin, const std::string& folder) {
      return "[[datasets]]\nname = \"" + name + "\"\nplugin = \"" + plugin + "\"\nroot = \"" +
             (root() / "trees" / folder).string() + "\"\n";
    };
    const std::string datasets =
        entry("PAPILA", "papila", "PAPILA") + "test_fraction = 0.5\nsplit_file = \"" + split_file().string() + "\"\n" +
        entry("Camelyon17", "camelyon17", "camelyon17_v1.0") + "train_samples = 20\ntest_samples = 44\n" +
        entry("radiographs", "image_folder", "radiographs") +
        "positive = \"pneumonia\"\ncluster = \"folder\"\nclass_texts = [\"a healthy chest\", \"a chest with pneumonia\"]\n";
    const fs::path study =
        write(folder_ / "study.toml", study_text(datasets, "", (root() / "contrastive" / "clip").string()));
    outcome = run(study, folder_ / "out", {"--set", "bootstrap.unit=" + unit});
  }
  fs::path split_file() const { return folder_ / "split.csv"; }
  fs::path result_folder(const std::string& dataset) const {
    REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    return scenario(folder_ / "out", dataset);
  }

  Outcome outcome;

 private:
  TempFolder folder_;
};

const Trees& by_sample() {
  static const Trees trees("sample");
  return trees;
}
const Trees& by_cluster() {
  static const Trees trees("auto");
  return trees;
}

void check_scores(const std::string& dataset) {
  check_predictions(by_sample().result_folder(dataset), expected(dataset)["samples"]);
}

void check_auroc(const Trees& trees, const std::string& dataset, const std::string& unit) {
  const json found = metric(result(trees.result_folder(dataset)), "auroc");
  check_near(found["value"], expected(dataset)["auroc"]);
  check_interval(found, expected(dataset)["ci"][unit]);
}

}  // namespace

TEST_CASE("the expected scores lie far enough apart for a comparison of AUROC") {
  for (const char* dataset : kDatasets) {
    CHECK(expected(dataset)["smallest_gap"].get<double>() > 2 * kScoreTolerance);
    CHECK(expected(dataset)["samples"].size() >= 40);
  }
}

TEST_CASE("scores of every PAPILA image are those of transformers") {
  check_scores("PAPILA");
}

TEST_CASE("scores of every Camelyon17 patch that scikit-learn draws are those of transformers, in its order") {
  check_scores("Camelyon17");
}

TEST_CASE("scores of every DICOM file are those of pydicom and transformers") {
  check_scores("radiographs");
}

TEST_CASE("AUROC and its interval by image are those of scikit-learn and numpy") {
  for (const char* dataset : kDatasets) {
    CAPTURE(dataset);
    check_auroc(by_sample(), dataset, "sample");
  }
}

TEST_CASE("unit 'auto' resamples patients, and folders that stand for them") {
  for (const char* dataset : kDatasets) {
    CAPTURE(dataset);
    check_auroc(by_cluster(), dataset, "cluster");
    const std::string cluster = std::string(dataset) == "radiographs" ? "folder" : "patient";
    CHECK(result(by_cluster().result_folder(dataset))["bootstrap"]["cluster"] == cluster);
  }
}

TEST_CASE("the split of PAPILA that the program makes is the one that the peer makes, byte by byte") {
  by_sample().result_folder("PAPILA");
  CHECK(read(by_sample().split_file()) == read(root() / "trees" / "papila_split.csv"));
}

}  // namespace medvlm::e2e
