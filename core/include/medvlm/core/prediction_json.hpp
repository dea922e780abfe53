// A prediction as JSON: the form in the journal and in predictions.jsonl.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "medvlm/core/data.hpp"

namespace medvlm {

/// Only the fields that are set. Numbers survive the way to JSON and back bit by bit.
MEDVLM_API nlohmann::json prediction_to_json(const Prediction& prediction);

/// Throws nlohmann::json::exception for another shape.
MEDVLM_API Prediction prediction_from_json(const nlohmann::json& json);

}  // namespace medvlm
