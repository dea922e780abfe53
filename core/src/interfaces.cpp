// Key functions of the interfaces: their type information lives in this library alone.
#include "medvlm/core/adapter.hpp"
#include "medvlm/core/dataset.hpp"
#include "medvlm/core/metric.hpp"
#include "medvlm/core/model.hpp"

namespace medvlm {

Dataset::~Dataset() = default;
LayerUpdate::~LayerUpdate() = default;
AdaptableLayer::~AdaptableLayer() = default;
Adaptable::~Adaptable() = default;
ImageTextEncoder::~ImageTextEncoder() = default;
Answerer::~Answerer() = default;
Model::~Model() = default;
AdapterContext::~AdapterContext() = default;
Adapter::~Adapter() = default;
PreparedMetric::~PreparedMetric() = default;
Metric::~Metric() = default;

}  // namespace medvlm
