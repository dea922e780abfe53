#include "scenario_error.hpp"

#include <nlohmann/json.hpp>

#include "clock.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::launcher {

void leave_scenario_error(const std::filesystem::path& folder, const Error& error) {
  const nlohmann::ordered_json document = {
      {"code", error_code_name(error.code())}, {"message", error.what()}, {"written", utc_now()}};
  try {
    make_folder(folder);
    write_file_atomically(folder / "error.json",
                          document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  } catch (const Error&) {
    // The failure itself is what the user must see.
  }
}

void forget_scenario_error(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::remove(folder / "error.json", ignored);
}

}  // namespace medvlm::launcher
