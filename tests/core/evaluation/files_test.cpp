// What a finished scenario leaves beside result.json: rounds, each sample's own values, checksums.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "fakes.hpp"
#include "medvlm/analysis/rounds_file.hpp"
#include "medvlm/base/hash.hpp"

namespace medvlm::test {

TEST_CASE("rounds.bin has the values that the interval was made of") {
  Bench bench;
  const ScenarioResult result = bench.run();
  const auto rounds = analysis::read_rounds(bench.folder.path() / "run" / "rounds.bin");
  CHECK(rounds.key == analysis::ResampleKey{"hash", 20, 50, 0, "sample"});
  REQUIRE(rounds.values.size() == 1);
  const Interval again = summarise(rounds.values[0].rounds, 0.95);
  CHECK(again.low == result.values[0].interval.low);
  CHECK(again.high == result.values[0].interval.high);
  CHECK(again.std == result.values[0].interval.std);
}

TEST_CASE("every scored sample has its own value, and one that failed has none") {
  Bench bench;
  bench.dataset.unreadable = {3};
  bench.run();
  std::istringstream lines(bench.file("predictions.jsonl"));
  std::size_t index = 0;
  for (std::string line; std::getline(lines, line); ++index) {
    const auto json = nlohmann::json::parse(line);
    if (index == 3) {
      CHECK_FALSE(json.contains("values"));
    } else {
      CHECK(json["values"]["mean"] == double(index));
    }
  }
  CHECK(index == 20);
}

TEST_CASE("SHA256SUMS names every file of the outcome") {
  Bench bench;
  bench.run();
  std::istringstream lines(bench.file("SHA256SUMS"));
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    names.push_back(line.substr(66));
    CHECK(line.substr(0, 64) == sha256_file(bench.folder.path() / "run" / names.back()));
  }
  CHECK(names == std::vector<std::string>{"journal.jsonl", "predictions.jsonl", "result.json", "rounds.bin"});
}

TEST_CASE("SHA256SUMS names what an adapter learnt") {
  Bench bench;
  bench.adapter.about.trains = true;
  bench.run();
  CHECK(bench.file("SHA256SUMS").find("  adapter/weights\n") != std::string::npos);
  CHECK(bench.file("SHA256SUMS").find("  training.json\n") != std::string::npos);
}

TEST_CASE("facts that the study tells anew are written, and the time of the work is kept") {
  Bench bench;
  bench.manifest = R"({"model":{"role":""},"identity":{}})";
  bench.run();
  const auto before = nlohmann::json::parse(bench.file("result.json"));
  const std::string sums = bench.file("SHA256SUMS");
  bench.run();
  CHECK(bench.file("SHA256SUMS") == sums);
  bench.manifest = R"({"model":{"role":"specialist"},"identity":{}})";
  bench.run();
  const auto after = nlohmann::json::parse(bench.file("result.json"));
  CHECK(after["manifest"]["model"]["role"] == "specialist");
  CHECK(after["run"] == before["run"]);
  CHECK(after["metrics"] == before["metrics"]);
}

TEST_CASE("a damaged file of rounds is refused") {
  Bench bench;
  bench.run();
  const auto file = bench.folder.path() / "run" / "rounds.bin";
  const std::string whole = read_file(file);
  for (const std::size_t place : {std::size_t{3}, whole.find('\n'), whole.size() - 5}) {
    CAPTURE(place);
    std::string damaged = whole;
    damaged[place] = char(damaged[place] ^ 1);
    write_file_atomically(file, damaged);
    CHECK(refusal([&] { analysis::read_rounds(file); }).find("--rescore") != std::string::npos);
  }
  write_file_atomically(file, whole.substr(0, whole.size() - 8));
  CHECK(refusal([&] { analysis::read_rounds(file); }).find("damaged") != std::string::npos);
}

}  // namespace medvlm::test
