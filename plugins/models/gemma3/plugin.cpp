#include "gemma3_model.hpp"
#include "medvlm/sdk/plugin.hpp"

MEDVLM_PLUGIN(medvlm::Model, medvlm::gemma3::Gemma3Model)
