#include "medvlm/sdk/plugin.hpp"

#include "ham10000.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::ham10000::Ham10000)
