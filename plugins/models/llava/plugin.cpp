#include "llava_model.hpp"
#include "medvlm/sdk/plugin.hpp"

MEDVLM_PLUGIN(medvlm::Model, medvlm::llava::LlavaModel)
