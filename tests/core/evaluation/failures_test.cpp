#include <nlohmann/json.hpp>

#include "fakes.hpp"
#include "checks.hpp"
#include "medvlm/core/device.hpp"

using namespace medvlm;
using test::Bench;

namespace {

/// The errors in predictions.jsonl by sample id.
std::map<std::string, nlohmann::json> errors(const Bench& bench) {
  std::map<std::string, nlohmann::json> found;
  std::istringstream lines(bench.file("predictions.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("error")) found[json["id"]] = json["error"];
  }
  return found;
}

}  // namespace

TEST_CASE("images that cannot be read or decoded are errored samples, and the others are scored") {
  Bench bench;
  bench.dataset.unreadable = {3};
  bench.dataset.undecodable = {7};
  const ScenarioResult result = bench.run();
  CHECK(result.scored == 18);
  CHECK(result.errored == 2);
  CHECK(result.values.at(0).interval.value == doctest::Approx((190 - 10) / 18.0));
  const auto found = errors(bench);
  CHECK(found.at("s3")["stage"].get<std::string>() == "read");
  CHECK(found.at("s3")["message"].get<std::string>() == "cannot read 3");
  CHECK(found.at("s7")["stage"].get<std::string>() == "decode");
  CHECK(found.at("s7")["message"].get<std::string>().find("no std::exception") != std::string::npos);
}

TEST_CASE("an image that the model cannot take fails alone") {
  Bench bench;
  bench.model.failing = {5};
  CHECK(bench.run().errored == 1);
  CHECK(errors(bench).at("s5")["message"].get<std::string>() == "image 5 is evil");
}

TEST_CASE("an embedding that is not finite is an error, never a score") {
  Bench bench;
  bench.model.not_finite = {4};
  CHECK(bench.run().errored == 1);
  CHECK(errors(bench).at("s4")["stage"].get<std::string>() == "encode");
}

TEST_CASE("a sample that the adapter cannot predict fails alone") {
  Bench bench;
  bench.adapter.failing = {6};
  CHECK(bench.run().errored == 1);
  CHECK(errors(bench).at("s6")["stage"].get<std::string>() == "predict");
}

TEST_CASE("exhausted memory halves the batch, and the numbers stay") {
  Bench plenty;
  plenty.run();
  for (const std::size_t memory : {1, 2, 3}) {
    Bench bench;
    bench.model.memory = memory;
    CHECK(bench.run().scored == 20);
    CHECK(bench.file("predictions.jsonl") == plenty.file("predictions.jsonl"));
    for (const std::size_t size : bench.model.batches) CHECK(size <= memory);
  }
}

TEST_CASE("one image that never fits is errored, and the others are scored") {
  Bench bench;
  bench.model.too_large = {9};
  CHECK(bench.run().scored == 19);
  CHECK(errors(bench).at("s9")["code"].get<std::string>() == "out_of_memory");
}

TEST_CASE("when every sample fails, the metric is undefined and says why") {
  Bench bench;
  bench.model.memory = 0;
  const ScenarioResult result = bench.run();
  CHECK(result.errored == 20);
  CHECK(result.values.at(0).reason == "no sample could be scored");
  CHECK(nlohmann::json::parse(bench.file("result.json"))["metrics"][0]["value"].is_null());
}

TEST_CASE("a metric that fails does not take the others with it") {
  Bench bench;
  bench.metric.broken = true;
  const ScenarioResult result = bench.run();
  CHECK(result.complete);
  CHECK(result.values.at(0).reason == "this metric is broken");
}

TEST_CASE("memory exhaustion is recognised whoever throws it") {
  CHECK(is_out_of_memory(std::bad_alloc()));
  CHECK(is_out_of_memory(Error(ErrorCode::out_of_memory, "x")));
  CHECK(is_out_of_memory(std::runtime_error("CUDA out of memory. Tried to allocate 2 GiB")));
  CHECK_FALSE(is_out_of_memory(std::runtime_error("bad shape")));
  try {
    at::empty({std::int64_t{1} << 50});
    FAIL("a petabyte was allocated");
  } catch (const std::exception& error) {
    CHECK(is_out_of_memory(error));
  }
}

TEST_CASE("devices and types that are not there are refused with what is") {
  CHECK(parse_device("cpu").is_cpu());
  CHECK(test::refusal([&] { parse_device("cuda:77"); }).find("available: cpu") != std::string::npos);
  CHECK(test::refusal([&] { parse_device("gpu"); }).find("use auto, cpu, cuda") != std::string::npos);
  const ModelInfo info{"F", 0, {}, {at::kFloat}};
  CHECK(dtype_name(parse_dtype("auto", info, at::kCPU)) == "float32");
  CHECK(test::refusal([&] { parse_dtype("float16", info, at::kCPU); }).find("supports float32") != std::string::npos);
}
