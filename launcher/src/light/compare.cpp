// `medvlm compare`: paired differences between finished scenarios.
#include "compare.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "command.hpp"
#include "command_line.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/options.hpp"

namespace medvlm::launcher {
namespace {

namespace po = boost::program_options;
using analysis::Outcome;
using analysis::ScenarioFiles;

struct CompareRequest {
  std::string metric;
  double confidence = 0;  ///< 0: that of the results
};

double confidence_for(const CompareRequest& request, const Outcome& first) {
  return request.confidence == 0 ? first.confidence : request.confidence;
}

std::string only_text(const CommandLine& line, const std::string& name) {
  const auto texts = line.texts(name);
  return texts.empty() ? "" : texts.back();
}

/// Scenarios that differ in the model alone, in the order in which they are found.
std::vector<std::vector<Outcome>> groups_of(const std::vector<Outcome>& outcomes) {
  using Key = std::tuple<std::string, std::string, std::optional<std::uint64_t>>;
  std::map<Key, std::size_t> places;
  std::vector<std::vector<Outcome>> groups;
  for (const Outcome& outcome : outcomes) {
    const Key key(outcome.dataset.name, outcome.adapter.name, outcome.adapter.seed);
    const auto [place, added] = places.try_emplace(key, groups.size());
    if (added) groups.emplace_back();
    groups[place->second].push_back(outcome);
  }
  return groups;
}

/// Without --metric a table is made of headline values alone: each further one would count as a further question.
void compare_two(ManyComparisons& many, const ScenarioFiles& first, const ScenarioFiles& second,
                 const CompareRequest& request) {
  try {
    auto comparison = analysis::compare_scenarios(first, second, many.confidence, request.metric);
    if (request.metric.empty()) std::erase_if(comparison.values, [](const auto& value) { return !value.headline; });
    if (comparison.values.empty()) throw Error(ErrorCode::usage, "they have no headline value in common; name one with --metric");
    many.pairs.push_back(std::move(comparison));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::conflict && error.code() != ErrorCode::usage) throw;
    many.refused.push_back({first.outcome.name(), second.outcome.name(), error.message()});
  }
}

/// Every model against the reference, or every pair where `reference` is empty.
ManyComparisons compare_many(const std::vector<Outcome>& outcomes, const std::string& reference,
                             const CompareRequest& request) {
  ManyComparisons many;
  many.confidence = confidence_for(request, outcomes.front());
  for (const std::vector<Outcome>& group : groups_of(outcomes)) {
    std::vector<ScenarioFiles> files;
    for (const Outcome& outcome : group) {
      files.push_back(outcome.published ? ScenarioFiles{outcome, std::nullopt, {}}
                                        : analysis::read_scenario_files(outcome.folder));
    }
    const auto is_reference = [&](const Outcome& outcome) { return outcome.model.name == reference; };
    if (!reference.empty() && std::none_of(group.begin(), group.end(), is_reference)) {
      for (const Outcome& outcome : group) many.refused.push_back({outcome.name(), reference, "the reference has no such result"});
    }
    for (std::size_t a = 0; a < files.size(); ++a) {
      for (std::size_t b = 0; b < files.size(); ++b) {
        if (reference.empty() ? a >= b : !is_reference(files[b].outcome) || a == b) continue;
        compare_two(many, files[a], files[b], request);
      }
    }
  }
  return many;
}

void check_reference(const std::vector<Outcome>& outcomes, const std::string& reference) {
  std::vector<std::string> known;
  for (const Outcome& outcome : outcomes) {
    if (outcome.model.name == reference) return;
    known.push_back(outcome.model.name);
  }
  throw Error(ErrorCode::usage, "--reference " + reference + ": no scenario has a model of that name" +
                                    suggestion(reference, known));
}

int print_many(const CommandLine& line, const CompareRequest& request) {
  const std::string reference = only_text(line, "reference");
  if (!reference.empty() && line.has("all-pairs")) {
    throw Error(ErrorCode::usage, "--reference compares with one model, --all-pairs all with all; give one of them");
  }
  std::vector<std::filesystem::path> folders;
  for (const std::string& word : line.words()) folders.emplace_back(word);
  const auto outcomes = analysis::read_outcomes(folders);
  if (!reference.empty()) check_reference(outcomes, reference);
  const ManyComparisons many = compare_many(outcomes, reference, request);
  if (many.pairs.empty() && many.refused.empty()) {
    throw Error(ErrorCode::usage, "there is nothing to compare: no dataset and adapter has two models");
  }
  std::cout << (line.has("json") ? comparisons_json(many) : comparisons_text(many));
  return 0;
}

int print_pair(const CommandLine& line, const CompareRequest& request) {
  const auto words = line.words();
  const ScenarioFiles first = analysis::read_scenario_files(words[0]);
  const ScenarioFiles second = analysis::read_scenario_files(words[1]);
  const auto comparison =
      analysis::compare_scenarios(first, second, confidence_for(request, first.outcome), request.metric);
  std::cout << (line.has("json") ? comparison_json(comparison) : comparison_text(comparison));
  return 0;
}

}  // namespace

int compare_command(const Arguments& arguments) {
  using Texts = po::value_semantic;
  const auto texts = [](const char* name) -> Texts* {
    return po::value<std::vector<std::string>>()->composing()->value_name(name);
  };
  po::options_description options("options");
  options.add_options()
      ("metric", texts("NAME"), "only this metric, or this value of a metric (of a study's folder: instead of the headline values)")
      ("confidence", po::value<double>()->value_name("SHARE"), "of the intervals, e.g. 0.95; default: that of the results")
      ("reference", texts("MODEL"), "compare each model of the study with this one, dataset by dataset")
      ("all-pairs", "compare all models of the study with each other")
      ("json", "print JSON");
  CommandLine line("medvlm compare A B | medvlm compare STUDY_FOLDER --reference MODEL | --all-pairs [options]", options);
  if (!line.parse(arguments)) return 0;
  CompareRequest request{only_text(line, "metric"), line.has("confidence") ? line.number("confidence") : 0};
  if (line.has("confidence") && !(request.confidence > 0 && request.confidence < 1)) {
    throw Error(ErrorCode::usage, "--confidence must lie between 0 and 1, e.g. 0.95");
  }
  const bool many = line.has("reference") || line.has("all-pairs");
  const std::size_t words = line.words().size();
  if (many ? words == 0 : words != 2) {
    throw Error(ErrorCode::usage, "compare takes two scenarios (their folders or result.json files), or a study's folder with "
                                  "--reference MODEL or --all-pairs; found " + std::to_string(words) + " words");
  }
  return many ? print_many(line, request) : print_pair(line, request);
}

}  // namespace medvlm::launcher
