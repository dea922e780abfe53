// The whole line against other people's code: scores by transformers, AUROC by scikit-learn, intervals by numpy
// (tests/peers). Pixels, prompts, splits and resamples all have to be right for the numbers to agree.
#include <cmath>
#include <set>

#include "program.hpp"

namespace medvlm::e2e {
namespace {

using nlohmann::json;

// Two implementations of float32 differ by about 5e-7 in a score; wrong preprocessing shows above 1e-4.
constexpr double kScoreTolerance = 1e-5;
// AUROC depends on the order of the scores alone, and compute_expected.py finds gaps between them of at least 3e-5. So
// only the rounding of a quotient of integers, and of a lerp between two of them, remains.
constexpr double kStatisticTolerance = 1e-9;

/// The trees belong to one checkpoint: both are taken from the folder that has both.
fs::path root() {
  const fs::path chosen = goldens_folder();
  return fs::exists(chosen / "trees" / "expected.json") ? chosen : fs::path(MEDVLM_GOLDENS_DEFAULT);
}

/// Both trees with one unit of the bootstrap, run once for all cases.
class Trees {
 public:
  explicit Trees(const std::string& unit) {
    const fs::path trees = root() / "trees";
    const std::string text =
        study_text("[[datasets]]\nname = \"HAM10000\"\nplugin = \"ham10000\"\nroot = \"" +
                       (trees / "HAM10000").string() + "\"\ntest_fraction = 0.3\nsplit_file = \"" + split_file().string() +
                       "\"\n[[datasets]]\nname = \"CheXpert\"\nplugin = \"chexpert\"\nroot = \"" + trees.string() +
                       "\"",
                   "", (root() / "contrastive" / "clip").string());
    outcome = run(write(folder_ / "study.toml", text), folder_ / "out", {"--set", "bootstrap.unit=" + unit});
  }
  fs::path split_file() const { return folder_ / "split.csv"; }
  fs::path result_folder(const std::string& dataset) const { return scenario(folder_ / "out", dataset); }

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

json expected(const std::string& dataset) { return json::parse(read(root() / "trees" / "expected.json"))[dataset]; }

void check_statistics(const Trees& trees, const std::string& dataset, const std::string& unit) {
  REQUIRE_MESSAGE(trees.outcome.status == 0, trees.outcome.err);
  const json found = metric(result(trees.result_folder(dataset)), "auroc");
  const json peer = expected(dataset);
  const json& interval = peer["ci"][unit];
  CHECK(std::abs(found["value"].get<double>() - peer["auroc"].get<double>()) < kStatisticTolerance);
  CHECK(std::abs(found["ci_low"].get<double>() - interval["low"].get<double>()) < kStatisticTolerance);
  CHECK(std::abs(found["ci_high"].get<double>() - interval["high"].get<double>()) < kStatisticTolerance);
  CHECK(std::abs(found["mean"].get<double>() - interval["mean"].get<double>()) < kStatisticTolerance);
  CHECK(std::abs(found["std"].get<double>() - interval["std"].get<double>()) < kStatisticTolerance);
  CHECK(found["valid_rounds"] == interval["valid_rounds"]);
}

void check_scores(const std::string& dataset) {
  REQUIRE_MESSAGE(by_sample().outcome.status == 0, by_sample().outcome.err);
  const auto found = predictions(by_sample().result_folder(dataset));
  const json samples = expected(dataset)["samples"];
  REQUIRE(found.size() == samples.size());
  double worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i]["id"] == samples[i]["id"]);
    CHECK(found[i]["label"] == samples[i]["label"]);
    REQUIRE(found[i]["scores"].size() == samples[i]["scores"].size());
    for (std::size_t c = 0; c < samples[i]["scores"].size(); ++c) {
      worst = std::max(worst, std::abs(found[i]["scores"][c].get<double>() - samples[i]["scores"][c].get<double>()));
    }
  }
  CHECK(worst < kScoreTolerance);
}

}  // namespace

TEST_CASE("the expected scores lie far enough apart for a comparison of AUROC") {
  for (const char* dataset : {"HAM10000", "CheXpert"}) {
    CHECK(expected(dataset)["smallest_gap"].get<double>() > 2 * kScoreTolerance);
    CHECK(expected(dataset)["samples"].size() >= 40);
  }
}

TEST_CASE("scores of every HAM10000 image are those of transformers") { check_scores("HAM10000"); }

TEST_CASE("scores of every CheXpert image are those of transformers") { check_scores("CheXpert"); }

TEST_CASE("AUROC and its interval by image are those of scikit-learn and numpy on HAM10000") {
  check_statistics(by_sample(), "HAM10000", "sample");
}

TEST_CASE("AUROC and its interval by image are those of scikit-learn and numpy on CheXpert") {
  check_statistics(by_sample(), "CheXpert", "sample");
}

TEST_CASE("unit 'auto' resamples lesions of HAM10000 and agrees with the peer") {
  check_statistics(by_cluster(), "HAM10000", "cluster");
  CHECK(result(by_cluster().result_folder("HAM10000"))["bootstrap"]["cluster"] == "lesion");
}

TEST_CASE("unit 'auto' resamples patients of CheXpert and agrees with the peer") {
  check_statistics(by_cluster(), "CheXpert", "cluster");
  CHECK(result(by_cluster().result_folder("CheXpert"))["bootstrap"]["cluster"] == "patient");
}

TEST_CASE("the split of HAM10000 that the program makes is the one that the peer makes, byte by byte") {
  REQUIRE_MESSAGE(by_sample().outcome.status == 0, by_sample().outcome.err);
  CHECK(read(by_sample().split_file()) == read(root() / "trees" / "ham10000_split.csv"));
}

TEST_CASE("no lesion of HAM10000 is on both sides of the split") {
  std::set<std::string> train, test;
  std::ifstream stream(root() / "trees" / "ham10000_split.csv");
  std::string line;
  std::getline(stream, line);
  while (std::getline(stream, line)) {
    const auto group = line.substr(line.find(',') + 1, line.find(',', line.find(',') + 1) - line.find(',') - 1);
    (contains(line, ",test,") ? test : train).insert(group);
  }
  REQUIRE(train.size() > 0);
  REQUIRE(test.size() > 0);
  for (const std::string& lesion : test) CHECK_FALSE(train.contains(lesion));
}

}  // namespace medvlm::e2e
