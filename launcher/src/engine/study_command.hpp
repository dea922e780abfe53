// `medvlm run` and `medvlm plan`.
#pragma once

namespace medvlm::launcher {

/// Runs or continues a study. Returns the exit status; throws Error. argv[0] is the command's name.
int run_main(int argc, char** argv);

/// Checks a study and shows what would run and what is done.
int plan_main(int argc, char** argv);

}  // namespace medvlm::launcher
