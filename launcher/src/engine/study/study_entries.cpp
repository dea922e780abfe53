// [[models]], [[datasets]], [[adapters]], [[metrics]]
#include <algorithm>
#include <cctype>
#include <set>

#include "study_reader.hpp"
#include "study_specs.hpp"

namespace medvlm::launcher {
namespace {

class EntryReader {
 public:
  EntryReader(std::string kind, std::filesystem::path study_file, std::vector<Diagnostic>& diagnostics)
      : kind_(std::move(kind)), file_(std::move(study_file)), diagnostics_(diagnostics) {}

  std::vector<StudyEntry> read(const Value& root) {
    const auto found = root.table()->find(kind_);
    const std::string example = "[[" + kind_ + "]]";
    if (found == root.table()->end()) {
      complain({file_.string(), 0, 0}, kind_,
               "a study needs at least one " + example + " with a plugin; 'medvlm list " + kind_ + "' shows them");
      return {};
    }
    if (!found->second.array() || found->second.array()->empty()) {
      complain(found->second.location, kind_, "expected entries " + example + ", found " + found->second.type_name());
      return {};
    }
    std::vector<StudyEntry> list;
    for (std::size_t i = 0; i < found->second.array()->size(); ++i) {
      const Value& item = (*found->second.array())[i];
      StudyEntry entry{"", "", Value(Value::Table{}), item.location, kind_ + "[" + std::to_string(i) + "]"};
      if (!item.table()) {
        complain(item.location, entry.key, "expected a table, found " + item.type_name());
        continue;
      }
      read_entry(item, entry);
      list.push_back(std::move(entry));
    }
    return list;
  }

 private:
  void complain(const Location& location, const std::string& key, std::string message) {
    diagnostics_.push_back({location, key, std::move(message)});
  }

  void read_entry(const Value& item, StudyEntry& entry) {
    entry.plugin = text_of(item, "plugin", entry.key);
    entry.name = text_of(item, "name", entry.key);
    if (entry.plugin.empty()) {
      const std::vector<std::string> above(names_.begin(), names_.end());
      const bool changes = !entry.name.empty() && !item.table()->contains("plugin") && !above.empty();
      complain(item.location, entry.key + ".plugin",
               "required: the id of a plugin" +
                   (changes ? "; to change an included entry, give its name" + suggestion(entry.name, above) : ""));
    }
    if (entry.name.empty()) entry.name = entry.plugin;
    check_name(item, entry);
    entry.options.location = item.location;
    for (const auto& [key, value] : *item.table()) {
      if (key != "plugin" && key != "name") (*entry.options.table())[key] = value;
    }
    read_facts(entry);
    if (kind_ == "adapters") take_seeds(entry);
  }

  std::string text_of(const Value& entry, const std::string& key, const std::string& path) {
    const auto found = entry.table()->find(key);
    if (found == entry.table()->end()) return "";
    if (found->second.text()) return *found->second.text();
    complain(found->second.location, path + "." + key, "expected a text, found " + found->second.type_name());
    return "";
  }

  void check_name(const Value& item, const StudyEntry& entry) {
    if (entry.name.empty()) return;
    if (!is_safe_name(entry.name)) {
      complain(item.location, entry.key + ".name", "'" + entry.name + "' is used as a folder: use letters, digits, '.', '-' and '_'");
    } else if (!names_.insert(entry.name).second) {
      complain(item.location, entry.key + ".name", "'" + entry.name + "' is taken by an entry above; give each a name of its own");
    }
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
    const auto specs = fact_specs(kind_);
    const Options facts = resolve_options(specs, take(entry, specs), file_.parent_path(), entry.key, diagnostics_);
    const auto texts = [&](const char* name) { return facts.has(name) ? facts.texts(name) : std::vector<std::string>{}; };
    const auto text = [&](const char* name) { return facts.has(name) ? facts.text(name) : std::string(); };
    entry.facts.tags = texts("tags");
    entry.facts.aliases = texts("aliases");
    entry.facts.role = text("role");
    entry.facts.family = text("family");
    entry.facts.modalities = texts("modalities");
    entry.facts.trained_on = texts("trained_on");
    // Some dataset plugins have an option of this name, so that it stays among the options until the plugin is known.
    if (kind_ == "datasets") entry.facts.modality = text_of(entry.options, "modality", entry.key);
  }

  void take_seeds(StudyEntry& entry) {
    const auto found = entry.options.table()->find("seeds");
    if (found == entry.options.table()->end()) return;
    entry.seeds = read_seeds(found->second, entry.key + ".seeds", diagnostics_);
    entry.options.table()->erase(found);
  }

  std::string kind_;
  std::filesystem::path file_;
  std::vector<Diagnostic>& diagnostics_;
  std::set<std::string> names_;
};

}  // namespace

bool is_safe_name(const std::string& name) {
  if (name.empty() || name.size() > 100 || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_' || c == '.'; });
}

std::vector<StudyEntry> read_entries(const Value& root, const std::string& kind, const std::filesystem::path& study_file,
                                     std::vector<Diagnostic>& diagnostics) {
  return EntryReader(kind, study_file, diagnostics).read(root);
}

std::vector<std::uint64_t> read_seeds(const Value& value, const std::string& key, std::vector<Diagnostic>& diagnostics) {
  std::vector<std::uint64_t> seeds;
  for (const Value& seed : value.array() ? *value.array() : Value::Array{}) {
    if (!seed.integer() || *seed.integer() < 0) continue;
    const auto number = std::uint64_t(*seed.integer());
    if (std::find(seeds.begin(), seeds.end(), number) == seeds.end()) seeds.push_back(number);
  }
  if (seeds.empty() || seeds.size() != value.array()->size()) {
    diagnostics.push_back({value.location, key, "expected a list of different whole numbers from 0 on, e.g. [0, 1, 2]"});
  }
  return seeds;
}

}  // namespace medvlm::launcher
