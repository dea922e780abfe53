#include "lora.hpp"
#include "medvlm/sdk/plugin.hpp"

MEDVLM_PLUGIN(medvlm::Adapter, medvlm::lora::Lora)
