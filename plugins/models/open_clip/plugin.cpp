#include "medvlm/sdk/plugin.hpp"
#include "open_clip_model.hpp"

MEDVLM_PLUGIN(medvlm::Model, medvlm::open_clip::OpenClipModel)
