#include <algorithm>
#include <map>
#include <set>

#include <ATen/ATen.h>

#include "checks.hpp"
#include "medvlm/sdk/train/folds.hpp"

using namespace medvlm;
using namespace medvlm::sdk::train;

namespace {

DatasetInfo patients() {
  DatasetInfo info;
  info.labels = LabelKind::binary;
  info.classes = {{"no", "", ""}, {"yes", "", ""}};
  info.cluster_group = "patient";
  return info;
}

/// Every patient has one to four images; one in five is ill.
std::vector<Sample> images(int count) {
  std::vector<Sample> samples;
  for (int patient = 0; int(samples.size()) < count; ++patient) {
    for (int i = 0; i <= patient % 4; ++i) {
      Sample sample;
      sample.id = std::to_string(samples.size());
      sample.label = patient % 5 == 0;
      sample.groups = {{"patient", std::to_string(patient)}};
      samples.push_back(sample);
    }
  }
  return samples;
}

}  // namespace

TEST_CASE("no patient is in two folds, and every fold has its share of both classes") {
  const auto samples = images(400);
  const auto folds = cluster_folds(patients(), samples, 5, 1);
  std::map<std::string, std::set<int>> of_patient;
  std::map<int, int> ill, all;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    of_patient[samples[i].groups[0].second].insert(folds[i]);
    all[folds[i]] += 1;
    ill[folds[i]] += int(samples[i].label);
  }
  for (const auto& [patient, in] : of_patient) CHECK(in.size() == 1);
  REQUIRE(all.size() == 5);
  const auto total = std::count_if(samples.begin(), samples.end(), [](const Sample& sample) { return sample.label == 1; });
  for (int fold = 0; fold < 5; ++fold) {
    CHECK(std::abs(all[fold] - int(samples.size()) / 5) <= 4);
    CHECK(std::abs(ill[fold] - int(total) / 5) <= 4);
  }
}

TEST_CASE("folds depend on the seed, and on nothing that is not said") {
  const auto samples = images(100);
  CHECK(cluster_folds(patients(), samples, 4, 1) == cluster_folds(patients(), samples, 4, 1));
  CHECK(cluster_folds(patients(), samples, 4, 1) != cluster_folds(patients(), samples, 4, 2));
}

TEST_CASE("without clusters every sample is alone") {
  DatasetInfo info = patients();
  info.cluster_group = "";
  const auto samples = images(100);
  const auto folds = cluster_folds(info, samples, 2, 1);
  const auto first = std::count(folds.begin(), folds.end(), 0);
  CHECK(std::abs(2 * first - std::int64_t(samples.size())) <= 1);
}

TEST_CASE("an epoch's order is a permutation that the next epoch does not repeat") {
  auto first = epoch_order(50, 3, 0);
  CHECK(first == epoch_order(50, 3, 0));
  CHECK(first != epoch_order(50, 3, 1));
  CHECK(first != epoch_order(50, 4, 0));
  std::sort(first.begin(), first.end());
  for (std::int64_t i = 0; i < 50; ++i) CHECK(first[std::size_t(i)] == i);
}
