#include "linear_probe.hpp"
#include "medvlm/sdk/plugin.hpp"

MEDVLM_PLUGIN(medvlm::Adapter, medvlm::linear_probe::LinearProbe)
