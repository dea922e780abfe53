#include "medvlm/sdk/plugin.hpp"
#include "vila_model.hpp"

MEDVLM_PLUGIN(medvlm::Model, medvlm::vila::VilaModel)
