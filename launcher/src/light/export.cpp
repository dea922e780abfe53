// `medvlm export`: becomes lib/medvlm/medvlm-export.
#include "command.hpp"
#include "engine.hpp"

namespace medvlm::launcher {

int export_command(const Arguments& arguments) { become_program("medvlm-export", arguments); }

}  // namespace medvlm::launcher
