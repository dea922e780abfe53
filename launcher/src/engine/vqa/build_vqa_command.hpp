// `medvlm build-vqa`.
#pragma once

namespace medvlm::launcher {

/// Makes questions of clinical notes. Returns the exit status; throws Error. argv[0] is the command's name.
int build_vqa_main(int argc, char** argv);

}  // namespace medvlm::launcher
