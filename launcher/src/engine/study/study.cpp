#include "study.hpp"

#include "medvlm/base/error.hpp"
#include "study_include.hpp"
#include "study_reader.hpp"

namespace medvlm::launcher {

Study read_study(const std::filesystem::path& file, const std::vector<std::string>& changes,
                 std::vector<Diagnostic>& diagnostics) {
  Study study;
  study.file = std::filesystem::absolute(file).lexically_normal();
  Value root = read_with_includes(file, diagnostics);
  for (const std::string& change : changes) apply_setting(root, change);
  read_sections(root, study, diagnostics);
  return study;
}

void refuse(const std::vector<Diagnostic>& diagnostics) {
  if (diagnostics.empty()) return;
  std::string message;
  if (diagnostics.size() > 1) message = std::to_string(diagnostics.size()) + " errors in the study";
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!message.empty()) message += '\n';
    message += to_string(diagnostic);
  }
  throw Error(ErrorCode::config, message);
}

}  // namespace medvlm::launcher
