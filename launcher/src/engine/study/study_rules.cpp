#include "study_rules.hpp"

#include <algorithm>

#include "selection.hpp"
#include "study_specs.hpp"

namespace medvlm::launcher {
namespace {

void check_words(const Value& words, const std::string& key, const std::string& kind, const std::vector<StudyEntry>& entries,
                 std::vector<Diagnostic>& diagnostics) {
  if (entries.empty()) return;  // complained about already
  if (words.array()->empty()) {
    diagnostics.push_back({words.location, key, "the list is empty; leave it out to mean all " + kind});
  }
  for (const Value& word : *words.array()) {
    const std::string wrong = unknown_word(*word.text(), kind, entries);
    if (!wrong.empty()) diagnostics.push_back({word.location, key, wrong});
  }
}

class RuleReader {
 public:
  RuleReader(const Value& root, Study& study, std::vector<Diagnostic>& diagnostics)
      : root_(root), study_(study), diagnostics_(diagnostics) {}

  void read() {
    each("exclude", exclude_specs(), [&](const Options& rule, const Value& item, const std::string& key) {
      if (rule.values().empty()) {
        return complain(item.location, key, "would leave out the whole study; say which: models, datasets or adapters");
      }
      study_.exclusions.push_back({selection(rule, key), item.location, key});
    });
    each("overrides", override_specs(), [&](const Options& rule, const Value& item, const std::string& key) {
      study_.overrides.push_back(read_override(rule, item, key));
    });
  }

 private:
  void complain(const Location& location, const std::string& key, std::string message) {
    diagnostics_.push_back({location, key, std::move(message)});
  }

  template <class Action>
  void each(const std::string& section, const std::vector<OptionSpec>& specs, Action action) {
    const auto found = root_.table()->find(section);
    if (found == root_.table()->end()) return;
    if (!found->second.array()) {
      return complain(found->second.location, section, "expected entries [[" + section + "]], found " + found->second.type_name());
    }
    for (std::size_t i = 0; i < found->second.array()->size(); ++i) {
      const Value& item = (*found->second.array())[i];
      const std::string key = section + "[" + std::to_string(i) + "]";
      if (!item.table()) {
        complain(item.location, key, "expected a table, found " + item.type_name());
        continue;
      }
      const std::size_t before = diagnostics_.size();
      const Options rule = resolve_options(specs, item, study_.file.parent_path(), key, diagnostics_);
      if (diagnostics_.size() == before) action(rule, item, key);
    }
  }

  std::vector<std::string> words(const Options& rule, const std::string& key, const std::string& kind,
                                 const std::vector<StudyEntry>& entries) {
    if (!rule.has(kind)) return {};
    check_words(rule.values().at(kind), key + "." + kind, kind, entries, diagnostics_);
    return rule.texts(kind);
  }

  Selection selection(const Options& rule, const std::string& key) {
    return {words(rule, key, "models", study_.models), words(rule, key, "datasets", study_.datasets),
            words(rule, key, "adapters", study_.adapters)};
  }

  Override read_override(const Options& rule, const Value& item, const std::string& key) {
    Override change;
    change.where = selection(rule, key);
    change.metrics = words(rule, key, "metrics", study_.metrics);
    if (rule.has("adapter")) change.adapter = rule.values().at("adapter");
    if (rule.has("batch_size")) change.batch_size = std::size_t(rule.integer("batch_size"));
    if (rule.has("limit")) change.limit = std::size_t(rule.integer("limit"));
    change.location = item.location;
    change.key = key;
    const bool nothing = change.adapter.table()->empty() && change.metrics.empty() && !change.batch_size && !change.limit;
    if (nothing) complain(item.location, key, "changes nothing; give adapter = { ... }, batch_size, limit or metrics");
    if (change.limit && (rule.has("models") || rule.has("adapters"))) {
      complain(rule.location("limit"), key + ".limit",
               "may stand with `datasets` alone: models and adapters are compared on the same test samples");
    }
    return change;
  }

  const Value& root_;
  Study& study_;
  std::vector<Diagnostic>& diagnostics_;
};

}  // namespace

void read_rules(const Value& root, Study& study, std::vector<Diagnostic>& diagnostics) {
  RuleReader(root, study, diagnostics).read();
}

void keep_picked(const Value& words, const std::string& kind, std::vector<StudyEntry>& entries,
                 std::vector<Diagnostic>& diagnostics) {
  check_words(words, "study." + kind, kind, entries, diagnostics);
  std::vector<std::string> texts;
  for (const Value& word : *words.array()) texts.push_back(*word.text());
  std::erase_if(entries, [&](const StudyEntry& entry) { return !picks(texts, entry); });
}

}  // namespace medvlm::launcher
