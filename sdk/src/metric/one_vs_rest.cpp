#include "medvlm/sdk/metric/one_vs_rest.hpp"

#include "medvlm/sdk/metric/classification.hpp"

namespace medvlm::sdk {
namespace {

void append_items(const DatasetInfo& dataset, std::span<const Scored> scored, std::size_t column,
                  std::vector<ScoredItem>& items) {
  const bool several = dataset.labels == LabelKind::multilabel;
  for (std::size_t i = 0; i < scored.size(); ++i) {
    const Sample& sample = *scored[i].sample;
    if (several && sample.labels[column] < 0) continue;
    const bool positive = several ? sample.labels[column] == 1 : static_cast<std::size_t>(sample.label) == column;
    const Prediction& prediction = *scored[i].prediction;
    const double score =
        dataset.labels == LabelKind::binary ? positive_score(prediction) : prediction.scores[column];
    items.push_back({static_cast<std::uint32_t>(i), positive, score});
  }
}

}  // namespace

std::vector<std::size_t> columns_of(const DatasetInfo& dataset) {
  if (dataset.labels == LabelKind::binary) return {1};
  std::vector<std::size_t> columns(dataset.classes.size());
  for (std::size_t column = 0; column < columns.size(); ++column) columns[column] = column;
  return columns;
}

std::vector<ScoredItem> items_of(const DatasetInfo& dataset, std::span<const Scored> scored, std::size_t column) {
  std::vector<ScoredItem> items;
  items.reserve(scored.size());
  append_items(dataset, scored, column, items);
  return items;
}

std::vector<ScoredItem> pooled_items(const DatasetInfo& dataset, std::span<const Scored> scored) {
  std::vector<ScoredItem> items;
  for (const std::size_t column : columns_of(dataset)) append_items(dataset, scored, column, items);
  return items;
}

}  // namespace medvlm::sdk
