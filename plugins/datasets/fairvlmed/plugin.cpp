#include "medvlm/sdk/plugin.hpp"

#include "fairvlmed.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::fairvlmed::FairVlMed)
