#include "seed_spread.hpp"

#include <limits>

#include "numbers.hpp"

namespace medvlm::launcher {
namespace {

std::string fixed_or_dash(double number) { return std::isnan(number) ? "-" : fixed(number); }

SeedSpread& find_or_add(std::vector<SeedSpread>& spreads, const TableRow& row, const std::string& metric) {
  for (SeedSpread& spread : spreads) {
    if (spread.model == row.model && spread.dataset == row.dataset && spread.adapter == row.group && spread.metric == metric) {
      return spread;
    }
  }
  spreads.push_back({row.model, row.dataset, row.group, metric, {}, {}});
  return spreads.back();
}

void summarise(SeedSpread& spread) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  spread.mean = spread.std = spread.low = spread.high = nan;
  const auto count = static_cast<double>(spread.values.size());
  if (spread.values.empty()) return;
  double sum = 0, squares = 0;
  for (const double value : spread.values) sum += value;
  spread.mean = sum / count;
  for (const double value : spread.values) squares += (value - spread.mean) * (value - spread.mean);
  if (spread.values.size() > 1) spread.std = std::sqrt(squares / (count - 1));
  spread.low = *std::min_element(spread.values.begin(), spread.values.end());
  spread.high = *std::max_element(spread.values.begin(), spread.values.end());
}

}  // namespace

std::vector<SeedSpread> seed_spreads(const std::vector<TableRow>& rows) {
  std::vector<SeedSpread> spreads;
  for (const TableRow& row : rows) {
    if (row.group.empty()) continue;
    for (const ResultValue& value : row.result.values) {
      if (!value.headline) continue;
      SeedSpread& spread = find_or_add(spreads, row, value.metric);
      spread.seeds.push_back(row.seed);
      if (!std::isnan(value.interval.value)) spread.values.push_back(value.interval.value);
    }
  }
  for (SeedSpread& spread : spreads) summarise(spread);
  return spreads;
}

std::string seed_table(const std::vector<SeedSpread>& spreads) {
  if (spreads.empty()) return "";
  std::vector<std::vector<std::string>> lines{{"model", "dataset", "adapter", "metric", "seeds", "mean", "std", "lowest", "highest"}};
  for (const SeedSpread& spread : spreads) {
    lines.push_back({spread.model, spread.dataset, spread.adapter, spread.metric, std::to_string(spread.seeds.size()),
                     fixed_or_dash(spread.mean), fixed_or_dash(spread.std), fixed_or_dash(spread.low), fixed_or_dash(spread.high)});
  }
  return aligned(lines);
}

std::string seed_json(const std::vector<SeedSpread>& spreads) {
  using json = nlohmann::ordered_json;
  json list = json::array();
  for (const SeedSpread& spread : spreads) {
    list.push_back({{"model", spread.model},
                    {"dataset", spread.dataset},
                    {"adapter", spread.adapter},
                    {"metric", spread.metric},
                    {"seeds", spread.seeds},
                    {"values", spread.values},
                    {"mean", number_or_null(spread.mean)},
                    {"std", number_or_null(spread.std)},
                    {"lowest", number_or_null(spread.low)},
                    {"highest", number_or_null(spread.high)}});
  }
  return list.dump(2) + "\n";
}

}  // namespace medvlm::launcher
