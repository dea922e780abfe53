// study.json in the output folder: the scenarios of a study, for the commands that look at folders alone.
#pragma once

#include <filesystem>
#include <vector>

#include "study_runner.hpp"

namespace medvlm::launcher {

/// Writes `<output>/study.json` unless it says the same already. The number of test samples is that of splits the runner has
/// opened, else what the file said before.
void write_study_file(const Study& study, const StudyRunner& runner, const std::vector<PlannedScenario>& scenarios);

}  // namespace medvlm::launcher
