#include "medvlm/sdk/plugin.hpp"

#include "vqa_rad.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::vqa_rad::VqaRad)
