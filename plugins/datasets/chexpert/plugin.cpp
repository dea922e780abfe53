#include "medvlm/sdk/plugin.hpp"

#include "chexpert.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::chexpert::Chexpert)
