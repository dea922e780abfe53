#include "selection.hpp"

#include <algorithm>

#include "scenario_pattern.hpp"

namespace medvlm::launcher {
namespace {

constexpr std::string_view kTag = "tag:";

}  // namespace

bool means(const std::string& word, const StudyEntry& entry) {
  if (word.starts_with(kTag)) {
    const std::string_view tag = std::string_view(word).substr(kTag.size());
    return std::any_of(entry.facts.tags.begin(), entry.facts.tags.end(),
                       [&](const std::string& each) { return matches_glob(tag, each); });
  }
  return matches_glob(word, entry.name) || (!entry.group.empty() && matches_glob(word, entry.group));
}

bool picks(const std::vector<std::string>& words, const StudyEntry& entry) {
  return words.empty() || std::any_of(words.begin(), words.end(), [&](const auto& word) { return means(word, entry); });
}

bool picks(const Selection& where, const StudyEntry& model, const StudyEntry& dataset, const StudyEntry& adapter) {
  return picks(where.models, model) && picks(where.datasets, dataset) && picks(where.adapters, adapter);
}

std::string unknown_word(const std::string& word, const std::string& kind, const std::vector<StudyEntry>& entries) {
  if (std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return means(word, entry); })) return "";
  const std::string one = kind.substr(0, kind.size() - 1);
  const bool tag = word.starts_with(kTag);
  std::vector<std::string> known;
  for (const StudyEntry& entry : entries) {
    if (!tag) known.push_back(entry.name);
    if (tag) known.insert(known.end(), entry.facts.tags.begin(), entry.facts.tags.end());
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  const std::string name = tag ? word.substr(kTag.size()) : word;
  return "no " + one + (tag ? " has the tag '" : word.find('*') != word.npos ? " has a name like '" : " is named '") + name + "'" +
         suggestion(name, known);
}

}  // namespace medvlm::launcher
