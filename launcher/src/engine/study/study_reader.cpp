#include "study_reader.hpp"

#include <algorithm>

#include "study_include.hpp"
#include "study_rules.hpp"
#include "study_specs.hpp"

namespace medvlm::launcher {
namespace {

const std::vector<std::string> kSections = {"study", "run", "bootstrap", "scoring", "plugins", "models",
                                            "datasets", "adapters", "metrics", "exclude", "overrides", "cluster"};

/// Reads the sections of one study, collecting complaints.
class StudyReader {
 public:
  StudyReader(const Value& root, Study& study, std::vector<Diagnostic>& diagnostics)
      : root_(root), study_(study), diagnostics_(diagnostics) {}

  void read() {
    check_top_level();
    const Options head = read_head();
    const Options run = section("run", run_specs());
    const Options bootstrap = section("bootstrap", bootstrap_specs());
    const Options scoring = section("scoring", scoring_specs());
    read_plugin_folders(section("plugins", plugins_specs()));
    study_.models = read_entries(root_, "models", study_.file, diagnostics_);
    study_.datasets = read_entries(root_, "datasets", study_.file, diagnostics_);
    study_.adapters = read_entries(root_, "adapters", study_.file, diagnostics_);
    study_.metrics = read_entries(root_, "metrics", study_.file, diagnostics_);
    read_rules(root_, study_, diagnostics_);
    if (const auto found = root_.table()->find("cluster"); found != root_.table()->end()) study_.cluster = found->second;
    pick(head);
    if (diagnostics_.empty()) fill(head, run, bootstrap, scoring);
  }

 private:
  void complain(const Location& location, const std::string& key, std::string message) {
    diagnostics_.push_back({location, key, std::move(message)});
  }

  void check_top_level() {
    for (const auto& [key, value] : *root_.table()) {
      if (key == "include") {
        complain(value.location, key, "files are included before --set changes anything; write it into the study");
      } else if (std::find(kSections.begin(), kSections.end(), key) == kSections.end()) {
        complain(value.location, key, "unknown section" + suggestion(key, kSections));
      }
    }
  }

  /// The section's table as written; an empty one where there is none.
  Value table_of(const std::string& name) {
    const auto found = root_.table()->find(name);
    if (found != root_.table()->end() && found->second.table()) return found->second;
    if (found != root_.table()->end()) {
      complain(found->second.location, name, "expected a table [" + name + "], found " + found->second.type_name());
    }
    Value nothing{Value::Table{}};
    nothing.location = {study_.file.string(), 0, 0};
    return nothing;
  }

  Options resolve(const std::string& name, const std::vector<OptionSpec>& specs, Value table) {
    anchor_paths(specs, table);
    return resolve_options(specs, table, study_.file.parent_path(), name, diagnostics_);
  }

  Options section(const std::string& name, const std::vector<OptionSpec>& specs) { return resolve(name, specs, table_of(name)); }

  Options read_head() {
    Value table = table_of("study");
    if (const auto seeds = table.table()->find("seeds"); seeds != table.table()->end()) {
      study_.seeds = read_seeds(seeds->second, "study.seeds", diagnostics_);
      table.table()->erase(seeds);
    }
    return resolve("study", study_specs(), std::move(table));
  }

  void read_plugin_folders(const Options& plugins) {
    if (!plugins.has("folders")) return;
    for (const Value& folder : *plugins.values().at("folders").array()) {
      const auto path = anchored(*folder.text(), folder.location);
      study_.plugin_folders.push_back((study_.file.parent_path() / path).lexically_normal());
    }
  }

  void pick(const Options& head) {
    const auto keep = [&](const std::string& kind, std::vector<StudyEntry>& entries) {
      if (head.has(kind)) keep_picked(head.values().at(kind), kind, entries, diagnostics_);
    };
    keep("models", study_.models);
    keep("datasets", study_.datasets);
    keep("adapters", study_.adapters);
    keep("metrics", study_.metrics);
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
    study_.config_json = config(head, run, bootstrap, scoring).to_json();
  }

  /// Everything as resolved; of entries only those in use.
  Value config(const Options& head, const Options& run, const Options& bootstrap, const Options& scoring) const {
    Value resolved{Value::Table{{"study", Value(head.values())},
                                {"run", Value(run.values())},
                                {"bootstrap", Value(bootstrap.values())},
                                {"scoring", Value(scoring.values())}}};
    Value::Table& table = *resolved.table();
    if (!study_.seeds.empty()) (*table["study"].table())["seeds"] = root_.table()->at("study").table()->at("seeds");
    const auto add = [&](const std::string& kind, const std::vector<StudyEntry>& entries) {
      Value::Array list;
      for (const Value& item : *root_.table()->at(kind).array()) {
        const std::string* name = entry_name(item);
        const auto used = [&](const StudyEntry& entry) { return name && entry.name == *name; };
        if (std::any_of(entries.begin(), entries.end(), used)) list.push_back(item);
      }
      table[kind] = Value(std::move(list));
    };
    add("models", study_.models);
    add("datasets", study_.datasets);
    add("adapters", study_.adapters);
    add("metrics", study_.metrics);
    for (const char* rules : {"exclude", "overrides"}) {
      if (const auto found = root_.table()->find(rules); found != root_.table()->end()) table[rules] = found->second;
    }
    return resolved;
  }

  const Value& root_;
  Study& study_;
  std::vector<Diagnostic>& diagnostics_;
};

}  // namespace

void read_sections(const Value& root, Study& study, std::vector<Diagnostic>& diagnostics) {
  StudyReader(root, study, diagnostics).read();
}

}  // namespace medvlm::launcher
