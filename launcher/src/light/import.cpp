// `medvlm import`: published numbers as results, to be reported like computed ones.
#include <iostream>

#include "command.hpp"
#include "command_line.hpp"
#include "engine/study/study_include.hpp"
#include "medvlm/analysis/published_table.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::launcher {
namespace {

namespace po = boost::program_options;
using analysis::PublishedTable;

/// The last of an option that may be given once, or `otherwise`.
std::string last_text(const CommandLine& line, const std::string& name, const std::string& otherwise = "") {
  const auto given = line.texts(name);
  return given.empty() ? otherwise : given.back();
}

std::string choice_of(const CommandLine& line, const std::string& name, const std::vector<std::string>& choices) {
  const std::string word = last_text(line, name, choices.front());
  for (const std::string& choice : choices) {
    if (choice == word) return word;
  }
  throw Error(ErrorCode::usage, "--" + name + " cannot be '" + word + "'" + suggestion(word, choices));
}

analysis::NumberScale scale_of(const CommandLine& line) {
  const std::string word = choice_of(line, "scale", {"auto", "percent", "fraction"});
  return word == "percent" ? analysis::NumberScale::percent : word == "fraction" ? analysis::NumberScale::fraction : analysis::NumberScale::automatic;
}

/// One entry of a study: only what it says of facts; its options are the plugins' business.
class Entry {
 public:
  Entry(const Value& value, std::string key, std::vector<Diagnostic>& diagnostics)
      : value_(value), key_(std::move(key)), diagnostics_(diagnostics) {}

  std::string name() {
    const std::string* name = entry_name(value_);
    if (!name || name->empty()) diagnostics_.push_back({value_.location, key_, "the entry has no name and no plugin"});
    return name ? *name : "";
  }

  std::string text(const std::string& key) {
    const Value* found = find(key);
    if (!found) return "";
    if (found->text()) return *found->text();
    diagnostics_.push_back({found->location, key_ + "." + key, "expected a text, found " + found->type_name()});
    return "";
  }

  std::vector<std::string> texts(const std::string& key) {
    std::vector<std::string> list;
    const Value* found = find(key);
    if (!found) return list;
    if (!found->array()) {
      diagnostics_.push_back({found->location, key_ + "." + key, "expected a list of texts, found " + found->type_name()});
      return list;
    }
    for (const Value& item : *found->array()) {
      if (item.text()) {
        list.push_back(*item.text());
      } else {
        diagnostics_.push_back({item.location, key_ + "." + key, "expected a text, found " + item.type_name()});
      }
    }
    return list;
  }

 private:
  const Value* find(const std::string& key) const {
    if (!value_.table()) return nullptr;
    const auto found = value_.table()->find(key);
    return found == value_.table()->end() ? nullptr : &found->second;
  }

  const Value& value_;
  std::string key_;
  std::vector<Diagnostic>& diagnostics_;
};

/// Calls `read(entry)` for each entry of a list of the study.
template <typename Read>
void each_entry(const Value& study, const std::string& kind, std::vector<Diagnostic>& diagnostics, const Read& read) {
  const auto list = study.table()->find(kind);
  if (list == study.table()->end()) return;
  if (!list->second.array()) {
    diagnostics.push_back({list->second.location, kind, "expected entries [[" + kind + "]], found " + list->second.type_name()});
    return;
  }
  std::size_t number = 0;
  for (const Value& value : *list->second.array()) {
    Entry entry(value, kind + "[" + std::to_string(number++) + "]", diagnostics);
    read(entry);
  }
}

void read_model(Entry& entry, analysis::PublishedFacts& facts) {
  analysis::ModelFacts model;
  model.name = entry.name();
  model.family = entry.text("family");
  model.role = entry.text("role");
  model.modalities = entry.texts("modalities");
  model.trained_on = entry.texts("trained_on");
  model.tags = entry.texts("tags");
  facts.models.push_back({std::move(model), entry.texts("aliases")});
}

void read_dataset(Entry& entry, analysis::PublishedFacts& facts) {
  analysis::DatasetFacts dataset;
  dataset.name = entry.name();
  dataset.task = entry.text("task");
  if (dataset.task != "diagnosis" && dataset.task != "vqa") dataset.task.clear();  // some plugins have an option of that name
  dataset.modality = entry.text("modality");
  dataset.tags = entry.texts("tags");
  facts.datasets.push_back({std::move(dataset), entry.texts("aliases")});
}

void read_adapter(Entry& entry, analysis::PublishedFacts& facts) {
  analysis::AdapterFacts adapter;
  adapter.name = entry.name();
  adapter.plugin = entry.text("plugin");
  adapter.trains = !analysis::names_off_the_shelf(adapter.plugin.empty() ? adapter.name : adapter.plugin);
  facts.adapters.push_back({std::move(adapter), entry.texts("aliases")});
}

void refuse_facts(const std::vector<Diagnostic>& diagnostics) {
  if (diagnostics.empty()) return;
  std::string message;
  if (diagnostics.size() > 1) message = std::to_string(diagnostics.size()) + " errors in the facts";
  for (const Diagnostic& diagnostic : diagnostics) message += (message.empty() ? "" : "\n") + to_string(diagnostic);
  throw Error(ErrorCode::config, message);
}

analysis::PublishedFacts read_facts(const std::string& file) {
  std::vector<Diagnostic> diagnostics;
  const Value study = read_with_includes(file, diagnostics);
  analysis::PublishedFacts facts;
  facts.file = file;
  each_entry(study, "models", diagnostics, [&](Entry& entry) { read_model(entry, facts); });
  each_entry(study, "datasets", diagnostics, [&](Entry& entry) { read_dataset(entry, facts); });
  each_entry(study, "adapters", diagnostics, [&](Entry& entry) { read_adapter(entry, facts); });
  refuse_facts(diagnostics);
  return facts;
}

void print_summary(const PublishedTable& table, const std::string& file, const std::string& folder) {
  std::cout << file << ": " << table.rows << " rows, " << table.value_rows << " values of " << table.outcomes.size()
            << " scenarios; source: " << table.source << "\n";
  for (const auto& metric : table.metrics) {
    std::cout << "  " << metric.name << ": " << metric.values << " values, "
              << (metric.percent ? "read as percent and divided by 100" : "taken as they are") << " (--scale changes that)\n";
  }
  if (table.fact_rows != 0) std::cout << "  model sizes and sample counts used: " << table.fact_rows << "\n";
  for (const auto& skipped : table.skipped) {
    std::cout << "  skipped: " << skipped.rows << (skipped.rows == 1 ? " row, " : " rows, ") << skipped.reason << " (first in line "
              << skipped.first_line << ")\n";
  }
  for (const std::string& note : table.notes) std::cout << "  note: " << note << "\n";
  std::cout << "written to " << folder << "; there are no predictions, so paired tests are not possible\n";
}

}  // namespace

int import_command(const Arguments& arguments) {
  using Texts = std::vector<std::string>;
  po::options_description options("options");
  const auto text = [](const char* name) { return po::value<Texts>()->composing()->value_name(name); };
  options.add_options()
      ("out", text("FOLDER"), "where the results go (needed)")
      ("facts", text("STUDY.toml"),
       "a study whose models, datasets and adapters say what the table's names mean (by name or aliases), "
                                    "and who is a specialist of what")
      ("scale", text("SCALE"), "auto (by metric: percent if a value is above 1), percent, or fraction (values as they are)")
      ("source", text("TEXT"), "whence the numbers are; default: the table's file name")
      ("task", text("TASK"), "diagnosis or vqa, for a table without a column task; default: diagnosis");
  CommandLine line("medvlm import TABLE.csv --out FOLDER [options]", options);
  if (!line.parse(arguments)) return 0;
  const auto words = line.words();
  if (words.size() != 1) {
    throw Error(ErrorCode::usage, "import takes one table, found " + std::to_string(words.size()) + "; see 'medvlm import --help'");
  }
  const std::string folder = last_text(line, "out");
  if (folder.empty()) throw Error(ErrorCode::usage, "import needs --out FOLDER: where the results go");

  analysis::PublishedRequest request;
  request.scale = scale_of(line);
  request.source = last_text(line, "source");
  request.task = choice_of(line, "task", {"diagnosis", "vqa"});
  if (line.has("facts")) request.facts = read_facts(last_text(line, "facts"));
  const PublishedTable table = analysis::read_published_table(words[0], request);
  analysis::write_published_table(table, folder);
  print_summary(table, words[0], folder);
  return 0;
}

}  // namespace medvlm::launcher
