#include "medvlm/sdk/plugin.hpp"

#include "slake.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::slake::Slake)
