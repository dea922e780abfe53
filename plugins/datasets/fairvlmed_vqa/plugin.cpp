#include "medvlm/sdk/plugin.hpp"

#include "fairvlmed_vqa.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::fairvlmed_vqa::FairVlMedVqa)
