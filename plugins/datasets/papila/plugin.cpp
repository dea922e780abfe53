#include "medvlm/sdk/plugin.hpp"

#include "papila.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::papila::Papila)
