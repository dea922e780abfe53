#include "medvlm/sdk/plugin.hpp"

#include "synthetic.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::synthetic::Synthetic)
