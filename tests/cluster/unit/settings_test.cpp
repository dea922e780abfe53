#include "cluster/settings.hpp"

#include <doctest/doctest.h>

#include "medvlm/registry/toml_value.hpp"

using namespace medvlm;
using launcher::cluster::Resources;
using launcher::cluster::Settings;

namespace {

const std::vector<std::string> kModels = {"clip", "llava-7b", "llava-13b"};

Settings settings(const std::string& toml, std::vector<Diagnostic>& diagnostics) {
  const Value root = registry::parse_toml(toml, "study.toml");
  return Settings::read(root.table()->at("cluster"), kModels, diagnostics);
}

Settings good(const std::string& toml) {
  std::vector<Diagnostic> diagnostics;
  Settings read = settings(toml, diagnostics);
  for (const Diagnostic& each : diagnostics) MESSAGE(to_string(each));
  CHECK(diagnostics.empty());
  return read;
}

std::string complaint(const std::string& toml) {
  std::vector<Diagnostic> diagnostics;
  settings(toml, diagnostics);
  REQUIRE(diagnostics.size() == 1);
  return to_string(diagnostics[0]);
}

}  // namespace

TEST_CASE("stages win over models, models over the section, the command line over all") {
  Settings read = good(R"(
[cluster]
partition = "gpu"
time = "01:00:00"
gpus = 1
mem = "16G"
[cluster.models."llava-*"]
mem = "64G"
[cluster.models.llava-13b]
mem = "96G"
[cluster.merge]
time = "00:10:00"
mem = "8G"
)");
  CHECK(read.resources("clip", "run") ==
        Resources{{"partition", "gpu"}, {"time", "01:00:00"}, {"gpus", "1"}, {"mem", "16G"}});
  CHECK(read.resources("llava-7b", "run")[3].second == "64G");
  CHECK(read.resources("llava-13b", "run")[3].second == "96G");
  CHECK(read.resources("llava-13b", "merge") ==
        Resources{{"partition", "gpu"}, {"time", "00:10:00"}, {"gpus", "1"}, {"mem", "8G"}});
  read.override_resource("mem", "1G");
  read.override_resource("gpus", "a100:2");
  CHECK(read.resources("llava-13b", "merge")[3].second == "1G");
  CHECK(read.resources("clip", "train")[2].second == "a100:2");
}

TEST_CASE("the report asks for a GPU only if it is told to") {
  CHECK(good("[cluster]\ngpus = 1\ncpus = 2\n").resources("", "report") == Resources{{"cpus-per-task", "2"}});
  CHECK(good("[cluster]\ngpus = 1\n[cluster.report]\ngpus = 1\n").resources("", "report") == Resources{{"gpus", "1"}});
}

TEST_CASE("without a section nothing is asked for") {
  std::vector<Diagnostic> diagnostics;
  CHECK(Settings::read(Value(), kModels, diagnostics).resources("clip", "run").empty());
  CHECK(diagnostics.empty());
}

TEST_CASE("mistakes are told with their place") {
  CHECK(complaint("[cluster]\npartitoin = \"gpu\"\n").find("did you mean 'partition'") != std::string::npos);
  CHECK(complaint("[cluster]\ntime = \"a\\nb\"\n").find("study.toml:2") != std::string::npos);
  CHECK(complaint("[cluster]\nshards = 0\n").find("cluster.shards") != std::string::npos);
  CHECK(complaint("[cluster.models.clop]\nmem = \"1G\"\n").find("did you mean 'clip'") != std::string::npos);
  CHECK(complaint("[cluster.models]\nclip = 3\n").find("cluster.models.clip") != std::string::npos);
  CHECK(complaint("[cluster.merge]\nmemory = \"1G\"\n").find("cluster.merge.memory") != std::string::npos);
}
