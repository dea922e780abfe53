#include "adapter_seeds.hpp"

#include "medvlm/base/error.hpp"

namespace medvlm::launcher {
namespace {

enum class Learning { yes, no, unknown };  ///< unknown: it fits none of the datasets, which is complained about elsewhere

Learning learning_of(const Item<Adapter>& adapter, const std::vector<Item<Dataset>>& datasets) {
  Learning found = Learning::unknown;
  for (const auto& dataset : datasets) {
    try {
      if (adapter.object->traits(dataset.object->info()).trains) return Learning::yes;
      found = Learning::no;
    } catch (const Error&) {
      continue;  // not for this dataset
    }
  }
  return found;
}

Item<Adapter> with_seed(const Item<Adapter>& item, std::uint64_t seed) {
  Item<Adapter> one{item.entry, item.manifest, item.options, registry::create_plugin<Adapter>(*item.manifest, item.options)};
  one.entry.group = item.entry.name;
  one.entry.name += "/seed-" + std::to_string(seed);
  one.entry.seed = seed;
  return one;
}

}  // namespace

void split_by_seed(std::vector<Item<Adapter>>& adapters, const std::vector<Item<Dataset>>& datasets,
                   const std::vector<std::uint64_t>& all, std::vector<Diagnostic>& diagnostics) {
  std::vector<Item<Adapter>> list;
  for (auto& adapter : adapters) {
    const Learning learning = learning_of(adapter, datasets);
    const StudyEntry& entry = adapter.entry;
    if (!entry.seeds.empty() && learning == Learning::no) {
      diagnostics.push_back(
          {entry.location, entry.key, "'" + entry.plugin + "' does not train, so several seeds give the same; drop `seeds`"});
    }
    std::vector<std::uint64_t> seeds = entry.seeds;
    if (seeds.empty() && learning == Learning::yes) seeds = all;
    for (const std::uint64_t seed : seeds) list.push_back(with_seed(adapter, seed));
    if (seeds.empty()) list.push_back(std::move(adapter));
  }
  adapters = std::move(list);
}

}  // namespace medvlm::launcher
