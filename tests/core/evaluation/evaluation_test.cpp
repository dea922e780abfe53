#include <nlohmann/json.hpp>

#include "fakes.hpp"
#include "checks.hpp"

using namespace medvlm;
using test::Bench;

TEST_CASE("a scenario leaves predictions, result and journal") {
  Bench bench;
  const ScenarioResult result = bench.run();
  CHECK(result.complete);
  CHECK(result.scored == 20);
  CHECK(result.values.at(0).interval.value == doctest::Approx(9.5));
  CHECK(result.values.at(0).interval.low < 9.5);
  CHECK(result.values.at(0).interval.high > 9.5);
  const auto json = nlohmann::json::parse(bench.file("result.json"));
  CHECK(json["samples"]["scored"] == 20);
  CHECK(json["samples"]["missing"] == 0);
  CHECK(json["metrics"][0]["value"] == doctest::Approx(9.5));
  CHECK(json["run"]["new_predictions"] == 20);
  const std::string predictions = bench.file("predictions.jsonl");
  CHECK(std::count(predictions.begin(), predictions.end(), '\n') == 20);
}

TEST_CASE("a stopped scenario goes on where it was, with the same bytes, and does no work twice") {
  Bench whole;
  whole.run();
  Bench bench;
  bench.progress.stop_after = 8;
  const ScenarioResult first = bench.run();
  CHECK_FALSE(first.complete);
  CHECK(first.missing == 12);
  CHECK_FALSE(std::filesystem::exists(bench.folder.path() / "run" / "result.json"));
  bench.progress = {};
  CHECK(bench.run().complete);
  CHECK(bench.file("predictions.jsonl") == whole.file("predictions.jsonl"));
  CHECK(bench.file("journal.jsonl") == whole.file("journal.jsonl"));
  CHECK(bench.model.batches == std::vector<std::size_t>(5, 4));
  const int before = bench.adapter.prepared;
  bench.run();
  CHECK(bench.adapter.prepared == before);  // a finished scenario needs no model
}

TEST_CASE("batches stay the same when a batch was half written") {
  Bench bench;
  bench.progress.stop_after = 4;
  bench.run();
  const auto journal = bench.folder.path() / "run" / "journal.jsonl";
  std::string text = read_file(journal);
  text.erase(text.rfind('{', text.size() - 2));  // the last record of the first batch is torn
  write_file_atomically(journal, text);
  bench.progress = {};
  bench.model.batches.clear();
  CHECK(bench.run().complete);
  CHECK(bench.model.batches == std::vector<std::size_t>(5, 4));
}

TEST_CASE("cached embeddings spare decoding and encoding") {
  Bench bench;
  bench.cache = std::make_unique<EmbeddingCache>(bench.folder.path() / "cache", "key");
  bench.run();
  const std::string predictions = bench.file("predictions.jsonl");
  const int decoded = bench.dataset.decoded;
  bench.model.batches.clear();
  bench.mode = JournalMode::fresh;
  bench.cache = std::make_unique<EmbeddingCache>(bench.folder.path() / "cache", "key");
  CHECK(bench.run().scored == 20);
  CHECK(bench.model.batches.empty());
  CHECK(bench.dataset.decoded == decoded);
  CHECK(bench.file("predictions.jsonl") == predictions);
}

TEST_CASE("a batch that is cached in part is encoded whole") {
  Bench bench;
  bench.cache = std::make_unique<EmbeddingCache>(bench.folder.path() / "cache", "key");
  for (int i : {0, 1}) bench.cache->put(image_hash({"fake", std::to_string(i), ""}), {at::tensor({float(i), 1.F}).unsqueeze(0), {}}, 0);
  bench.run();
  CHECK(bench.model.batches == std::vector<std::size_t>(5, 4));
}

TEST_CASE("an adapter that wants images gets them") {
  Bench bench;
  bench.adapter.about.input = AdapterInput::images;
  CHECK(bench.run().values.at(0).interval.value == doctest::Approx(9.5));
  CHECK(bench.model.batches.empty());
}

TEST_CASE("the test split is closed to an adapter that prepares") {
  Bench bench;
  bench.adapter.asks_for_test = true;
  CHECK(test::refusal([&] { bench.run(); }).find("closed until training has ended") != std::string::npos);
}

TEST_CASE("another test set under the same identity is noticed") {
  Bench bench;
  bench.progress.stop_after = 8;
  bench.run();
  bench.dataset.count = 5;
  CHECK(test::refusal([&] { bench.run(); }).find("the dataset does not") != std::string::npos);
}

TEST_CASE("results do not depend on the samples' resamples being restricted by failures elsewhere") {
  Bench one, two;
  two.dataset.unreadable = {3};
  const auto all = one.run().values.at(0).interval;
  const auto without = two.run().values.at(0).interval;
  CHECK(all.valid_rounds == 50);
  CHECK(without.valid_rounds == 50);
  CHECK(without.value == doctest::Approx((190 - 3) / 19.0));
}
