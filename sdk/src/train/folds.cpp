#include "medvlm/sdk/train/folds.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "medvlm/base/random.hpp"

namespace medvlm::sdk::train {
namespace {

/// Samples that must stay together, and how many of each stratum they are.
struct Cluster {
  std::vector<std::size_t> members;
  std::map<std::size_t, double> strata;
};

/// What a sample is counted as: its class, or each of its known findings.
std::vector<std::size_t> strata_of(const DatasetInfo& dataset, const Sample& sample) {
  std::vector<std::size_t> strata;
  if (dataset.labels != LabelKind::multilabel) {
    if (sample.label >= 0) strata.push_back(static_cast<std::size_t>(sample.label));
    return strata;
  }
  for (std::size_t c = 0; c < sample.labels.size(); ++c) {
    if (sample.labels[c] >= 0) strata.push_back(2 * c + static_cast<std::size_t>(sample.labels[c]));
  }
  return strata;
}

std::vector<Cluster> make_clusters(const DatasetInfo& dataset, std::span<const Sample> samples) {
  std::vector<Cluster> clusters;
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::string* name = dataset.cluster_group.empty() ? nullptr : find_group(samples[i], dataset.cluster_group);
    std::size_t index = clusters.size();
    if (name && !name->empty()) index = known.emplace(*name, index).first->second;
    if (index == clusters.size()) clusters.emplace_back();
    clusters[index].members.push_back(i);
    for (const std::size_t stratum : strata_of(dataset, samples[i])) clusters[index].strata[stratum] += 1;
  }
  return clusters;
}

template <typename Item>
void shuffle(std::vector<Item>& items, Splitmix64& random) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[random.below(static_cast<std::uint32_t>(i))]);
  }
}

}  // namespace

std::vector<int> cluster_folds(const DatasetInfo& dataset, std::span<const Sample> samples, int folds, std::uint64_t seed) {
  std::vector<Cluster> clusters = make_clusters(dataset, samples);
  Splitmix64 random(derive_seed(seed, "folds"));
  shuffle(clusters, random);
  // The large ones first, while there is still room to even them out.
  std::stable_sort(clusters.begin(), clusters.end(),
                   [](const Cluster& a, const Cluster& b) { return a.members.size() > b.members.size(); });
  std::map<std::size_t, double> totals;
  for (const Cluster& cluster : clusters) {
    for (const auto& [stratum, count] : cluster.strata) totals[stratum] += count;
  }
  struct Fold {
    double size = 0;
    std::map<std::size_t, double> strata;
  };
  std::vector<Fold> filled(static_cast<std::size_t>(folds));
  std::vector<int> assigned(samples.size(), 0);
  for (const Cluster& cluster : clusters) {
    // The fold that has least of what this cluster brings; among equals the smallest, then the first.
    const auto fullness = [&](Fold& fold) {
      double sum = 0;
      for (const auto& [stratum, count] : cluster.strata) sum += count * fold.strata[stratum] / totals[stratum];
      return std::pair(sum, fold.size);
    };
    auto best = filled.begin();
    for (auto fold = filled.begin(); fold != filled.end(); ++fold) {
      if (fullness(*fold) < fullness(*best)) best = fold;
    }
    best->size += double(cluster.members.size());
    for (const auto& [stratum, count] : cluster.strata) best->strata[stratum] += count;
    for (const std::size_t member : cluster.members) assigned[member] = static_cast<int>(best - filled.begin());
  }
  return assigned;
}

std::vector<std::int64_t> epoch_order(std::int64_t n, std::uint64_t seed, std::int64_t epoch) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  Splitmix64 random(derive_seed(seed, "epoch " + std::to_string(epoch)));
  shuffle(order, random);
  return order;
}

}  // namespace medvlm::sdk::train
