// The one file of the registry that sees LibTorch and the SDK: their headers alone decide the stamp, and nothing of
// them is linked.
#include "medvlm/sdk/build_stamp.hpp"

#include "medvlm/registry/stamp.hpp"

namespace medvlm::registry {

std::string_view host_stamp() { return sdk::kBuildStamp.data(); }

}  // namespace medvlm::registry
