#include "internvl_model.hpp"
#include "medvlm/sdk/plugin.hpp"

MEDVLM_PLUGIN(medvlm::Model, medvlm::internvl::InternVlModel)
