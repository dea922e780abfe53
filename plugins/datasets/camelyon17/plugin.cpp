#include "medvlm/sdk/plugin.hpp"

#include "camelyon17.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::camelyon17::Camelyon17)
