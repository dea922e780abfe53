#include "cluster/settings.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <string_view>

namespace medvlm::launcher::cluster {
namespace {

/// A resource's name in the study and sbatch's name for it.
struct Known {
  const char* name;
  const char* option;
  const char* help;
};

constexpr Known kKnown[] = {{"partition", "partition", "queue"},
                            {"account", "account", "who pays"},
                            {"qos", "qos", "quality of service"},
                            {"time", "time", "limit, e.g. \"04:00:00\""},
                            {"gpus", "gpus", "number, or type and number: \"a100:1\""},
                            {"cpus", "cpus-per-task", "cores"},
                            {"mem", "mem", "memory, e.g. \"64G\""}};
constexpr const char* kStages[] = {"run", "train", "shard", "merge", "report"};

OptionSpec spec(std::string name, OptionType type, std::string help) {
  OptionSpec made;
  made.name = std::move(name);
  made.type = type;
  made.help = std::move(help);
  return made;
}

OptionSpec count(std::string name, std::string help, double minimum) {
  OptionSpec made = spec(std::move(name), OptionType::integer, std::move(help));
  made.minimum = minimum;
  return made;
}

std::vector<OptionSpec> resource_specs() {
  std::vector<OptionSpec> specs;
  for (const Known& known : kKnown) specs.push_back(spec(known.name, OptionType::text, known.help));
  return specs;
}

std::vector<OptionSpec> section_specs() {
  std::vector<OptionSpec> specs = resource_specs();
  specs.push_back(count("array_limit", "tasks of an array that run at a time; 0: all", 0));
  specs.push_back(count("shards", "parts of every test set", 1));
  specs.push_back(count("samples_per_shard", "samples a part has at most, about", 1));
  specs.push_back(spec("setup", OptionType::text_list, "lines of shell before the work"));
  specs.push_back(spec("options", OptionType::text_list, "more options for sbatch"));
  specs.push_back(spec("models", OptionType::table, "resources by model"));
  for (const char* stage : kStages) specs.push_back(spec(stage, OptionType::table, "resources of one stage"));
  return specs;
}

/// `*` in a pattern stands for any characters.
bool fits(const std::string& pattern, const std::string& model) {
  return ::fnmatch(pattern.c_str(), model.c_str(), 0) == 0;
}

/// `gpus = 1` is as good as `gpus = "1"`.
Value with_texts(Value table) {
  if (!table.table()) return table;
  for (const Known& known : kKnown) {
    const auto found = table.table()->find(known.name);
    if (found == table.table()->end() || !found->second.integer()) continue;
    Value text(std::to_string(*found->second.integer()));
    text.location = found->second.location;
    found->second = std::move(text);
  }
  return table;
}

void refuse_line_ends(const Options& options, const std::string& path, std::vector<Diagnostic>& diagnostics) {
  const auto check = [&](const std::string& key, const std::string& text, bool may_be_empty) {
    const bool broken = text.find_first_of("\n\r") != std::string::npos || (!may_be_empty && text.empty());
    if (broken) {
      diagnostics.push_back({options.location(key), path + "." + key, "must be one line of text, and not empty"});
    }
  };
  for (const Known& known : kKnown) {
    if (options.has(known.name)) check(known.name, options.text(known.name), false);
  }
}

std::map<std::string, std::string> named(const Value& table, const std::string& path,
                                         std::vector<Diagnostic>& diagnostics) {
  std::map<std::string, std::string> values;
  if (!table.table()) {
    diagnostics.push_back({table.location, path, "expected a table of resources, found " + table.type_name()});
    return values;
  }
  const std::size_t before = diagnostics.size();
  const Options options = resolve_options(resource_specs(), with_texts(table), {}, path, diagnostics);
  if (diagnostics.size() == before) refuse_line_ends(options, path, diagnostics);
  if (diagnostics.size() > before) return values;
  for (const Known& known : kKnown) {
    if (options.has(known.name)) values[known.name] = options.text(known.name);
  }
  return values;
}

}  // namespace

std::vector<std::string> resource_names() {
  std::vector<std::string> names;
  for (const Known& known : kKnown) names.emplace_back(known.name);
  return names;
}

Settings Settings::read(const Value& section, const std::vector<std::string>& models,
                        std::vector<Diagnostic>& diagnostics) {
  Settings settings;
  if (section.is_null()) return settings;
  if (!section.table()) {
    diagnostics.push_back({section.location, "cluster", "expected a table [cluster], found " + section.type_name()});
    return settings;
  }
  const std::size_t before = diagnostics.size();
  const Options options = resolve_options(section_specs(), with_texts(section), {}, "cluster", diagnostics);
  if (diagnostics.size() == before) refuse_line_ends(options, "cluster", diagnostics);
  if (diagnostics.size() > before) return settings;
  for (const Known& known : kKnown) {
    if (options.has(known.name)) settings.general_[known.name] = options.text(known.name);
  }
  if (options.has("array_limit")) settings.array_limit = options.integer("array_limit");
  if (options.has("shards")) settings.shards = options.integer("shards");
  if (options.has("samples_per_shard")) settings.samples_per_shard = options.integer("samples_per_shard");
  if (options.has("setup")) settings.setup = options.texts("setup");
  if (options.has("options")) settings.options = options.texts("options");
  for (const char* stage : kStages) {
    if (!options.has(stage)) continue;
    settings.stages_[stage] = named(section.table()->at(stage), std::string("cluster.") + stage, diagnostics);
  }
  if (!options.has("models")) return settings;
  const Value& by_model = section.table()->at("models");
  for (const auto& [pattern, table] : *by_model.table()) {
    const std::string path = "cluster.models." + pattern;
    const bool used =
        std::any_of(models.begin(), models.end(), [&](const auto& model) { return fits(pattern, model); });
    if (!used) {
      diagnostics.push_back({table.location, path, "the study has no such model" + suggestion(pattern, models)});
    }
    settings.models_[pattern] = named(table, path, diagnostics);
  }
  return settings;
}

Resources Settings::resources(const std::string& model, const std::string& stage) const {
  const Named* of_model = nullptr;
  std::size_t longest = 0;
  for (const auto& [pattern, values] : models_) {
    const bool exact = pattern == model;
    if (!exact && (!fits(pattern, model) || pattern.size() < longest)) continue;
    of_model = &values;
    longest = pattern.size();
    if (exact) break;
  }
  const auto stage_found = stages_.find(stage);
  const Named* of_stage = stage_found == stages_.end() ? nullptr : &stage_found->second;
  Resources list;
  for (const Known& known : kKnown) {
    const bool unneeded = stage == "report" && std::string_view(known.name) == "gpus";
    for (const Named* source : {unneeded ? nullptr : &command_line_, of_stage, unneeded ? nullptr : of_model,
                                unneeded ? nullptr : &general_}) {
      if (!source || !source->contains(known.name)) continue;
      list.emplace_back(known.option, source->at(known.name));
      break;
    }
  }
  return list;
}

}  // namespace medvlm::launcher::cluster
