#include "medvlm/sdk/vqa/hub_questions.hpp"

#include <algorithm>
#include <mutex>

#include "medvlm/base/hash.hpp"
#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/table/image_file.hpp"
#include "medvlm/sdk/table/parquet.hpp"

namespace medvlm::sdk {

/// The files of one split, opened, and what their pictures are called once that is known.
struct HubQuestions::Shelf {
  std::vector<ParquetFile> files;
  std::vector<std::int64_t> begins;                ///< the split's row with which each file begins
  std::vector<std::vector<std::string>> locators;  ///< of each file, if its pictures are embedded
};

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHashDigits = 16;

std::string locator_of(std::optional<std::string_view> bytes, std::int64_t row) {
  if (!bytes || bytes->empty()) return "row:" + std::to_string(row);
  return "sha256:" + sha256_hex(*bytes).substr(0, kHashDigits);
}

}  // namespace

struct HubQuestions::State {
  explicit State(HubLayout given) : layout(std::move(given)) {}

  HubLayout layout;
  std::mutex mutex;  ///< for `shelves` and what grows in them
  std::map<Split, Shelf> shelves;

  Shelf& shelf(Split split);
  /// The column with the pictures' bytes; empty if the file names pictures instead.
  std::string bytes_column(const ParquetFile& file) const;
  std::vector<std::string> text_columns(const ParquetFile& file) const;
  void hash_pictures(Shelf& shelf) const;
  void check(const ParquetFile& file) const;
};

HubQuestions::Shelf& HubQuestions::State::shelf(Split split) {
  const std::lock_guard lock(mutex);
  const auto [found, added] = shelves.try_emplace(split);
  if (!added) return found->second;
  try {
    std::int64_t begin = 0;
    for (const fs::path& file : layout.shards.at(split)) {
      found->second.files.emplace_back(file);
      found->second.begins.push_back(begin);
      begin += found->second.files.back().rows();
    }
  } catch (...) {
    shelves.erase(found);
    throw;
  }
  return found->second;
}

std::string HubQuestions::State::bytes_column(const ParquetFile& file) const {
  if (file.has(layout.image + ".bytes")) return layout.image + ".bytes";
  if (file.has(layout.image)) return layout.image;
  if (!layout.image_name.empty() && file.has(layout.image_name)) return "";
  std::string present;
  for (const std::string& column : file.columns()) present += (present.empty() ? "" : ", ") + column;
  throw Error(ErrorCode::data, file.path().string() + ": there is no column '" + layout.image +
                                   "' with embedded pictures; columns present: " + present);
}

std::vector<std::string> HubQuestions::State::text_columns(const ParquetFile& file) const {
  std::vector<std::string> columns{layout.columns.question, layout.columns.answer};
  const auto add_if_there = [&](const std::string& column) {
    const bool new_one = std::find(columns.begin(), columns.end(), column) == columns.end();
    if (new_one && file.has(column)) columns.push_back(column);
  };
  add_if_there(layout.columns.answer_type);
  for (const auto& [group, column] : layout.columns.groups) add_if_there(column);
  for (const std::string& column : layout.more_columns) add_if_there(column);
  if (!layout.image_name.empty()) add_if_there(layout.image_name);
  return columns;
}

void HubQuestions::State::hash_pictures(Shelf& shelf) const {
  for (std::size_t i = shelf.locators.size(); i < shelf.files.size(); ++i) {
    const ParquetFile& file = shelf.files[i];
    std::vector<std::string> locators;
    if (const std::string column = bytes_column(file); !column.empty()) {
      file.each_value(column, [&](std::int64_t row, std::optional<std::string_view> bytes) {
        locators.push_back(locator_of(bytes, shelf.begins[i] + row));
      });
    }
    shelf.locators.push_back(std::move(locators));
  }
}

/// The columns that must be there are. Texts are not read.
void HubQuestions::State::check(const ParquetFile& file) const {
  const Table header(file.path().string(), file.columns());
  QuestionRows(header, layout.columns);
  bytes_column(file);
}

HubQuestions::HubQuestions(HubLayout layout) {
  if (layout.shards.empty()) throw Error(ErrorCode::internal, "a layout of questions without files");
  state_ = std::make_unique<State>(std::move(layout));
  // The other files stay closed here: what the first one has, they are expected to have.
  state_->check(ParquetFile(state_->layout.shards.begin()->second.front()));
}

HubQuestions::~HubQuestions() = default;

std::vector<Split> HubQuestions::splits() const {
  std::vector<Split> splits;
  for (const auto& [split, files] : state_->layout.shards) splits.push_back(split);
  return splits;
}

std::vector<Sample> HubQuestions::samples(Split split) {
  Shelf& shelf = state_->shelf(split);
  {
    const std::lock_guard lock(state_->mutex);
    state_->hash_pictures(shelf);
  }
  const HubLayout& layout = state_->layout;
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < shelf.files.size(); ++i) {
    state_->check(shelf.files[i]);
    const Table table = shelf.files[i].table(state_->text_columns(shelf.files[i]));
    const QuestionRows rows(table, layout.columns);
    const auto& locators = shelf.locators[i];
    const auto name = locators.empty() && table.size() > 0 ? table.find_column(layout.image_name) : std::nullopt;
    for (std::size_t row = 0; row < table.size(); ++row) {
      if (layout.belongs && !layout.belongs(table, row)) continue;
      const std::string image = name ? std::string(trimmed(table.cell(row, *name))) : locators[row];
      const std::size_t index = static_cast<std::size_t>(shelf.begins[i]) + row;
      if (auto sample = rows.read(row, split, index, image)) samples.push_back(std::move(*sample));
    }
  }
  return samples;
}

EncodedImage HubQuestions::read_image(const Sample& sample) const {
  const auto split = split_from_string(sample.id.substr(0, sample.id.find('/')));
  if (!split || !state_->layout.shards.contains(*split) || sample.row < 0) {
    throw Error(ErrorCode::internal, "sample '" + sample.id + "' is of another dataset");
  }
  const Shelf& shelf = state_->shelf(*split);
  const auto next = std::upper_bound(shelf.begins.begin(), shelf.begins.end(), sample.row);
  const std::size_t index = static_cast<std::size_t>(next - shelf.begins.begin()) - 1;
  const ParquetFile& file = shelf.files[index];
  const std::string column = state_->bytes_column(file);
  if (column.empty()) {
    std::vector<fs::path> candidates;
    for (const fs::path& folder : state_->layout.image_folders) candidates.push_back(folder / sample.image);
    return read_image_file(candidates);
  }
  const std::int64_t row = sample.row - shelf.begins[index];
  const std::string place = file.path().string() + ":" + std::to_string(row + 1);
  auto bytes = file.value(column, row);
  if (!bytes || bytes->empty()) {
    throw Error(ErrorCode::data, place + ": the row has no embedded picture; fetch a copy of the dataset that has");
  }
  return {kFileDecoder, std::move(*bytes), place};
}

}  // namespace medvlm::sdk
