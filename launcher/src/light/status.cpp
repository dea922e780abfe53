// `medvlm status`: how far a study is, from its folders and the queue, without loading anything else.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "cluster/overview.hpp"
#include "cluster/study_record.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::launcher {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;
using cluster::Overview;
using cluster::ScenarioStatus;
using cluster::State;
using Json = nlohmann::ordered_json;

constexpr int kUnfinished = 21;
constexpr int kFailed = 22;

std::map<State, std::size_t> count_states(const Overview& overview) {
  std::map<State, std::size_t> counts;
  for (const ScenarioStatus& scenario : overview.scenarios) ++counts[scenario.state];
  return counts;
}

std::string predictions_text(const ScenarioStatus& scenario) {
  return std::to_string(scenario.predictions) + "/" + (scenario.samples ? std::to_string(*scenario.samples) : "?");
}

/// The first line, cut to what a terminal shows.
std::string short_note(const std::string& note) {
  const std::string line = note.substr(0, note.find('\n'));
  return line.size() > 120 ? line.substr(0, 117) + "..." : line;
}

std::string table_of(const Overview& overview) {
  std::size_t widest = 8, predictions = 11;
  for (const ScenarioStatus& each : overview.scenarios) {
    widest = std::max(widest, each.name.size());
    predictions = std::max(predictions, predictions_text(each).size());
  }
  const auto line = [&](const std::string& name, const std::string& state, const std::string& count,
                        const std::string& failed, const std::string& note) {
    const auto padded = [](const std::string& text, std::size_t width) {
      return text + std::string(width - std::min(width, text.size()), ' ');
    };
    return padded(name, widest + 2) + padded(state, 9) + padded(count, predictions + 2) + padded(failed, 8) + note +
           "\n";
  };
  std::string text = line("scenario", "state", "predictions", "failed", "");
  for (const ScenarioStatus& each : overview.scenarios) {
    text += line(each.name, std::string(state_name(each.state)), predictions_text(each), std::to_string(each.errored),
                 short_note(each.note));
    const bool tells = each.state == State::failed && !each.log.empty();
    if (tells) text += "  log: " + each.log.string() + "\n";
  }
  return text;
}

std::string totals_of(const Overview& overview) {
  std::string text = std::to_string(overview.scenarios.size()) + " scenarios:";
  std::size_t known = 0, predicted = 0;
  for (const auto& [state, count] : count_states(overview)) {
    text += (text.back() == ':' ? " " : ", ") + std::to_string(count) + " " + std::string(state_name(state));
  }
  for (const ScenarioStatus& each : overview.scenarios) {
    known += each.samples.value_or(0);
    predicted += each.predictions;
  }
  return text + "; " + std::to_string(predicted) + " of " + std::to_string(known) + " known samples predicted\n" +
         (overview.queue_note.empty() ? "" : "the queue is not known: " + overview.queue_note + "\n");
}

Json json_of(const Overview& overview) {
  Json list = Json::array();
  for (const ScenarioStatus& each : overview.scenarios) {
    list.push_back({{"name", each.name},
                    {"state", state_name(each.state)},
                    {"samples", each.samples ? Json(*each.samples) : Json()},
                    {"predictions", each.predictions},
                    {"errored", each.errored}});
    if (!each.note.empty()) list.back()["note"] = each.note;
    if (!each.log.empty()) list.back()["log"] = each.log.string();
  }
  Json totals = Json::object();
  const auto counts = count_states(overview);
  for (std::size_t i = 0; i < cluster::kStateNames.size(); ++i) {
    const auto found = counts.find(static_cast<State>(i));
    totals[std::string(cluster::kStateNames[i])] = found == counts.end() ? 0 : found->second;
  }
  Json document = {
      {"study", overview.study}, {"output", overview.output.string()}, {"totals", totals}, {"scenarios", list}};
  if (!overview.queue_note.empty()) document["queue_note"] = overview.queue_note;
  return document;
}

int status_of(const Overview& overview) {
  const auto counts = count_states(overview);
  if (counts.contains(State::failed)) return kFailed;
  const auto done = counts.find(State::done);
  return done != counts.end() && done->second == overview.scenarios.size() ? 0 : kUnfinished;
}

bool is_moving(const Overview& overview) {
  const auto counts = count_states(overview);
  return counts.contains(State::running) || counts.contains(State::queued);
}

void print(const Overview& overview, bool as_json) {
  if (as_json) {
    std::cout << json_of(overview).dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  } else {
    std::cout << table_of(overview) << "\n" << totals_of(overview);
  }
  std::cout.flush();
}

}  // namespace

int status_command(const Arguments& arguments) {
  po::options_description options("options");
  options.add_options()
      ("watch", po::value<double>()->value_name("SECONDS"), "look again every so many seconds, until nothing runs or waits any more")
      ("json", "print JSON");
  CommandLine line("medvlm status STUDY.toml|FOLDER [options]", options);
  if (!line.parse(arguments)) return 0;
  const auto words = line.words();
  if (words.size() != 1) {
    throw Error(ErrorCode::usage, "give one study or its result folder: medvlm status STUDY.toml|FOLDER");
  }
  const double seconds = line.has("watch") ? line.number("watch") : 0;
  if (line.has("watch") && !(seconds >= 0.1 && seconds <= 86400)) {
    throw Error(ErrorCode::usage, "--watch needs seconds from 0.1 to 86400");
  }
  const fs::path given = words[0];
  if (!fs::exists(given)) throw Error(ErrorCode::usage, "there is no file or folder '" + given.string() + "'");
  const fs::path output = fs::is_directory(given) ? given : cluster::output_of_study(given);

  Overview overview = cluster::look_over(output);
  const bool redraw = line.has("watch") && ::isatty(STDOUT_FILENO) == 1 && !line.has("json");
  while (line.has("watch") && is_moving(overview)) {
    if (redraw) std::cout << "\033[H\033[2J";
    print(overview, line.has("json"));
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    overview = cluster::look_over(output);
  }
  if (redraw) std::cout << "\033[H\033[2J";
  print(overview, line.has("json"));
  return status_of(overview);
}

}  // namespace medvlm::launcher
