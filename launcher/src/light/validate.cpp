// `medvlm validate`: loads and checks each plugin in a child process of its own.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>

#include "child.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "engine.hpp"
#include "medvlm/base/error.hpp"
#include "text.hpp"
#include "verdict.hpp"

namespace medvlm::launcher {
namespace {

namespace fs = std::filesystem;

constexpr double kDefaultLimit = 60;  // seconds: a family's weights are loaded only if --set names them

/// ID -> {"option=value", ...}
using Settings = std::map<std::string, std::vector<std::string>>;

Settings parse_settings(const std::vector<std::string>& words) {
  Settings settings;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    const auto dot = word.find('.');
    if (equals == std::string::npos || dot == std::string::npos || dot > equals || dot == 0 || dot + 1 == equals) {
      throw Error(ErrorCode::usage, "--set '" + word + "': expected ID.option=value, as in table.root=/data");
    }
    settings[word.substr(0, dot)].push_back(word.substr(dot + 1));
  }
  return settings;
}

/// What is to be validated, and what was refused before that.
struct Work {
  std::vector<fs::path> manifests;
  std::vector<registry::Problem> refused;

  void add(const registry::Registry& plugins) {
    refused.insert(refused.end(), plugins.problems().begin(), plugins.problems().end());
    for (const auto& plugin : plugins.plugins()) manifests.push_back(plugin.file);
  }
};

/// The path itself, the manifest beside a library, or all plugins of a folder.
void add_path(const std::string& word, Work& work) {
  fs::path path(word);
  if (fs::is_directory(path)) {
    std::vector<registry::Problem> problems;
    registry::SearchRequest request;
    request.command_line = {path};
    const auto folders = registry::plugin_search_path(request, problems);
    work.add(registry::Registry(folders, std::move(problems)));
    return;
  }
  if (path.extension() != ".toml") path.replace_extension(".toml");
  if (!fs::exists(path)) {
    throw Error(ErrorCode::plugin, "there is no manifest '" + path.string() +
                                       "'; medvlm_add_plugin() writes it beside the library");
  }
  work.manifests.push_back(path);
}

Verdict refused(const registry::Problem& problem) {
  Verdict verdict;
  verdict.file = problem.file.string();
  verdict.word = "refused";
  verdict.detail = problem.message;
  return verdict;
}

Verdict validate(const fs::path& file, const Settings& settings, double limit) {
  registry::Manifest manifest;
  try {
    manifest = registry::read_manifest(file);
    registry::check_place(manifest);
  } catch (const Error& error) {
    return refused({file, error.what()});
  }
  std::vector<std::string> words = {engine_program().string(), "probe", manifest.file.string()};
  if (const auto found = settings.find(manifest.id); found != settings.end()) {
    for (const std::string& setting : found->second) words.insert(words.end(), {"--set", setting});
  }
  const auto milliseconds = std::chrono::milliseconds(static_cast<long long>(limit * 1000));
  Verdict verdict = judge(run_child(words, milliseconds), limit);
  verdict.file = manifest.file.string();
  verdict.plugin = manifest.name();
  return verdict;
}

void print(const Verdict& verdict) {
  std::cout << verdict.word << std::string(9 - std::min<std::size_t>(8, verdict.word.size()), ' ');
  if (!verdict.plugin.empty()) std::cout << verdict.plugin << "  ";
  std::cout << verdict.file;
  if (verdict.passed != 0) std::cout << "  (" << verdict.passed << " laws)";
  std::cout << "\n";
  if (!verdict.detail.empty()) std::cout << indented(verdict.detail);
  for (const std::string& law : verdict.skipped) std::cout << indented("skipped: " + law);
  if (!verdict.output.empty()) std::cout << "    its standard error ends with:\n" << indented(verdict.output);
  std::cout.flush();
}

Value to_value(const Verdict& verdict) {
  return Value(Value::Table{{"file", verdict.file},
                            {"plugin", verdict.plugin},
                            {"verdict", verdict.word},
                            {"detail", verdict.detail},
                            {"passed", std::int64_t(verdict.passed)},
                            {"skipped", Value::Array(verdict.skipped.begin(), verdict.skipped.end())},
                            {"stderr", verdict.output}});
}

}  // namespace

int validate_command(const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options("options");
  options.add_options()
      ("json", "print JSON")
      ("timeout", po::value<double>()->default_value(kDefaultLimit, "60")->value_name("SECONDS"),
       "time limit for each plugin")
      ("set", po::value<std::vector<std::string>>()->composing()->value_name("ID.option=VALUE"),
       "an option with which the plugin is created; VALUE is TOML or plain text");
  CommandLine line("medvlm validate [PATH...] [options]\n\n"
                   "PATH is a manifest, a library or a folder; without one, all plugins on the search path\n"
                   "are checked.",
                   options);
  if (!line.parse(arguments)) return 0;
  const double limit = line.number("timeout");
  if (!(limit > 0 && limit < 1e6)) throw Error(ErrorCode::usage, "--timeout must be above 0 seconds");
  const Settings settings = parse_settings(line.texts("set"));

  std::vector<Verdict> verdicts;
  const bool json = line.has("json");
  const auto conclude = [&](Verdict verdict) {
    if (!json) print(verdict);
    verdicts.push_back(std::move(verdict));
  };
  Work work;
  for (const std::string& word : line.words()) add_path(word, work);
  if (line.words().empty()) work.add(line.scan());
  for (const auto& problem : work.refused) conclude(refused(problem));
  for (const fs::path& manifest : work.manifests) conclude(validate(manifest, settings, limit));
  if (verdicts.empty()) throw Error(ErrorCode::plugin, "no plugins found; name a folder or use --plugin-dir");

  const auto is_ok = [](const Verdict& verdict) { return verdict.word == "ok"; };
  const auto ok = std::size_t(std::count_if(verdicts.begin(), verdicts.end(), is_ok));
  if (json) {
    Value::Array items;
    for (const Verdict& verdict : verdicts) items.push_back(to_value(verdict));
    std::cout << Value(Value::Table{{"plugins", std::move(items)}, {"ok", ok == verdicts.size()}}).to_json() << "\n";
  } else {
    std::cout << ok << " of " << verdicts.size() << " ok\n";
  }
  return ok == verdicts.size() ? 0 : exit_status(ErrorCode::plugin);
}

}  // namespace medvlm::launcher
