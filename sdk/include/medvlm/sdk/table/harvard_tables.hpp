// The tables that the Harvard Ophthalmology AI Lab ships with its glaucoma datasets (Harvard-GF, FairVLMed), and the
// splits made of them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/core/data.hpp"
#include "medvlm/sdk/table/table.hpp"

namespace medvlm::sdk {

/// What to look for.
struct HarvardSource {
  std::string name;                         ///< of the dataset, for messages
  std::filesystem::path root;
  std::vector<std::string> folders;         ///< names below root that the dataset's folder may have
  bool official = false;                    ///< the release's own split; otherwise the original benchmark's
};

/// Lists the samples of such a dataset: binary, 1 = glaucoma.
///
/// The official split is the column `use` of data_summary.csv. The benchmark's is split/train.csv and split/test.csv
/// where they are present (columns path, glaucoma); otherwise it is made from data_summary.csv as it was made for them:
/// balanced_test_split() of filenames by gender with seed 0.
///
/// Samples have the path "Training/data_0001.npz" as id and image, and the groups patient (the number in the file's
/// name), sex, age (decades), race, ethnicity, language, marital_status, as far as the table has them.
class MEDVLM_API HarvardTables {
 public:
  /// Finds the tables and reads their headers. Throws Error(data) that lists what was looked for.
  explicit HarvardTables(HarvardSource source);

  std::vector<Split> splits() const;

  /// Throws Error(data) with file:line for a bad row, and for a split that there is not.
  std::vector<Sample> samples(Split split) const;

  /// The first of these files ("Training/...") that exists below the dataset's folder or its data/. Throws Error(data)
  /// that lists where it was looked for. Thread safe.
  std::filesystem::path find_file(std::span<const std::string> paths) const;

 private:
  bool find_split_files();
  bool find_summary();
  std::filesystem::path split_file(Split split) const;
  std::vector<Sample> from_summary(Split split) const;

  HarvardSource source_;
  std::filesystem::path folder_;      ///< holds the tables and images
  bool has_split_files_ = false;      ///< the benchmark's; otherwise summary_ is used
  std::filesystem::path summary_;
};

/// The glaucoma label in a cell: yes is 1, no is 0, in any case. Throws Error(data) with file:line.
MEDVLM_API std::int64_t glaucoma_label(const Table& table, std::size_t row, std::size_t column);

}  // namespace medvlm::sdk
