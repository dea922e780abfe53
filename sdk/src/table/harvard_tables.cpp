#include "medvlm/sdk/table/harvard_tables.hpp"

#include <algorithm>

#include "medvlm/sdk/table/csv.hpp"
#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/table/sklearn_split.hpp"

namespace medvlm::sdk {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kBenchmarkSeed = 0;

bool is_plain_file(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored);
}

/// The values of column `use`, and the folder and split that each names.
struct Use {
  const char* value;
  const char* folder;
  Split split;
};
constexpr Use kUses[] = {{"training", "Training", Split::train},
                         {"validation", "Validation", Split::validation},
                         {"test", "Test", Split::test}};

const Use& read_use(const Table& table, std::size_t row, std::size_t column) {
  const std::string value = lower_case(trimmed(table.cell(row, column)));
  for (const Use& use : kUses) {
    if (value == use.value) return use;
  }
  throw table.error(row, "use is '" + value + "'; expected training, validation or test");
}

/// "0001" of "Training/data_0001.npz".
std::string number_in(const std::string& path) {
  const std::string stem = fs::path(path).stem().string();
  return stem.substr(stem.rfind('_') + 1);  // the whole stem where there is no '_'
}

/// Makes the groups of a row of the columns that there are.
class Groups {
 public:
  explicit Groups(const Table& table) : table_(table) {
    constexpr std::pair<const char*, const char*> kColumns[] = {{"sex", "gender"},
                                                                {"age", "age"},
                                                                {"race", "race"},
                                                                {"ethnicity", "ethnicity"},
                                                                {"language", "language"},
                                                                {"marital_status", "maritalstatus"}};
    for (const auto& [group, column] : kColumns) {
      if (const auto index = table.find_column(column)) columns_.emplace_back(group, *index);
    }
  }

  std::vector<std::pair<std::string, std::string>> of(std::size_t row, const std::string& path) const {
    std::vector<std::pair<std::string, std::string>> groups{{"patient", number_in(path)}};
    for (const auto& [group, column] : columns_) {
      const std::string_view cell = table_.cell(row, column);
      const std::string value = is_missing(cell) ? "unknown" : std::string(trimmed(cell));
      groups.emplace_back(group, group == "age" ? age_band(cell) : value);
    }
    return groups;
  }

 private:
  const Table& table_;
  std::vector<std::pair<std::string, std::size_t>> columns_;
};

/// Makes samples of the rows of a table.
class Rows {
 public:
  explicit Rows(const Table& table) : table_(table), groups_(table), label_(table.column("glaucoma")) {}

  Sample sample(std::size_t row, const std::string& path) {
    unique_.add(table_, row, path, "path");
    Sample sample;
    sample.id = sample.image = path;
    sample.row = static_cast<std::int64_t>(row);
    sample.label = glaucoma_label(table_, row, label_);
    sample.groups = groups_.of(row, path);
    return sample;
  }

 private:
  const Table& table_;
  Groups groups_;
  std::size_t label_;
  UniqueIds unique_;
};

std::string filename_in(const Table& table, std::size_t row, std::size_t column) {
  const std::string name(trimmed(table.cell(row, column)));
  if (name.empty() || name.find('/') != std::string::npos) {
    throw table.error(row, "filename is '" + name + "'; expected a name such as data_0001.npz");
  }
  return name;
}

/// Which rows the benchmark tests on.
std::vector<bool> benchmark_test_rows(const Table& table) {
  const std::size_t filename = table.column("filename"), gender = table.column("gender");
  std::vector<std::string> names, genders;
  for (std::size_t row = 0; row < table.size(); ++row) {
    names.push_back(filename_in(table, row, filename));
    genders.push_back(lower_case(trimmed(table.cell(row, gender))));
    if (genders.back() != "male" && genders.back() != "female") {
      throw table.error(row, "gender is '" + genders.back() + "'; the benchmark's split knows male and female only: " +
                                 "correct the table or set option 'split' to \"official\"");
    }
  }
  if (names.empty()) throw Error(ErrorCode::data, table.file() + ": the file has a header but no images");
  try {
    return balanced_test_split(names, genders, kBenchmarkSeed);
  } catch (Error& error) {
    throw error.add_context(table.file());
  }
}

void check_columns(const fs::path& file, std::initializer_list<const char*> names) {
  const Table table = read_csv(file);
  for (const char* name : names) table.column(name);
}

}  // namespace

std::int64_t glaucoma_label(const Table& table, std::size_t row, std::size_t column) {
  const std::string value = lower_case(trimmed(table.cell(row, column)));
  if (value == "yes" || value == "no") return value == "yes";
  throw table.error(row, "glaucoma is '" + value + "'; expected yes or no");
}

HarvardTables::HarvardTables(HarvardSource source) : source_(std::move(source)) {
  has_split_files_ = !source_.official && find_split_files();
  if (!has_split_files_ && !find_summary()) {
    std::string message = source_.root.string() + ": this is no folder of " + source_.name + "; looked there";
    for (const std::string& name : source_.folders) message += " and in " + name + "/";
    message += " for data_summary.csv (also in ReadMe/ and data/)";
    if (!source_.official) message += " and for split/train.csv and split/test.csv";
    throw Error(ErrorCode::data, message + "; set option 'root' to the folder that holds them");
  }
  // The test file stays closed here: what the first file has, the second is expected to have.
  if (has_split_files_) {
    check_columns(split_file(splits().front()), {"path", "glaucoma"});
  } else {
    check_columns(summary_, {"filename", "gender", "glaucoma", "use"});
  }
}

std::filesystem::path HarvardTables::split_file(Split split) const {
  return folder_ / "split" / (split == Split::train ? "train.csv" : "test.csv");
}

bool HarvardTables::find_split_files() {
  std::vector<fs::path> folders;
  for (const std::string& name : source_.folders) folders.push_back(source_.root / name);
  folders.push_back(source_.root);
  for (const fs::path& folder : folders) {
    folder_ = folder;
    if (is_plain_file(split_file(Split::train)) || is_plain_file(split_file(Split::test))) return true;
  }
  return false;
}

bool HarvardTables::find_summary() {
  std::vector<fs::path> folders{source_.root};
  for (const std::string& name : source_.folders) folders.push_back(source_.root / name);
  for (const fs::path& folder : folders) {
    for (const char* below : {"", "ReadMe", "data"}) {
      summary_ = folder / below / "data_summary.csv";
      folder_ = folder;
      if (is_plain_file(summary_)) return true;
    }
  }
  return false;
}

std::vector<Split> HarvardTables::splits() const {
  std::vector<Split> splits;
  if (has_split_files_) {
    for (const Split split : {Split::train, Split::test}) {
      if (is_plain_file(split_file(split))) splits.push_back(split);
    }
    return splits;
  }
  if (!source_.official) return {Split::train, Split::test};
  const Table table = read_csv(summary_);
  const std::size_t use = table.column("use");
  bool used[3] = {};
  for (std::size_t row = 0; row < table.size(); ++row) used[&read_use(table, row, use) - kUses] = true;
  for (std::size_t i = 0; i < 3; ++i) {
    if (used[i]) splits.push_back(kUses[i].split);
  }
  return splits;
}

std::vector<Sample> HarvardTables::samples(Split split) const {
  const auto known = splits();
  if (std::find(known.begin(), known.end(), split) == known.end()) {
    throw Error(ErrorCode::data, source_.name + " has no " + std::string(to_string(split)) + " split in " +
                                     folder_.string() +
                                     (source_.official ? "" : "; option 'split' = \"official\" has the release's own"));
  }
  if (!has_split_files_) return from_summary(split);
  const Table table = read_csv(split_file(split));
  const std::size_t path = table.column("path");
  Rows rows(table);
  std::vector<Sample> samples;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::string value(trimmed(table.cell(row, path)));
    if (value.empty()) throw table.error(row, "path is empty");
    samples.push_back(rows.sample(row, value));
  }
  if (samples.empty()) throw Error(ErrorCode::data, table.file() + ": the file has a header but no images");
  return samples;
}

std::vector<Sample> HarvardTables::from_summary(Split split) const {
  const Table table = read_csv(summary_);
  const std::size_t filename = table.column("filename"), use = table.column("use");
  const std::vector<bool> is_test = source_.official ? std::vector<bool>() : benchmark_test_rows(table);
  Rows rows(table);
  std::vector<Sample> samples;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const Use& of_row = read_use(table, row, use);
    const std::string name = filename_in(table, row, filename);
    Sample sample = rows.sample(row, std::string(of_row.folder) + "/" + name);
    const Split side = source_.official ? of_row.split : is_test[row] ? Split::test : Split::train;
    if (side == split) samples.push_back(std::move(sample));
  }
  return samples;
}

std::filesystem::path HarvardTables::find_file(std::span<const std::string> paths) const {
  std::string places;
  for (const std::string& path : paths) {
    for (const fs::path& file : {folder_ / "data" / path, folder_ / path}) {
      if (is_plain_file(file)) return file;
      places += (places.empty() ? "" : ", ") + file.string();
    }
  }
  throw Error(ErrorCode::data, places + ": the image file does not exist; check that all archives are unpacked");
}

}  // namespace medvlm::sdk
