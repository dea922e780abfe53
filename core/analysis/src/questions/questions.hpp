// What the questions share: which adapter a side has.
#pragma once

#include <optional>
#include <string>

#include "medvlm/analysis/score_table.hpp"

namespace medvlm::analysis {

/// The place of an adapter in the table's list; none for an empty or unknown name.
std::optional<std::size_t> place_of_adapter(const ScoreTable& table, const std::string& name);

/// `wanted`, or the table's first tuned adapter, or empty. Throws Error(config) if the table has no such adapter.
std::string tuned_adapter(const ScoreTable& table, const std::string& wanted);

/// The adapter of a side that is tuned or off the shelf; empty: nothing was evaluated like that.
inline const std::string& side_adapter(const ScoreTable& table, bool tuned, const std::string& tuned_name) {
  return tuned ? tuned_name : table.off_the_shelf();
}

}  // namespace medvlm::analysis
