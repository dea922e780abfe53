// The light program: help, list, info, validate.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "run_program.hpp"

namespace {
const std::string kMinimal = " --plugin-dir '" MEDVLM_TEST_PLUGINS "/minimal'";
}

TEST_CASE("help names every command") {
  const Ended ended = medvlm_program("--help");
  CHECK(ended.status == 0);
  for (const char* command : {"run", "plan", "list", "info", "validate"}) CHECK(has(ended.out, command));
}

TEST_CASE("help of a command is its --help") {
  CHECK(medvlm_program("help list").out == medvlm_program("list --help").out);
  CHECK(has(medvlm_program("help list").out, "--json"));
}

TEST_CASE("an unknown command names the nearest and exits with the usage status") {
  const Ended ended = medvlm_program("lsit");
  CHECK(ended.status == 2);
  CHECK(ended.err == "error: there is no command 'lsit'; did you mean 'list'?\n");
}

TEST_CASE("an unknown option is a usage error") {
  const Ended ended = medvlm_program("list --jsn");
  CHECK(ended.status == 2);
  CHECK(ended.err.starts_with("error: "));
}

TEST_CASE("the program's light part is not linked to LibTorch") {
  // The loader lists what a program needs when it is asked to.
  const std::string command = "LD_TRACE_LOADED_OBJECTS=1";
  const Ended ended = medvlm_program("list", command);
  CHECK(has(ended.out, "libmedvlm_registry"));
  CHECK(!has(ended.out, "torch"));
}

TEST_CASE("list shows the plugins of a folder, one kind on request") {
  CHECK(has(medvlm_program("list" + kMinimal).out, "minimal-adapter"));
  const Ended metrics = medvlm_program("list metrics" + kMinimal);
  CHECK(has(metrics.out, "minimal-metric"));
  CHECK(!has(metrics.out, "minimal-model"));
}

TEST_CASE("list refuses a kind that does not exist") {
  const Ended ended = medvlm_program("list metriks" + kMinimal);
  CHECK(ended.status == 2);
  CHECK(has(ended.err, "did you mean 'metrics'?"));
}

TEST_CASE("list reads MEDVLM_PLUGIN_PATH") {
  CHECK(has(medvlm_program("list", "MEDVLM_PLUGIN_PATH='" MEDVLM_TEST_PLUGINS "/minimal'").out, "minimal-metric"));
}

TEST_CASE("list --json is JSON with the options of each plugin") {
  const auto report = nlohmann::json::parse(medvlm_program("list datasets --json" + kMinimal).out, nullptr, false);
  REQUIRE(report.is_object());
  bool found = false;
  for (const auto& plugin : report["plugins"]) {
    if (plugin["id"] != "minimal-dataset") continue;
    found = true;
    CHECK(plugin["options"][0]["name"] == "size");
    CHECK(plugin["options"][0]["default"] == 10);
  }
  CHECK(found);
}

TEST_CASE("info shows type, range, default and help of an option") {
  const Ended ended = medvlm_program("info dataset/minimal-dataset" + kMinimal);
  CHECK(ended.status == 0);
  CHECK(has(ended.out, "size (integer, 2 to 100000, default 10)"));
  CHECK(has(ended.out, "samples in each split"));
}

TEST_CASE("info of an unknown plugin names the nearest and exits with the plugin status") {
  const Ended ended = medvlm_program("info minimal-metrik" + kMinimal);
  CHECK(ended.status == 4);
  CHECK(has(ended.err, "did you mean 'minimal-metric'?"));
}

TEST_CASE("the minimal examples pass their conformance suites") {
  const Ended ended = medvlm_program("validate '" MEDVLM_TEST_PLUGINS "/minimal'");
  CAPTURE(ended.out);
  CHECK(ended.status == 0);
  CHECK(has(ended.out, "4 of 4 ok"));
}

TEST_CASE("validate --set reaches the plugin, which is then checked with it") {
  const std::string minimal = "'" MEDVLM_TEST_PLUGINS "/minimal/medvlm-dataset-minimal-dataset.toml'";
  CHECK(medvlm_program("validate " + minimal + " --set minimal-dataset.size=4").status == 0);
  const Ended ended = medvlm_program("validate " + minimal + " --set minimal-dataset.size=1");
  CHECK(ended.status == 4);
  CHECK(has(ended.out, "must be at least 2"));
}

TEST_CASE("validate takes a library in place of its manifest") {
  CHECK(medvlm_program("validate '" MEDVLM_TEST_PLUGINS "/minimal/medvlm-metric-minimal-metric.so'").status == 0);
}

TEST_CASE("validate of nothing is no success") { CHECK(medvlm_program("validate /nonexistent/x.toml").status == 4); }
