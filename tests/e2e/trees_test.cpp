// The whole line against other people's code: scores by transformers, AUROC by scikit-learn, intervals by numpy
// (tests/peers). Pixels, prompts, splits and resamples all have to be right for the numbers to agree.
#include <set>

#include "peers.hpp"

namespace medvlm::e2e {
namespace {

using nlohmann::json;

fs::path root() { return goldens_with(fs::path("trees") / "expected.json"); }

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
  check_near(found["value"], peer["auroc"]);
  check_interval(found, peer["ci"][unit]);
}

void check_scores(const std::string& dataset) {
  REQUIRE_MESSAGE(by_sample().outcome.status == 0, by_sample().outcome.err);
  check_predictions(by_sample().result_folder(dataset), expected(dataset)["samples"]);
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
