// Picking entries of a study by name, pattern or tag.
#pragma once

#include <string>
#include <vector>

#include "study.hpp"

namespace medvlm::launcher {

/// Whether a word of a list means the entry: its name (of an adapter with seeds: with or without the seed), a pattern with
/// `*`, or "tag:..." with a pattern for one of its tags.
bool means(const std::string& word, const StudyEntry& entry);
/// Whether one of the words means the entry. Without words every entry is meant.
bool picks(const std::vector<std::string>& words, const StudyEntry& entry);
bool picks(const Selection& where, const StudyEntry& model, const StudyEntry& dataset, const StudyEntry& adapter);

/// What is wrong with a word that means none of the entries ("no model is named 'CLP'; did you mean 'CLIP'?"), or nothing.
/// `kind` is "models", ...
std::string unknown_word(const std::string& word, const std::string& kind, const std::vector<StudyEntry>& entries);

}  // namespace medvlm::launcher
