// The options of the table dataset, checked against each other.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/core/data.hpp"
#include "medvlm/sdk/table/option_error.hpp"

namespace medvlm::table_dataset {

/// Which columns hold what.
struct ColumnNames {
  std::string image;
  std::optional<std::string> id, label, split, answer_type, cluster;
  std::vector<std::string> labels, groups;  ///< groups include the cluster
  std::string question, answer;
};

/// Where the rows come from.
struct Sources {
  std::filesystem::path file;                       ///< one file for all splits, or empty
  std::map<Split, std::filesystem::path> per_split; ///< or one file each
  std::filesystem::path image_root;                 ///< empty: the folder of the file
};

/// What the values of the split column mean; a value without a split is left out.
using SplitValues = std::map<std::string, std::optional<Split>>;

/// These three throw Error(config) for options that do not fit together.
ColumnNames read_column_names(const Options& options);
Sources read_sources(const Options& options);
SplitValues read_split_values(const Options& options);

}  // namespace medvlm::table_dataset
