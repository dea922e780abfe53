#include "medvlm/sdk/plugin.hpp"

#include "harvard_gf.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::harvard_gf::HarvardGf)
