#include "medvlm/sdk/plugin.hpp"

#include "table_dataset.hpp"

MEDVLM_PLUGIN(medvlm::Dataset, medvlm::table_dataset::TableDataset)
