#include "library.hpp"

#include <deque>

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#include "medvlm/base/error.hpp"

namespace medvlm::registry {
namespace {

/// Libraries are never unloaded: objects, type information, thread-local destructors, atexit handlers and errors on
/// their way up may all still point into one, and LibTorch does not survive being unloaded. So the container itself is
/// leaked too, lest its destructor close the libraries when the process ends.
std::deque<boost::dll::shared_library>& loaded_libraries() {
  static auto* libraries = new std::deque<boost::dll::shared_library>;
  return *libraries;
}

/// The loader's own words, without Boost's frame around them.
std::string loader_text(const std::exception& error) {
  std::string text = error.what();
  const std::string start = "dlerror system message: ";
  if (const auto at = text.find(start); at != std::string::npos) text = text.substr(at + start.size());
  // Boost closes with "): <category text>".
  if (const auto end = text.rfind("): "); end != std::string::npos) text.resize(end);
  return text;
}

std::string cure(const std::string& text) {
  if (text.find("cannot open shared object file") != std::string::npos) {
    return "install the missing library, or put its folder into LD_LIBRARY_PATH";
  }
  if (text.find("undefined symbol") != std::string::npos) {
    return "the plugin uses a function that neither medvlm nor its own libraries have: link the library that has it "
           "(LIBRARIES of medvlm_add_plugin), or rebuild the plugin against this medvlm";
  }
  return "the file is damaged or not a library for this machine; copy or build it again";
}

}  // namespace

PluginQuery open_library(const std::filesystem::path& file) {
  const std::string name = "the library '" + file.string() + "'";
  boost::dll::shared_library library;
  try {
    // Now: a missing symbol is refused here and not in the middle of a run. Local: plugins do not see each other.
    library.load(file, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  } catch (const std::exception& error) {
    const std::string text = loader_text(error);
    throw Error(ErrorCode::plugin, name + " cannot be loaded: " + text + "; " + cure(text));
  }
  loaded_libraries().push_back(library);
  if (!library.has(kPluginQueryName)) {
    throw Error(ErrorCode::plugin, name + " has no entry '" + std::string(kPluginQueryName) +
                                       "'; it needs one line MEDVLM_PLUGIN(Interface, Class)");
  }
  // The alias of the function type, since the entry is a function and not a variable that points to one.
  return &library.get<std::remove_pointer_t<PluginQuery>>(kPluginQueryName);
}

}  // namespace medvlm::registry
