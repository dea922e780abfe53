// The program `medvlm-engine`: the commands that need LibTorch. Started by `medvlm`.
#include <array>
#include <exception>
#include <iostream>
#include <string_view>

#include "build_vqa_command.hpp"
#include "medvlm/base/error.hpp"
#include "probe.hpp"
#include "study_command.hpp"
#include "submit_command.hpp"
#include "thumbnails_command.hpp"
#include "verify_command.hpp"

namespace {

struct Command {
  std::string_view name;
  int (*run)(int argc, char** argv);  ///< argv[0] is the command's name
};

constexpr std::array kCommands = {
    Command{"run", medvlm::launcher::run_main},
    Command{"plan", medvlm::launcher::plan_main},
    Command{"thumbnails", medvlm::launcher::thumbnails_main},
    Command{"submit", medvlm::launcher::submit_main},
    Command{"verify", medvlm::launcher::verify_main},
    Command{"build-vqa", medvlm::launcher::build_vqa_main},
    Command{"probe", medvlm::launcher::probe_main},
};

int dispatch(int argc, char** argv) {
  for (const Command& command : kCommands) {
    if (argc > 1 && command.name == argv[1]) return command.run(argc - 1, argv + 1);
  }
  throw medvlm::Error(medvlm::ErrorCode::usage, "this program is started by 'medvlm'; use that");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return dispatch(argc, argv);
  } catch (const medvlm::Error& error) {
    std::cerr << "error: " << error.what() << "\n";
    return medvlm::exit_status(error.code());
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return medvlm::exit_status(medvlm::ErrorCode::internal);
  }
}
