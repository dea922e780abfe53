// The program `medvlm`: light commands are answered here, the others by lib/medvlm/medvlm-engine.
#include <array>
#include <exception>
#include <iostream>
#include <string_view>

#include "command.hpp"
#include "engine.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/base/version.hpp"

namespace medvlm::launcher {
namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(const Arguments& arguments);  ///< null: the engine does it
};

constexpr std::array kCommands = {
    Command{"run", "run a study and write its results and report", nullptr},
    Command{"plan", "check a study and show what would run", nullptr},
    Command{"build-vqa", "make questions of clinical notes through a chat endpoint", nullptr},
    Command{"submit", "give the scenarios of a study to a cluster", nullptr},
    Command{"status", "show how far a study is", status_command},
    Command{"report", "make a page, tables and figures of results", report_command},
    Command{"thumbnails", "make small pictures of test images for the report", nullptr},
    Command{"compare", "test the differences between results", compare_command},
    Command{"import", "bring published numbers in as results", import_command},
    Command{"export", "write results and predictions as CSV, JSONL or Parquet", export_command},
    Command{"verify", "check that results are what was computed", nullptr},
    Command{"list", "list the installed plugins", list_command},
    Command{"info", "show a plugin's options", info_command},
    Command{"validate", "check plugins in child processes", validate_command},
};

void print_help() {
  std::cout << "medvlm " << kVersion << ": evaluates vision-language models on medical images\n\n"
            << "usage: medvlm COMMAND [arguments]\n\ncommands:\n";
  for (const Command& command : kCommands) {
    std::cout << "  " << command.name << std::string(12 - command.name.size(), ' ') << command.summary << "\n";
  }
  std::cout << "  help        show this, or the help of a command\n\n"
            << "'medvlm COMMAND --help' explains a command. Exit statuses: docs/reference/exit-codes.md\n";
}

int dispatch(Arguments arguments) {
  if (arguments.empty()) {
    print_help();
    return exit_status(ErrorCode::usage);
  }
  if (arguments[0] == "--version" || arguments[0] == "-V") {
    std::cout << "medvlm " << kVersion << "\n";
    return 0;
  }
  if (arguments[0] == "help" || arguments[0] == "--help" || arguments[0] == "-h") {
    if (arguments.size() == 1) {
      print_help();
      return 0;
    }
    arguments = {arguments[1], "--help"};
  }
  std::vector<std::string> names;
  for (const Command& command : kCommands) {
    names.emplace_back(command.name);
    if (command.name != arguments[0]) continue;
    if (!command.run) become_engine(arguments);
    return command.run(Arguments(arguments.begin() + 1, arguments.end()));
  }
  throw Error(ErrorCode::usage, "there is no command '" + arguments[0] + "'" + suggestion(arguments[0], names));
}

}  // namespace
}  // namespace medvlm::launcher

int main(int argc, char** argv) {
  try {
    const int status = medvlm::launcher::dispatch({argv + 1, argv + argc});
    std::cout.flush();
    if (!std::cout) throw medvlm::Error(medvlm::ErrorCode::io, "cannot write to standard output");
    return status;
  } catch (const medvlm::Error& error) {
    std::cerr << "error: " << error.what() << "\n";
    return medvlm::exit_status(error.code());
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return medvlm::exit_status(medvlm::ErrorCode::internal);
  }
}
