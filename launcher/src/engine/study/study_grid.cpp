#include "study_grid.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "medvlm/base/error.hpp"
#include "pairing.hpp"
#include "selection.hpp"
#include "study_include.hpp"

namespace medvlm::launcher {
namespace {

/// The rules that change one scenario, in their order.
using Changes = std::vector<const Override*>;

class GridMaker {
 public:
  GridMaker(Workbench& bench, std::deque<Item<Adapter>>& variants, std::vector<Diagnostic>& diagnostics)
      : bench_(bench), study_(bench.study()), variants_(variants), diagnostics_(diagnostics) {}

  std::vector<GridCell> make() {
    std::vector<GridCell> cells;
    for (auto& model : bench_.models()) {
      for (auto& dataset : bench_.datasets()) {
        for (const auto& adapter : bench_.adapters()) {
          if (!fits(model, dataset, adapter)) continue;
          const Changes changes = met(study_.overrides, model.entry, dataset.entry, adapter.entry);
          if (!met(study_.exclusions, model.entry, dataset.entry, adapter.entry).empty()) continue;
          cells.push_back(cell(model, dataset, adapter, changes));
        }
      }
    }
    for (const Exclusion& rule : study_.exclusions) check_met(rule);
    for (const Override& rule : study_.overrides) check_met(rule);
    if (cells.empty() && diagnostics_.empty()) {
      const Location file{study_.file.string(), 0, 0};
      diagnostics_.push_back({file, "exclude", "every scenario of the study is left out"});
    }
    return cells;
  }

 private:
  /// The rules that mean a scenario.
  template <class Rule>
  std::vector<const Rule*> met(const std::vector<Rule>& rules, const StudyEntry& model, const StudyEntry& dataset,
                               const StudyEntry& adapter) {
    std::vector<const Rule*> list;
    for (const Rule& rule : rules) {
      if (!picks(rule.where, model, dataset, adapter)) continue;
      list.push_back(&rule);
      met_.insert(&rule);
    }
    return list;
  }

  GridCell cell(Item<Model>& model, Item<Dataset>& dataset, const Item<Adapter>& adapter, const Changes& changes) {
    GridCell made{&model, &dataset, &adapter, metrics_for(bench_.metrics(), dataset), study_.run.batch_size};
    Changes of_adapter;
    for (const Override* rule : changes) {
      if (!rule->adapter.table()->empty()) of_adapter.push_back(rule);
      if (rule->batch_size) made.batch_size = *rule->batch_size;
      if (!rule->metrics.empty()) choose_metrics(*rule, dataset, made);
    }
    if (!of_adapter.empty()) made.adapter = variant(adapter, of_adapter, dataset);
    return made;
  }

  void choose_metrics(const Override& rule, const Item<Dataset>& dataset, GridCell& cell) {
    cell.metrics = metrics_for(bench_.metrics(), dataset);
    std::erase_if(cell.metrics, [&](const Item<Metric>* metric) { return !picks(rule.metrics, metric->entry); });
    if (!cell.metrics.empty()) return;
    complain({rule.location, rule.key + ".metrics", "none of them is for dataset '" + dataset.entry.name + "'"});
  }

  /// The adapter with changed options; the one as it was if they are refused.
  const Item<Adapter>* variant(const Item<Adapter>& adapter, const Changes& changes, const Item<Dataset>& dataset) {
    auto [found, added] = known_.try_emplace({&adapter, changes}, &adapter);
    if (added) {
      if (auto made = changed(adapter, changes)) {
        variants_.push_back(std::move(*made));
        found->second = &variants_.back();
      }
    }
    check_fit(adapter, *found->second, *changes.back(), dataset);
    return found->second;
  }

  std::optional<Item<Adapter>> changed(const Item<Adapter>& adapter, const Changes& changes) {
    Value::Table options = adapter.options.values();
    const std::size_t before = diagnostics_.size();
    for (const Override* rule : changes) {
      const Options given = checked(adapter, *rule);
      for (const auto& [name, value] : given.values()) options.insert_or_assign(name, value);
    }
    if (diagnostics_.size() > before) return std::nullopt;
    Item<Adapter> item{adapter.entry, adapter.manifest, Options(std::move(options)), {}};
    try {
      item.object = registry::create_plugin<Adapter>(*item.manifest, item.options);
    } catch (const Error& error) {
      complain({changes.back()->location, changes.back()->key + ".adapter", error.message()});
      return std::nullopt;
    }
    return item;
  }

  /// The options that a rule gives, checked; those that it does not give have no value.
  Options checked(const Item<Adapter>& adapter, const Override& rule) {
    std::vector<OptionSpec> specs = adapter.manifest->options;
    for (OptionSpec& spec : specs) {
      spec.required = false;
      spec.default_value = {};
    }
    Value given = rule.adapter;
    anchor_paths(specs, given);
    std::vector<Diagnostic> found;
    Options options = resolve_options(specs, given, study_.file.parent_path(), rule.key + ".adapter", found);
    for (Diagnostic& diagnostic : found) {
      diagnostic.message += " (adapter '" + adapter.entry.name + "' is a '" + adapter.entry.plugin + "')";
      complain(std::move(diagnostic));
    }
    return options;
  }

  void check_fit(const Item<Adapter>& before, const Item<Adapter>& after, const Override& rule, const Item<Dataset>& dataset) {
    if (&before == &after) return;
    const DatasetInfo& info = dataset.object->info();
    try {
      if (before.object->traits(info).input == after.object->traits(info).input) return;
      complain({rule.location, rule.key + ".adapter",
                "turns '" + before.entry.name + "' into something that wants other input; add an adapter instead"});
    } catch (const Error& error) {
      complain({rule.location, rule.key + ".adapter", "does not fit dataset '" + dataset.entry.name + "': " + error.message()});
    }
  }

  template <class Rule>
  void check_met(const Rule& rule) {
    if (met_.contains(&rule) || !is_about_used(rule.where)) return;
    complain({rule.location, rule.key, "no scenario of the study is meant: what it names does not go together"});
  }

  /// False if the lists in [study] left nothing of what a rule names.
  bool is_about_used(const Selection& where) {
    const auto any = [](const std::vector<std::string>& words, const auto& items) {
      return std::any_of(items.begin(), items.end(), [&](const auto& item) { return picks(words, item.entry); });
    };
    return any(where.models, bench_.models()) && any(where.datasets, bench_.datasets()) && any(where.adapters, bench_.adapters());
  }

  /// Once each: a rule may be for many scenarios.
  void complain(Diagnostic diagnostic) {
    const std::string text = to_string(diagnostic);
    const auto same = [&](const Diagnostic& each) { return to_string(each) == text; };
    if (std::none_of(diagnostics_.begin(), diagnostics_.end(), same)) diagnostics_.push_back(std::move(diagnostic));
  }

  Workbench& bench_;
  const Study& study_;
  std::deque<Item<Adapter>>& variants_;
  std::vector<Diagnostic>& diagnostics_;
  std::set<const void*> met_;  ///< the rules that mean a scenario, be it excluded
  std::map<std::pair<const Item<Adapter>*, Changes>, const Item<Adapter>*> known_;
};

}  // namespace

std::vector<GridCell> make_grid(Workbench& bench, std::deque<Item<Adapter>>& variants, std::vector<Diagnostic>& diagnostics) {
  return GridMaker(bench, variants, diagnostics).make();
}

}  // namespace medvlm::launcher
