#include "medvlm/sdk/plugin.hpp"

#include "path_vqa.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::path_vqa::PathVqa)
