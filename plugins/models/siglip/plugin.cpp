#include "medvlm/sdk/plugin.hpp"
#include "siglip_model.hpp"

MEDVLM_PLUGIN(medvlm::Model, medvlm::siglip::SiglipModel)
