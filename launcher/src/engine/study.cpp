#include "study.hpp"

#include <algorithm>
#include <set>

#include "medvlm/base/error.hpp"
#include "medvlm/registry/toml_value.hpp"

namespace medvlm::launcher {
namespace {

OptionSpec option(std::string name, OptionType type, Value fallback, std::string help) {
  OptionSpec spec;
  spec.name = std::move(name);
  spec.type = type;
  spec.default_value = std::move(fallback);
  spec.help = std::move(help);
  return spec;
}

OptionSpec at_least(OptionSpec spec, double minimum) {
  spec.minimum = minimum;
  return spec;
}

std::vector<OptionSpec> study_specs() {
  OptionSpec name = option("name", OptionType::text, {}, "name of the study and of its result folder");
  name.required = true;
  return {name, option("output", OptionType::path, {}, "folder for the results; default: results/<name> in the working directory"),
          at_least(option("seed", OptionType::integer, Value(42), "seed of everything random"), 0)};
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

std::vector<OptionSpec> fact_specs() {
  OptionSpec role = option("role", OptionType::choice, {}, "generalist or specialist");
  role.choices = {"generalist", "specialist"};
  return {role, option("modalities", OptionType::text_list, {}, "modalities of medical images seen in pre-training"),
          option("trained_on", OptionType::text_list, {}, "datasets known to be in the training mixture")};
}

/// A name that is safe as a folder.
bool is_safe_name(const std::string& name) {
  if (name.empty() || name.size() > 100 || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_' || c == '.'; });
}

/// Reads the sections of one study, collecting complaints.
class StudyReader {
 public:
  StudyReader(const Value& root, Study& study, std::vector<Diagnostic>& diagnostics)
      : root_(root), study_(study), diagnostics_(diagnostics), base_(study.file.parent_path()) {}

  void read() {
    check_top_level();
    const Options head = section("study", study_specs());
    const Options run = section("run", run_specs());
    const Options bootstrap = section("bootstrap", bootstrap_specs());
    const Options scoring = section("scoring", scoring_specs());
    const Options plugins = section("plugins", {option("folders", OptionType::text_list, {}, "more plugin folders")});
    study_.models = entries("models");
    study_.datasets = entries("datasets");
    study_.adapters = entries("adapters");
    study_.metrics = entries("metrics");
    if (plugins.has("folders")) {
      for (const std::string& folder : plugins.texts("folders")) {
        study_.plugin_folders.push_back((base_ / folder).lexically_normal());
      }
    }
    if (diagnostics_.empty()) fill(head, run, bootstrap, scoring);
  }

 private:
  void complain(const Location& location, const std::string& key, std::string message) {
    diagnostics_.push_back({location, key, std::move(message)});
  }

  void check_top_level() {
    const std::vector<std::string> known = {"study", "run", "bootstrap", "scoring", "plugins", "models", "datasets", "adapters", "metrics"};
    for (const auto& [key, value] : *root_.table()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        complain(value.location, key, "unknown section" + suggestion(key, known));
      }
    }
  }

  Options section(const std::string& name, const std::vector<OptionSpec>& specs) {
    const auto found = root_.table()->find(name);
    Value nothing{Value::Table{}};
    nothing.location = {study_.file.string(), 0, 0};
    if (found != root_.table()->end() && !found->second.table()) {
      complain(found->second.location, name, "expected a table [" + name + "], found " + found->second.type_name());
      return {};
    }
    return resolve_options(specs, found == root_.table()->end() ? nothing : found->second, base_, name, diagnostics_);
  }

  std::string text_of(const Value& entry, const std::string& key, const std::string& path) {
    const auto found = entry.table()->find(key);
    if (found == entry.table()->end()) return "";
    if (found->second.text()) return *found->second.text();
    complain(found->second.location, path + "." + key, "expected a text, found " + found->second.type_name());
    return "";
  }

  std::vector<StudyEntry> entries(const std::string& name) {
    const auto found = root_.table()->find(name);
    const std::string example = "[[" + name + "]]";
    if (found == root_.table()->end()) {
      complain({study_.file.string(), 0, 0}, name, "a study needs at least one " + example + " with a plugin; 'medvlm list " +
                                                       name + "' shows them");
      return {};
    }
    if (!found->second.array() || found->second.array()->empty()) {
      complain(found->second.location, name, "expected entries " + example + ", found " + found->second.type_name());
      return {};
    }
    std::vector<StudyEntry> list;
    std::set<std::string> names;
    for (std::size_t i = 0; i < found->second.array()->size(); ++i) {
      const Value& item = (*found->second.array())[i];
      StudyEntry entry{"", "", Value(Value::Table{}), item.location, name + "[" + std::to_string(i) + "]"};
      if (!item.table()) {
        complain(item.location, entry.key, "expected a table, found " + item.type_name());
        continue;
      }
      read_entry(item, entry, names);
      if (name == "models") read_facts(entry);
      for (StudyEntry& each : name == "adapters" ? by_seed(std::move(entry)) : std::vector{std::move(entry)}) {
        list.push_back(std::move(each));
      }
    }
    return list;
  }

  /// Moves the keys that are the study's own from the entry's options to a table of their own.
  static Value take(StudyEntry& entry, const std::vector<OptionSpec>& specs) {
    Value taken{Value::Table{}};
    taken.location = entry.location;
    for (const OptionSpec& spec : specs) {
      const auto found = entry.options.table()->find(spec.name);
      if (found == entry.options.table()->end()) continue;
      (*taken.table())[spec.name] = found->second;
      entry.options.table()->erase(found);
    }
    return taken;
  }

  void read_facts(StudyEntry& entry) {
    const Options facts = resolve_options(fact_specs(), take(entry, fact_specs()), base_, entry.key, diagnostics_);
    if (facts.has("role")) entry.facts.role = facts.text("role");
    if (facts.has("modalities")) entry.facts.modalities = facts.texts("modalities");
    if (facts.has("trained_on")) entry.facts.trained_on = facts.texts("trained_on");
  }

  /// One entry per number in `seeds`; the entry itself where there are none.
  std::vector<StudyEntry> by_seed(StudyEntry entry) {
    const Value taken = take(entry, {option("seeds", OptionType::text_list, {}, "")});
    if (taken.table()->empty()) return {std::move(entry)};
    const Value& seeds = taken.table()->begin()->second;
    std::vector<StudyEntry> list;
    std::set<std::int64_t> seen;
    for (const Value& seed : seeds.array() ? *seeds.array() : Value::Array{}) {
      if (!seed.integer() || *seed.integer() < 0 || !seen.insert(*seed.integer()).second) continue;
      list.push_back(entry);
      list.back().group = entry.name;
      list.back().name += "/seed-" + std::to_string(*seed.integer());
      list.back().seed = std::uint64_t(*seed.integer());
    }
    if (list.empty() || list.size() != seeds.array()->size()) {
      complain(seeds.location, entry.key + ".seeds", "expected a list of different whole numbers from 0 on, e.g. [0, 1, 2]");
    }
    return list;
  }

  void read_entry(const Value& item, StudyEntry& entry, std::set<std::string>& names) {
    entry.plugin = text_of(item, "plugin", entry.key);
    entry.name = text_of(item, "name", entry.key);
    if (entry.plugin.empty()) complain(item.location, entry.key + ".plugin", "required: the id of a plugin");
    if (entry.name.empty()) entry.name = entry.plugin;
    if (!entry.name.empty() && !is_safe_name(entry.name)) {
      complain(item.location, entry.key + ".name", "'" + entry.name + "' is used as a folder: use letters, digits, '.', '-' and '_'");
    } else if (!entry.name.empty() && !names.insert(entry.name).second) {
      complain(item.location, entry.key + ".name", "'" + entry.name + "' is taken by an entry above; give each a name of its own");
    }
    entry.options.location = item.location;
    for (const auto& [key, value] : *item.table()) {
      if (key != "plugin" && key != "name") (*entry.options.table())[key] = value;
    }
  }

  void fill(const Options& head, const Options& run, const Options& bootstrap, const Options& scoring) {
    study_.name = head.text("name");
    if (!is_safe_name(study_.name)) {
      complain(head.location("name"), "study.name", "is used as a folder: use letters, digits, '.', '-' and '_'");
    }
    study_.output = head.has("output") ? head.path("output") : std::filesystem::absolute(std::filesystem::path("results") / study_.name);
    study_.seed = static_cast<std::uint64_t>(head.integer("seed"));
    study_.run = {run.text("device"), run.text("dtype"), std::size_t(run.integer("batch_size")), int(run.integer("threads")),
                  int(run.integer("loader_threads")), std::size_t(run.integer("max_errors")),
                  std::size_t(run.integer("limit")), run.flag("cache"),
                  run.has("cache_folder") ? run.path("cache_folder") : study_.output / "cache"};
    study_.bootstrap = {int(bootstrap.integer("rounds")), bootstrap.number("confidence"), bootstrap.text("unit")};
    study_.scoring = {scoring.texts("subgroups"), std::size_t(scoring.integer("min_samples"))};
    Value resolved{Value::Table{{"study", Value(head.values())},
                                {"run", Value(run.values())},
                                {"bootstrap", Value(bootstrap.values())},
                                {"scoring", Value(scoring.values())}}};
    for (const char* name : {"models", "datasets", "adapters", "metrics"}) {
      (*resolved.table())[name] = root_.table()->at(name);
    }
    study_.config_json = resolved.to_json();
  }

  const Value& root_;
  Study& study_;
  std::vector<Diagnostic>& diagnostics_;
  std::filesystem::path base_;
};

}  // namespace

std::string domain_of(const ModelFacts& facts, const std::string& modality) {
  if (facts.role.empty()) return "-";
  const bool seen = std::find(facts.modalities.begin(), facts.modalities.end(), modality) != facts.modalities.end();
  return facts.role == "specialist" && seen ? "ID" : "OOD";
}

Study read_study(const std::filesystem::path& file, const std::vector<std::string>& changes,
                 std::vector<Diagnostic>& diagnostics) {
  Study study;
  study.file = std::filesystem::absolute(file).lexically_normal();
  Value root = registry::read_toml(file);
  for (const std::string& change : changes) apply_setting(root, change);
  StudyReader(root, study, diagnostics).read();
  return study;
}

void refuse(const std::vector<Diagnostic>& diagnostics) {
  if (diagnostics.empty()) return;
  std::string message;
  if (diagnostics.size() > 1) message = std::to_string(diagnostics.size()) + " errors in the study";
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!message.empty()) message += '\n';
    message += to_string(diagnostic);
  }
  throw Error(ErrorCode::config, message);
}

}  // namespace medvlm::launcher
