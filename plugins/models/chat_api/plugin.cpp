#include "chat_model.hpp"
#include "medvlm/sdk/plugin.hpp"

MEDVLM_PLUGIN(medvlm::Model, medvlm::chat_api::ChatModel)
