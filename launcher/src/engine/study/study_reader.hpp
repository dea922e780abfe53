// From a study's TOML table to a Study.
#pragma once

#include "study.hpp"

namespace medvlm::launcher {

/// Reads the sections, entries and rules of `root` into `study`, whose `file` is set. Appends every complaint to
/// `diagnostics`.
void read_sections(const Value& root, Study& study, std::vector<Diagnostic>& diagnostics);

/// Reads one list of entries: [[models]], [[datasets]], [[adapters]] or [[metrics]].
std::vector<StudyEntry> read_entries(const Value& root, const std::string& kind, const std::filesystem::path& study_file,
                                     std::vector<Diagnostic>& diagnostics);

/// Seeds as written: different whole numbers from 0 on. A complaint names `key`.
std::vector<std::uint64_t> read_seeds(const Value& value, const std::string& key, std::vector<Diagnostic>& diagnostics);

/// Whether a name can be a folder.
bool is_safe_name(const std::string& name);

}  // namespace medvlm::launcher
