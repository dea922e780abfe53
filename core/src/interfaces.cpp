// Key functions of the interfaces: their type information lives in this library alone.
#include <algorithm>

#include "medvlm/core/adapter.hpp"
#include "medvlm/core/dataset.hpp"
#include "medvlm/core/metric.hpp"
#include "medvlm/core/model.hpp"

namespace medvlm {

bool has_split(const Dataset& dataset, Split split) {
  const std::vector<Split> splits = dataset.splits();
  return std::find(splits.begin(), splits.end(), split) != splits.end();
}

Dataset::~Dataset() = default;
LayerUpdate::~LayerUpdate() = default;
AdaptableLayer::~AdaptableLayer() = default;
Adaptable::~Adaptable() = default;
ImageTextEncoder::~ImageTextEncoder() = default;
Answerer::~Answerer() = default;
TrainableAnswerer::~TrainableAnswerer() = default;
Model::~Model() = default;
AdapterContext::~AdapterContext() = default;
Adapter::~Adapter() = default;
ImageStream::~ImageStream() = default;
std::string Adapter::training_report() const { return "{}"; }
std::int64_t Adapter::trainable_parameters(Model&, const DatasetInfo&) const { return -1; }
double Adapter::training_passes(const DatasetInfo&) const { return -1; }
PreparedMetric::~PreparedMetric() = default;
std::optional<AnalyticInterval> PreparedMetric::analytic(std::size_t, double) const { return std::nullopt; }
std::vector<double> PreparedMetric::sample_values() const { return {}; }
std::string PreparedMetric::report() const { return {}; }
Metric::~Metric() = default;

}  // namespace medvlm
