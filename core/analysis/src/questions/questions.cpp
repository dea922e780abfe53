#include "questions.hpp"

#include <vector>

#include "medvlm/base/error.hpp"
#include "medvlm/base/options.hpp"

namespace medvlm::analysis {

std::optional<std::size_t> place_of_adapter(const ScoreTable& table, const std::string& name) {
  for (std::size_t place = 0; place < table.adapters().size(); ++place) {
    if (table.adapters()[place].name == name) return place;
  }
  return std::nullopt;
}

std::string tuned_adapter(const ScoreTable& table, const std::string& wanted) {
  if (wanted.empty()) return table.tuned().empty() ? "" : table.tuned().front();
  if (place_of_adapter(table, wanted)) return wanted;
  std::vector<std::string> known;
  for (const AdapterFacts& adapter : table.adapters()) known.push_back(adapter.name);
  throw Error(ErrorCode::config, "no result of the task '" + table.task() + "' has the adapter '" + wanted + "'" +
                                     suggestion(wanted, known));
}

}  // namespace medvlm::analysis
