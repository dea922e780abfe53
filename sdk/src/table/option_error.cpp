#include "medvlm/sdk/table/option_error.hpp"

namespace medvlm::sdk {

Error option_error(const Options& options, const std::string& name, const std::string& message) {
  const std::string place = to_string(options.location(name));
  return Error(ErrorCode::config, (place.empty() ? "" : place + ": ") + "option '" + name + "': " + message);
}

}  // namespace medvlm::sdk
