// [[exclude]] and [[overrides]], and the lists in [study] that pick entries.
#pragma once

#include "study.hpp"

namespace medvlm::launcher {

/// Reads the rules of `root` into `study`, whose entries are all there. Appends every complaint to `diagnostics`.
void read_rules(const Value& root, Study& study, std::vector<Diagnostic>& diagnostics);

/// Drops the entries of one kind that the list `words` does not mean. A word that means nothing is a complaint.
void keep_picked(const Value& words, const std::string& kind, std::vector<StudyEntry>& entries,
                 std::vector<Diagnostic>& diagnostics);

}  // namespace medvlm::launcher
