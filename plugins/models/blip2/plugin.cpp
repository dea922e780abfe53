#include "blip2_model.hpp"
#include "medvlm/sdk/plugin.hpp"

MEDVLM_PLUGIN(medvlm::Model, medvlm::blip2::Blip2Model)
