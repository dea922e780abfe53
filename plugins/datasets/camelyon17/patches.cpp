#include "patches.hpp"

#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/table/sklearn_split.hpp"

namespace medvlm::camelyon17 {
namespace {

std::int64_t integer_in(const sdk::Table& table, std::size_t row, std::size_t column) {
  const std::string_view cell = table.cell(row, column);
  const auto value = sdk::to_integer(cell);
  if (value && *value >= 0) return *value;
  throw table.error(row, table.columns()[column] + " is '" + std::string(cell) + "'; expected an integer from 0");
}

/// The names of folders and files have three digits.
std::string three_digits(std::int64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < 3) digits.insert(0, 3 - digits.size(), '0');
  return digits;
}

constexpr std::int64_t kWildsTestCenter = 2;
constexpr std::int64_t kWildsValidationCenter = 1;

}  // namespace

PatchReader::PatchReader(const sdk::Table& table)
    : table_(table), patient_(table.column("patient")), node_(table.column("node")), x_(table.column("x_coord")),
      y_(table.column("y_coord")), tumor_(table.column("tumor")), slide_(table.find_column("slide")),
      center_(table.find_column("center")) {}

std::int64_t PatchReader::integer(std::size_t row, std::size_t column) const {
  return integer_in(table_, row, column);
}

std::int64_t PatchReader::label(std::size_t row) const {
  const std::int64_t tumor = integer(row, tumor_);
  if (tumor <= 1) return tumor;
  throw table_.error(row, "tumor is '" + std::to_string(tumor) + "'; expected 0 or 1");
}

Sample PatchReader::read(std::size_t row) const {
  const std::string patient = three_digits(integer(row, patient_));
  const std::string node = "patient_" + patient + "_node_" + std::to_string(integer(row, node_));
  Sample sample;
  sample.id = node + "_x_" + std::to_string(integer(row, x_)) + "_y_" + std::to_string(integer(row, y_));
  sample.image = node + "/patch_" + sample.id + ".png";
  sample.row = static_cast<std::int64_t>(row);
  sample.label = label(row);
  sample.groups = {{"patient", patient}, {"node", node}};
  if (slide_) sample.groups.emplace_back("slide", std::to_string(integer(row, *slide_)));
  if (center_) sample.groups.emplace_back("center", std::to_string(integer(row, *center_)));
  return sample;
}

std::vector<std::size_t> parent_rows(const sdk::Table& metadata, Parents parents, Split split) {
  const std::size_t split_column = metadata.column("split"), center_column = metadata.column("center");
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < metadata.size(); ++row) {
    const std::int64_t part = integer_in(metadata, row, split_column);
    if (part > 1) throw metadata.error(row, "split is '" + std::to_string(part) + "'; expected 0 or 1");
    const std::int64_t center = integer_in(metadata, row, center_column);
    const bool held_out = center == kWildsTestCenter || center == kWildsValidationCenter;
    const bool train = parents == Parents::split_column ? part == 0 : part == 0 && !held_out;
    const bool test = parents == Parents::split_column ? part == 1 : center == kWildsTestCenter;
    if (split == Split::train ? train : test) rows.push_back(row);
  }
  return rows;
}

std::vector<std::size_t> sample_rows(const sdk::Table& metadata, const std::vector<std::size_t>& rows, const Draw& draw,
                                     const std::string& option) {
  const PatchReader reader(metadata);
  std::vector<std::int64_t> tumors;
  for (const std::size_t row : rows) tumors.push_back(reader.label(row));
  std::vector<std::size_t> sampled;
  try {
    for (const std::size_t index : sdk::train_test_split(tumors, draw.size, draw.seed).test) {
      sampled.push_back(rows[index]);
    }
  } catch (const Error& error) {
    throw Error(ErrorCode::data, metadata.file() + ": " + std::to_string(draw.size) + " of " + std::to_string(rows.size()) +
                                     " patches cannot be drawn (" + error.message() + "); change option '" + option +
                                     "', or take every patch with subset = \"full\"");
  }
  return sampled;
}

}  // namespace medvlm::camelyon17
