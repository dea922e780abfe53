// `medvlm list`: what is installed, from manifests alone.
#include <algorithm>
#include <iostream>

#include "command.hpp"
#include "command_line.hpp"
#include "medvlm/base/error.hpp"
#include "text.hpp"

namespace medvlm::launcher {
namespace {

using registry::Manifest;

/// "models" or "model" gives "model".
std::string kind_of(const std::string& word) {
  std::vector<std::string> known;
  for (const std::string_view kind : registry::kPluginKinds) {
    if (word == kind || word == std::string(kind) + "s") return std::string(kind);
    known.push_back(std::string(kind) + "s");
  }
  throw Error(ErrorCode::usage, "'" + word + "' is not a kind of plugin" + suggestion(word, known));
}

void print_json(const std::vector<Manifest>& plugins, const std::vector<registry::Problem>& problems) {
  Value::Array items;
  for (const Manifest& plugin : plugins) items.push_back(to_value(plugin));
  Value::Array refused;
  for (const auto& problem : problems) {
    refused.push_back(Value::Table{{"file", problem.file.string()}, {"message", problem.message}});
  }
  std::cout << Value(Value::Table{{"plugins", std::move(items)}, {"problems", std::move(refused)}}).to_json() << "\n";
}

void print_table(const std::vector<Manifest>& plugins) {
  std::vector<std::vector<std::string>> rows = {{"KIND", "ID", "VERSION", "SUMMARY"}};
  for (const Manifest& plugin : plugins) rows.push_back({plugin.kind, plugin.id, plugin.version, plugin.summary});
  std::vector<std::size_t> widths(4, 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      std::cout << row[i] << std::string(widths[i] + 2 - row[i].size(), ' ');
    }
    std::cout << row.back() << "\n";
  }
}

void print_problems(const std::vector<registry::Problem>& problems) {
  if (problems.empty()) return;
  std::cout << "\nrefused (" << problems.size() << "):\n";
  for (const auto& [file, message] : problems) std::cout << "  " << file.string() << "\n" << indented(message);
}

}  // namespace

int list_command(const Arguments& arguments) {
  boost::program_options::options_description options("options");
  options.add_options()("json", "print JSON");
  CommandLine line("medvlm list [models|datasets|adapters|metrics] [options]", options);
  if (!line.parse(arguments)) return 0;
  const auto words = line.words();
  if (words.size() > 1) {
    throw Error(ErrorCode::usage, "list takes one kind of plugin, found " + std::to_string(words.size()));
  }
  const std::string kind = words.empty() ? "" : kind_of(words[0]);

  const registry::Registry plugins = line.scan();
  std::vector<Manifest> listed;
  for (const Manifest& plugin : plugins.plugins()) {
    if (kind.empty() || plugin.kind == kind) listed.push_back(plugin);
  }
  if (line.has("json")) {
    print_json(listed, plugins.problems());
    return 0;
  }
  if (listed.empty()) {
    std::cout << "no plugins found\n";
  } else {
    print_table(listed);
  }
  print_problems(plugins.problems());
  return 0;
}

}  // namespace medvlm::launcher
