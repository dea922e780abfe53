#include "medvlm/sdk/plugin.hpp"

#include "image_folder.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::image_folder::ImageFolder)
