#include "medvlm/sdk/plugin.hpp"

#include "medmnist.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::medmnist::MedMnist)
