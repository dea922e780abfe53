// `medvlm submit`
#pragma once

namespace medvlm::launcher {

/// Cuts what is missing of a study into tasks and hands them to Slurm, runs them here, or writes their scripts. Returns the
/// exit status; throws Error. argv[0] is the command's name.
int submit_main(int argc, char** argv);

}  // namespace medvlm::launcher
