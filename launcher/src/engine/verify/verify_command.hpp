// `medvlm verify`
#pragma once

namespace medvlm::launcher {

/// Exit status where a file is not what was written, and where something could not be checked.
inline constexpr int kExitChanged = 23;
inline constexpr int kExitUnchecked = 24;

/// Checks finished scenarios: files, what their manifests name, and every number anew. Returns the exit status; throws Error.
int verify_main(int argc, char** argv);

}  // namespace medvlm::launcher
