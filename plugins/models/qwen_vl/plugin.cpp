#include "medvlm/sdk/plugin.hpp"
#include "qwen_vl_model.hpp"

MEDVLM_PLUGIN(medvlm::Model, medvlm::qwen_vl::QwenVlModel)
