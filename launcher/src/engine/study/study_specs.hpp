// The keys of a study's sections, with types, defaults and ranges.
#pragma once

#include <vector>

#include "medvlm/base/options.hpp"

namespace medvlm::launcher {

OptionSpec option(std::string name, OptionType type, Value fallback, std::string help);

std::vector<OptionSpec> study_specs();
std::vector<OptionSpec> run_specs();
std::vector<OptionSpec> bootstrap_specs();
std::vector<OptionSpec> scoring_specs();
std::vector<OptionSpec> plugins_specs();
/// The study's own keys among those of an entry of `kind` ("models", ...): what it says of it.
std::vector<OptionSpec> fact_specs(const std::string& kind);
std::vector<OptionSpec> exclude_specs();
std::vector<OptionSpec> override_specs();

}  // namespace medvlm::launcher
