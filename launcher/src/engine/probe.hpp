// `medvlm-engine probe`: the child process of `medvlm validate`.
#pragma once

namespace medvlm::launcher {

/// Loads one plugin, creates it, runs the conformance suite of its kind, and writes a report as JSON to the descriptor
/// of --result-fd. Arguments: probe MANIFEST --result-fd N [--set option=value]... Returns 0 if a report was written,
/// whatever it says.
int probe_main(int argc, char** argv);

}  // namespace medvlm::launcher
