#include "verify_command.hpp"

#include <boost/program_options.hpp>
#include <iostream>

#include "cluster/study_record.hpp"
#include "medvlm/base/files.hpp"
#include "recompute.hpp"
#include "results_table.hpp"
#include "terminal.hpp"

namespace medvlm::launcher {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;
using OrderedJson = nlohmann::ordered_json;

struct VerifiedScenario {
  std::string name;
  std::vector<Check> checks;
};

/// The result if it is readable as far as verifying needs it; else null.
OrderedJson readable_result(const fs::path& folder) {
  OrderedJson result = OrderedJson::parse(read_file(folder / "result.json"), nullptr, false);
  const bool good = result.is_object() &&
                    (result.contains("published") || (result.contains("manifest") && result["manifest"].is_object()));
  return good ? result : OrderedJson(nullptr);
}

/// A check whose subject is so damaged that it cannot even be looked at.
template <class Make>
Check guarded_check(const std::string& name, Make make) {
  try {
    return make();
  } catch (const nlohmann::json::exception&) {
    return {name, Verdict::changed, "result.json does not say what it should"};
  } catch (const Error& error) {
    return {name, Verdict::could_not, error.what()};
  }
}

VerifiedScenario verify(const std::string& name, const fs::path& folder) {
  VerifiedScenario verified{name, {}};
  const OrderedJson result = readable_result(folder);
  if (result.is_object() && result.contains("published")) {
    verified.checks.push_back(
        {"numbers", Verdict::could_not, "published numbers: there are no predictions to compute them from"});
    return verified;
  }
  verified.checks.push_back(check_sums(folder));
  verified.checks.push_back(check_journal("journal", folder / "journal.jsonl"));
  if (fs::exists(folder / "train" / "journal.jsonl")) {
    verified.checks.push_back(check_journal("train journal", folder / "train" / "journal.jsonl"));
  }
  if (result.is_null()) {
    verified.checks.push_back({"numbers", Verdict::changed, "result.json is damaged"});
    return verified;
  }
  const OrderedJson& manifest = result["manifest"];
  verified.checks.push_back(guarded_check("plugins", [&] { return check_plugins(manifest); }));
  verified.checks.push_back(guarded_check("checkpoint", [&] { return check_checkpoint(manifest); }));
  for (Check& check : recompute_checks(folder, result)) verified.checks.push_back(std::move(check));
  return verified;
}

/// The finished scenarios at or below the folder.
std::vector<std::pair<std::string, fs::path>> finished_below(const fs::path& folder) {
  if (fs::exists(folder / "result.json")) return {{folder.lexically_normal().string(), folder}};
  std::vector<std::pair<std::string, fs::path>> list;
  for (const cluster::RecordedScenario& each : cluster::read_study_record(folder).scenarios) {
    if (fs::exists(each.folder / "result.json")) list.emplace_back(each.name, each.folder);
  }
  if (list.empty()) throw Error(ErrorCode::data, "'" + folder.string() + "' has no finished scenario to verify");
  return list;
}

bool any(const std::vector<VerifiedScenario>& scenarios, Verdict verdict) {
  for (const VerifiedScenario& scenario : scenarios) {
    for (const Check& check : scenario.checks) {
      if (check.verdict == verdict) return true;
    }
  }
  return false;
}

std::string verify_json(const std::vector<VerifiedScenario>& scenarios) {
  OrderedJson list = OrderedJson::array();
  for (const VerifiedScenario& scenario : scenarios) {
    OrderedJson checks = OrderedJson::array();
    for (const Check& check : scenario.checks) {
      checks.push_back({{"check", check.name}, {"verdict", verdict_name(check.verdict)}, {"note", check.note}});
    }
    list.push_back({{"scenario", scenario.name}, {"checks", checks}});
  }
  return list.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string verify_table(const std::vector<VerifiedScenario>& scenarios) {
  std::vector<std::vector<std::string>> lines{{"scenario", "check", "verdict", ""}};
  for (const VerifiedScenario& scenario : scenarios) {
    for (const Check& check : scenario.checks) {
      std::string note = check.note.substr(0, check.note.find('\n'));
      lines.push_back({scenario.name, check.name, std::string(verdict_name(check.verdict)), note});
    }
  }
  return aligned(lines);
}

}  // namespace

int verify_main(int argc, char** argv) {
  po::options_description shown("options");
  shown.add_options()("json", "print JSON")("quiet", "no notices")("help,h", "show this help");
  po::options_description all;
  all.add(shown).add_options()("folder", po::value<std::vector<std::string>>());
  po::positional_options_description words;
  words.add("folder", -1);
  po::variables_map values;
  try {
    po::store(po::command_line_parser(argc, argv)
                  .options(all)
                  .positional(words)
                  .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
                  .run(),
              values);
  } catch (const po::error& error) {
    throw Error(ErrorCode::usage, std::string(error.what()) + "; see 'medvlm verify --help'");
  }
  if (values.count("help") > 0) {
    std::cout << "usage: medvlm verify FOLDER... [options]\n\nChecks finished scenarios (or all of a study): the "
                 "checksums of their files, what their "
                 "manifests\nname, and every number computed anew from the journal. Nothing is changed.\n\n"
              << shown;
    return 0;
  }
  if (values.count("folder") == 0) {
    throw Error(ErrorCode::usage, "give the folder of a scenario or a study: medvlm verify FOLDER...");
  }
  start_logging(true);
  std::vector<VerifiedScenario> scenarios;
  for (const std::string& folder : values["folder"].as<std::vector<std::string>>()) {
    for (const auto& [name, path] : finished_below(folder)) scenarios.push_back(verify(name, path));
  }
  std::cout << (values.count("json") > 0 ? verify_json(scenarios) : verify_table(scenarios));
  if (any(scenarios, Verdict::changed)) return kExitChanged;
  return any(scenarios, Verdict::could_not) ? kExitUnchecked : 0;
}

}  // namespace medvlm::launcher
