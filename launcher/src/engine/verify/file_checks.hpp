// Whether the files of a finished scenario are those that were written: checksums, and what the manifest names.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace medvlm::launcher {

enum class Verdict { ok, changed, could_not };

/// "ok", "changed" or "could not check"
std::string_view verdict_name(Verdict verdict);

/// One check of one scenario.
struct Check {
  std::string name;  ///< "plugins", "numbers"
  Verdict verdict = Verdict::ok;
  std::string note;  ///< what is wrong, or why it could not be checked
};

/// The scenario's SHA256SUMS names every file that it should, and every one is as it says.
Check check_sums(const std::filesystem::path& folder);

/// Every line of `journal` has its checksum, and the last one its end.
Check check_journal(const std::string& name, const std::filesystem::path& journal);

/// The plugin libraries that the manifest names.
Check check_plugins(const nlohmann::ordered_json& manifest);

/// The checkpoint files that the manifest names, read again to the last byte.
Check check_checkpoint(const nlohmann::ordered_json& manifest);

}  // namespace medvlm::launcher
