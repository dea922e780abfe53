// `medvlm thumbnails`
#pragma once

namespace medvlm::launcher {

/// Writes small pictures of a study's test images, for the report. Returns the exit status; throws Error.
int thumbnails_main(int argc, char** argv);

}  // namespace medvlm::launcher
