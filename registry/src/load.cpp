#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <map>
#include <mutex>
#include <new>

#include "elf.hpp"
#include "library.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/hash.hpp"
#include "medvlm/registry/registry.hpp"
#include "medvlm/registry/stamp.hpp"

namespace medvlm::registry {
namespace {

constexpr const char* kRebuild = "; rebuild the plugin against this medvlm";

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorCode::plugin, message); }

/// Compares the file with its manifest and with this program. No code of the library runs.
void check_file(const Manifest& manifest) {
  check_place(manifest);
  const std::filesystem::path library = manifest.library_file();
  const std::string name = "'" + library.string() + "'";
  const MappedFile mapped(library);
  const std::string_view bytes = mapped.bytes();
  if (const std::string defect = library_defect(bytes); !defect.empty()) {
    refuse(name + " " + defect + "; copy or build the plugin again");
  }
  if (const std::string found = sha256_hex(bytes); found != manifest.sha256) {
    refuse(name + " is not the file that its manifest describes: sha256: found " + found + ", wanted " +
           manifest.sha256 + "; copy the library and its manifest together, or build the plugin again");
  }
  if (const auto differences = compare_stamps(manifest.stamp, host_stamp()); !differences.empty()) {
    refuse("the plugin was built for another medvlm: " + to_string(differences) + kRebuild);
  }
  const std::vector<std::string> stamps = find_stamps(bytes);
  if (stamps.empty()) refuse(name + " holds no build stamp; build it with medvlm_add_plugin() and MEDVLM_PLUGIN()");
  if (std::find(stamps.begin(), stamps.end(), manifest.stamp) == stamps.end()) {
    refuse(name + " holds another build stamp than its manifest: " +
           to_string(compare_stamps(stamps.front(), manifest.stamp)) + kRebuild);
  }
}

void expect_text(const char* found, const std::string& wanted, const std::string& field) {
  if (!found) refuse("the plugin's descriptor has no " + field + kRebuild);
  if (found != wanted) {
    refuse("the library and its manifest disagree: " + field + ": found '" + found + "', wanted '" + wanted + "'" +
           kRebuild);
  }
}

const PluginDescriptor& check_descriptor(const PluginDescriptor* found, const Manifest& manifest) {
  if (!found) refuse("the plugin's entry returned no descriptor; it needs MEDVLM_PLUGIN(Interface, Class)");
  const auto expect_number = [](std::uint32_t number, std::uint32_t wanted, const char* field) {
    if (number != wanted) {
      refuse("the plugin's descriptor does not fit: " + std::string(field) + ": found " + std::to_string(number) +
             ", wanted " + std::to_string(wanted) + kRebuild);
    }
  };
  expect_number(found->size, sizeof(PluginDescriptor), "size");
  expect_number(found->abi, kPluginAbi, "abi");
  expect_text(found->stamp, manifest.stamp, "stamp");
  expect_text(found->kind, manifest.kind, "kind");
  expect_text(found->id, manifest.id, "id");
  expect_text(found->version, manifest.version, "version");
  if (!found->create || !found->destroy) {
    refuse(std::string("the plugin's descriptor lacks create or destroy") + kRebuild);
  }
  return *found;
}

/// The name of the type of the exception being handled.
std::string thrown_type() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (!type) return "an unknown type";
  int status = 0;
  char* readable = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string name = readable ? readable : type->name();
  std::free(readable);
  return name;
}

}  // namespace

const PluginDescriptor& load_plugin(const Manifest& manifest) {
  static std::mutex mutex;
  static std::map<std::string, const PluginDescriptor*> loaded;
  const std::lock_guard lock(mutex);
  const std::string key = manifest.file.string() + "\n" + manifest.sha256;
  if (const auto found = loaded.find(key); found != loaded.end()) return *found->second;
  try {
    check_file(manifest);
    const PluginDescriptor& descriptor = check_descriptor(open_library(manifest.library_file())(), manifest);
    loaded.emplace(key, &descriptor);
    return descriptor;
  } catch (Error& error) {
    error.add_context(manifest.name());
    throw;
  }
}

void* create_object(const Manifest& manifest, const Options& options) {
  const PluginDescriptor& descriptor = load_plugin(manifest);
  void* object = nullptr;
  try {
    object = descriptor.create(options);
  } catch (Error& error) {
    error.add_context(manifest.name());
    throw;
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::out_of_memory, manifest.name() + ": there is not enough memory to create it");
  } catch (const std::exception& error) {
    refuse(manifest.name() + ": its constructor threw " + thrown_type() + ", which is not a medvlm::Error: " +
           error.what());
  } catch (...) {
    refuse(manifest.name() + ": its constructor threw " + thrown_type() + ", which is not a medvlm::Error");
  }
  if (!object) refuse(manifest.name() + ": create() returned null; it must return an object or throw medvlm::Error");
  return object;
}

}  // namespace medvlm::registry
