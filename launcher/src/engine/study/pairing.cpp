#include "pairing.hpp"

#include <algorithm>
#include <functional>

#include "medvlm/base/error.hpp"
#include "selection.hpp"

namespace medvlm::launcher {
namespace {

/// Why something does not fit a dataset; nothing if it does.
using Misfit = std::optional<std::string>;

template <class Action>
Misfit complaint_of(Action action) {
  try {
    action();
    return std::nullopt;
  } catch (const Error& error) {
    return error.message();
  }
}

Misfit misfit(const Item<Adapter>& adapter, const Item<Dataset>& dataset) {
  return complaint_of([&] { adapter.object->traits(dataset.object->info()); });
}

Misfit misfit(const Item<Metric>& metric, const Item<Dataset>& dataset) {
  return complaint_of([&] { metric.object->check(dataset.object->info()); });
}

/// Whether the model can give what an adapter wants.
Misfit misfit(Model& model, AdapterInput input) {
  const bool asks = input == AdapterInput::questions;
  if (asks && !model.answerer()) return model.info().family + " answers no questions";
  if (!asks && !model.encoder()) return model.info().family + " has no encoder for images and texts";
  return std::nullopt;
}

/// True if the misfits of one entry mean that it is for other tasks than dataset `index`'s.
bool is_for_another_task(const std::vector<Item<Dataset>>& datasets, const std::vector<Misfit>& misfits, std::size_t index) {
  const Task task = datasets[index].object->info().task;
  bool elsewhere = false;
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    const bool same = datasets[i].object->info().task == task;
    if (same && !misfits[i]) return false;
    elsewhere = elsewhere || (!same && !misfits[i]);
  }
  return elsewhere;
}

void complain(const StudyEntry& entry, const std::vector<Item<Dataset>>& datasets, const std::vector<Misfit>& misfits,
              std::vector<Diagnostic>& diagnostics) {
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    if (!misfits[i] || is_for_another_task(datasets, misfits, i)) continue;
    diagnostics.push_back(
        {entry.location, entry.key, "does not fit dataset '" + datasets[i].entry.name + "': " + *misfits[i]});
  }
}

/// Complains about the entries of one kind; gives per dataset how many of them fit.
template <class Interface, class Find>
std::vector<std::size_t> check_kind(std::vector<Item<Interface>>& items, const std::vector<Item<Dataset>>& datasets,
                                    Find find, std::vector<Diagnostic>& diagnostics) {
  std::vector<std::size_t> fitting(datasets.size(), 0);
  for (auto& item : items) {
    std::vector<Misfit> misfits;
    for (std::size_t i = 0; i < datasets.size(); ++i) {
      misfits.push_back(find(item, datasets[i]));
      fitting[i] += misfits.back() ? 0 : 1;
    }
    complain(item.entry, datasets, misfits, diagnostics);
  }
  return fitting;
}

bool is_excluded(const std::vector<Exclusion>& exclusions, const StudyEntry& model, const StudyEntry& dataset,
                 const StudyEntry& adapter) {
  return std::any_of(exclusions.begin(), exclusions.end(),
                     [&](const Exclusion& rule) { return picks(rule.where, model, dataset, adapter); });
}

/// A model fits if one of the adapters that apply can use it.
Misfit misfit(const Item<Model>& model, const Item<Dataset>& dataset, const std::vector<Item<Adapter>>& adapters,
              const std::vector<Exclusion>& exclusions) {
  Misfit first;
  for (const auto& adapter : adapters) {
    if (is_excluded(exclusions, model.entry, dataset.entry, adapter.entry) || misfit(adapter, dataset)) continue;
    Misfit why = misfit(*model.object, adapter.object->traits(dataset.object->info()).input);
    if (!why) return std::nullopt;
    if (!first) first = std::move(why);
  }
  return first;
}

}  // namespace

bool fits(const Item<Model>& model, const Item<Dataset>& dataset, const Item<Adapter>& adapter) {
  return !misfit(adapter, dataset) && !misfit(*model.object, adapter.object->traits(dataset.object->info()).input);
}

std::vector<const Item<Metric>*> metrics_for(const std::vector<Item<Metric>>& metrics, const Item<Dataset>& dataset) {
  std::vector<const Item<Metric>*> fitting;
  for (const auto& metric : metrics) {
    if (!misfit(metric, dataset)) fitting.push_back(&metric);
  }
  return fitting;
}

void check_pairs(std::vector<Item<Model>>& models, std::vector<Item<Dataset>>& datasets,
                 std::vector<Item<Adapter>>& adapters, std::vector<Item<Metric>>& metrics,
                 const std::vector<Exclusion>& exclusions, std::vector<Diagnostic>& diagnostics) {
  if (!diagnostics.empty()) return;  // entries are missing, so that more complaints would mislead
  const auto with_adapter = check_kind(
      adapters, datasets,
      [&](const auto& adapter, const auto& dataset) -> Misfit {
        const auto left_out = [&](const auto& model) { return is_excluded(exclusions, model.entry, dataset.entry, adapter.entry); };
        return std::all_of(models.begin(), models.end(), left_out) ? std::nullopt : misfit(adapter, dataset);
      },
      diagnostics);
  const auto with_metric = check_kind(
      metrics, datasets, [](const auto& metric, const auto& dataset) { return misfit(metric, dataset); }, diagnostics);
  const auto with_model = check_kind(
      models, datasets,
      [&](const auto& model, const auto& dataset) { return misfit(model, dataset, adapters, exclusions); }, diagnostics);
  if (!diagnostics.empty()) return;
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    const std::string task(to_string(datasets[i].object->info().task));
    for (const auto& [count, kind] :
         {std::pair{with_model[i], "model"}, {with_adapter[i], "adapter"}, {with_metric[i], "metric"}}) {
      if (count > 0) continue;
      diagnostics.push_back({datasets[i].entry.location, datasets[i].entry.key,
                             "no " + std::string(kind) + " of the study is for its task (" + task + "); add one"});
    }
  }
}

}  // namespace medvlm::launcher
