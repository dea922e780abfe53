// From the rows of Camelyon17's tables to patches, and which of them belong to a split.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "medvlm/core/data.hpp"
#include "medvlm/sdk/table/table.hpp"

namespace medvlm::camelyon17 {

/// Reads the rows of one table. Refers to it.
class PatchReader {
 public:
  /// Throws Error(data) for a column that does not exist.
  explicit PatchReader(const sdk::Table& table);

  /// Tumour (1) or not (0). These throw Error(data) with file:line.
  std::int64_t label(std::size_t row) const;
  Sample read(std::size_t row) const;

 private:
  std::int64_t integer(std::size_t row, std::size_t column) const;

  const sdk::Table& table_;
  std::size_t patient_, node_, x_, y_, tumor_;
  std::optional<std::size_t> slide_, center_;
};

/// What train and test are taken from.
enum class Parents { split_column, wilds };

/// The rows of metadata.csv that belong to a split, in the file's order. Throws Error(data) with file:line.
std::vector<std::size_t> parent_rows(const sdk::Table& metadata, Parents parents, Split split);

/// How many patches are drawn, and how.
struct Draw {
  std::size_t size = 0;
  std::uint32_t seed = 0;
};

/// The rows that `train_test_split(rows, test_size=size, stratify=tumor, random_state=seed)` of scikit-learn puts on its
/// test side, in its order: the original benchmark's way of sampling, for both of its splits. Throws Error(data) that
/// names `option` if there are not enough rows.
std::vector<std::size_t> sample_rows(const sdk::Table& metadata, const std::vector<std::size_t>& rows, const Draw& draw,
                                     const std::string& option);

}  // namespace medvlm::camelyon17
