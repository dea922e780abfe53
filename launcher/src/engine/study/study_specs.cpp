#include "study_specs.hpp"

namespace medvlm::launcher {
namespace {

OptionSpec at_least(OptionSpec spec, double minimum) {
  spec.minimum = minimum;
  return spec;
}

/// A list that picks entries of one kind.
OptionSpec some(const std::string& kind) {
  return option(kind, OptionType::text_list, {}, "names, patterns with *, or tag:...; absent: all");
}

}  // namespace

OptionSpec option(std::string name, OptionType type, Value fallback, std::string help) {
  OptionSpec spec;
  spec.name = std::move(name);
  spec.type = type;
  spec.default_value = std::move(fallback);
  spec.help = std::move(help);
  return spec;
}

std::vector<OptionSpec> study_specs() {
  OptionSpec name = option("name", OptionType::text, {}, "name of the study and of its result folder");
  name.required = true;
  return {name,
          option("output", OptionType::path, {}, "folder for the results; default: results/<name> in the working directory"),
          at_least(option("seed", OptionType::integer, Value(42), "seed of everything random"), 0),
          some("models"), some("datasets"), some("adapters"), some("metrics")};
}

std::vector<OptionSpec> run_specs() {
  return {option("device", OptionType::text, Value("auto"), "auto, cpu, cuda or cuda:N"),
          option("dtype", OptionType::text, Value("auto"), "auto, float32, bfloat16 or float16"),
          at_least(option("batch_size", OptionType::integer, Value(32), "images a batch"), 1),
          at_least(option("threads", OptionType::integer, Value(0), "threads for computing; 0: all cores"), 0),
          at_least(option("loader_threads", OptionType::integer, Value(0), "threads that decode images; 0: all cores"), 0),
          at_least(option("max_errors", OptionType::integer, Value(0), "failed samples that are tolerated"), 0),
          at_least(option("limit", OptionType::integer, Value(0), "only the first so many test samples; 0: all"), 0),
          option("cache", OptionType::flag, Value(true), "keep image embeddings for later runs"),
          option("cache_folder", OptionType::path, {}, "where; default: <output>/cache")};
}

std::vector<OptionSpec> bootstrap_specs() {
  OptionSpec confidence = option("confidence", OptionType::number, Value(0.95), "of the interval, between 0 and 1");
  confidence.minimum = 0.5;
  confidence.maximum = 0.9999;
  OptionSpec unit = option("unit", OptionType::choice, Value("auto"), "what is resampled");
  unit.choices = {"auto", "sample", "cluster"};
  return {at_least(option("rounds", OptionType::integer, Value(1000), "number of resamples"), 1), confidence, unit};
}

std::vector<OptionSpec> scoring_specs() {
  return {option("subgroups", OptionType::text_list, Value(Value::Array{}), "groups of samples to score one by one"),
          at_least(option("min_samples", OptionType::integer, Value(10), "scored samples that a subgroup needs"), 1)};
}

std::vector<OptionSpec> plugins_specs() {
  return {option("folders", OptionType::text_list, {}, "more plugin folders")};
}

std::vector<OptionSpec> fact_specs(const std::string& kind) {
  std::vector<OptionSpec> specs = {option("tags", OptionType::text_list, {}, "words to pick entries by"),
                                   option("aliases", OptionType::text_list, {}, "other names, as in published tables")};
  if (kind != "models") return specs;
  OptionSpec role = option("role", OptionType::choice, {}, "generalist or specialist");
  role.choices = {"generalist", "specialist"};
  specs.push_back(role);
  specs.push_back(option("family", OptionType::text, {}, "models of one family are compared with each other"));
  specs.push_back(option("modalities", OptionType::text_list, {}, "modalities of medical images seen in pre-training"));
  specs.push_back(option("trained_on", OptionType::text_list, {}, "datasets known to be in the training mixture"));
  return specs;
}

std::vector<OptionSpec> exclude_specs() { return {some("models"), some("datasets"), some("adapters")}; }

std::vector<OptionSpec> override_specs() {
  return {some("models"), some("datasets"), some("adapters"), some("metrics"),
          option("adapter", OptionType::table, {}, "options of the adapter in these scenarios"),
          at_least(option("batch_size", OptionType::integer, {}, "images a batch"), 1),
          at_least(option("limit", OptionType::integer, {}, "only the first so many test samples; 0: all"), 0)};
}

}  // namespace medvlm::launcher
