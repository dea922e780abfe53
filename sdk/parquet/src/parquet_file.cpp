#include "medvlm/sdk/table/parquet.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <mutex>
#include <stdexcept>

#include <parquet/column_reader.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {

struct ParquetFile::Column {
  std::string name;
  int index = 0;
  parquet::Type::type type = parquet::Type::UNDEFINED;
  std::int16_t present_level = 0;  ///< the definition level of a value that is there
};

/// A place in a column of bytes.
struct ParquetFile::Cursor {
  int column = 0, group = 0;
  std::int64_t next = 0;  ///< the row of the group that is read next
  std::shared_ptr<parquet::RowGroupReader> rows;
  std::shared_ptr<parquet::ByteArrayReader> values;
};

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kRowsAtOnce = 64;
/// Loader threads ask for neighbouring rows in no strict order; this many places of one file are kept open.
constexpr std::size_t kMaxCursors = 8;

/// Whatever the library throws becomes an Error(data) that names the file.
template <typename Call>
auto guarded(const fs::path& file, Call call) {
  try {
    return call();
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(ErrorCode::data, file.string() + ": the Parquet file is damaged or of a kind that cannot be read (" +
                                     error.what() + "); download it again");
  }
}

void check_begin(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) throw Error(ErrorCode::data, file.string() + ": the file does not exist");
  std::array<char, 64> begin{};
  std::ifstream(file, std::ios::binary).read(begin.data(), begin.size());
  const std::string_view text(begin.data(), begin.size());
  if (text.starts_with("version https://git-lfs")) {
    throw Error(ErrorCode::data, file.string() + ": this is a pointer of Git LFS, not the file itself; fetch the " +
                                     "files with `git lfs pull`");
  }
  if (!text.starts_with("PAR1")) throw Error(ErrorCode::data, file.string() + ": this is no Parquet file");
}

template <typename Number>
std::string number_text(Number number) {
  char digits[64];
  return {digits, std::to_chars(digits, digits + sizeof(digits), number).ptr};
}

std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(std::int32_t value) { return number_text(value); }
std::string text_of(std::int64_t value) { return number_text(value); }
std::string text_of(float value) { return number_text(value); }
std::string text_of(double value) { return number_text(value); }
std::string_view text_of(const parquet::ByteArray& value) {
  return {reinterpret_cast<const char*>(value.ptr), value.len};
}

/// Calls use(i, value or null) for the next `rows` values of a column chunk; `i` counts from 0. A value lives until the
/// call returns.
template <typename Type, typename Column, typename Use>
void read_values(parquet::TypedColumnReader<Type>& reader, const Column& column, std::int64_t rows, Use use) {
  std::array<typename Type::c_type, kRowsAtOnce> values;
  std::array<std::int16_t, kRowsAtOnce> levels;
  for (std::int64_t row = 0; row < rows;) {
    std::int64_t count = 0;
    const std::int64_t read =
        reader.ReadBatch(std::min(kRowsAtOnce, rows - row), levels.data(), nullptr, values.data(), &count);
    if (read <= 0) throw std::runtime_error("column '" + column.name + "' ends before its row group does");
    const auto* next = values.data();
    for (std::int64_t i = 0; i < read; ++i) {
      const bool present = column.present_level == 0 || levels[std::size_t(i)] == column.present_level;
      use(row++, present ? next++ : nullptr);
    }
  }
}

template <typename Type, typename Column, typename Use>
void read_texts_as(parquet::ColumnReader& reader, const Column& column, std::int64_t rows, Use use) {
  read_values(static_cast<parquet::TypedColumnReader<Type>&>(reader), column, rows,
              [&](std::int64_t row, const auto* value) {
                use(row, value ? std::string(text_of(*value)) : std::string());
              });
}

/// Calls use(i, text) for the values of a whole column chunk.
template <typename Column, typename Use>
void read_texts(parquet::ColumnReader& reader, const Column& column, std::int64_t rows, Use use) {
  switch (column.type) {
    case parquet::Type::BOOLEAN: return read_texts_as<parquet::BooleanType>(reader, column, rows, use);
    case parquet::Type::INT32: return read_texts_as<parquet::Int32Type>(reader, column, rows, use);
    case parquet::Type::INT64: return read_texts_as<parquet::Int64Type>(reader, column, rows, use);
    case parquet::Type::FLOAT: return read_texts_as<parquet::FloatType>(reader, column, rows, use);
    case parquet::Type::DOUBLE: return read_texts_as<parquet::DoubleType>(reader, column, rows, use);
    case parquet::Type::BYTE_ARRAY: return read_texts_as<parquet::ByteArrayType>(reader, column, rows, use);
    default: throw std::runtime_error("column '" + column.name + "' holds neither texts nor numbers");
  }
}

}  // namespace

struct ParquetFile::State {
  fs::path file;
  std::unique_ptr<parquet::ParquetFileReader> reader;
  std::vector<Column> columns;
  std::vector<std::string> names;
  std::vector<std::int64_t> group_ends;  ///< the row after the last of each row group
  std::mutex mutex;                      ///< for `reader` and `cursors`
  std::vector<Cursor> cursors;           ///< the one used last at the end

  std::int64_t rows() const { return group_ends.empty() ? 0 : group_ends.back(); }
  std::int64_t group_begin(int group) const { return group == 0 ? 0 : group_ends[std::size_t(group) - 1]; }
  const Column& column(std::string_view name) const;
  const Column& bytes_column(std::string_view name) const;
  void open();
  Cursor take_cursor(const Column& column, int group, std::int64_t row);
};

const ParquetFile::Column& ParquetFile::State::column(std::string_view name) const {
  for (const Column& column : columns) {
    if (column.name == name) return column;
  }
  Table(file.string(), names).column(name);  // throws with what there is
  throw Error(ErrorCode::internal, "a column without a name");
}

const ParquetFile::Column& ParquetFile::State::bytes_column(std::string_view name) const {
  const Column& found = column(name);
  if (found.type == parquet::Type::BYTE_ARRAY) return found;
  throw Error(ErrorCode::data, file.string() + ": column '" + found.name + "' holds no bytes");
}

void ParquetFile::State::open() {
  parquet::ReaderProperties properties;
  properties.set_page_checksum_verification(true);
  reader = parquet::ParquetFileReader::OpenFile(file.string(), /*memory_map=*/true, properties);
  const auto metadata = reader->metadata();
  const parquet::SchemaDescriptor& schema = *metadata->schema();
  for (int i = 0; i < schema.num_columns(); ++i) {
    const parquet::ColumnDescriptor& leaf = *schema.Column(i);
    if (leaf.max_repetition_level() > 0) continue;
    columns.push_back({leaf.path()->ToDotString(), i, leaf.physical_type(), leaf.max_definition_level()});
    names.push_back(columns.back().name);
  }
  for (int i = 0; i < metadata->num_row_groups(); ++i) {
    group_ends.push_back(rows() + metadata->RowGroup(i)->num_rows());
  }
}

/// The cursor nearest before `row` of the group, taken out of the list; a new one if there is none.
ParquetFile::Cursor ParquetFile::State::take_cursor(const Column& column, int group, std::int64_t row) {
  auto best = cursors.end();
  for (auto it = cursors.begin(); it != cursors.end(); ++it) {
    const bool fits = it->column == column.index && it->group == group && it->next <= row;
    if (fits && (best == cursors.end() || it->next > best->next)) best = it;
  }
  if (best != cursors.end()) {
    Cursor cursor = std::move(*best);
    cursors.erase(best);
    return cursor;
  }
  Cursor cursor{column.index, group, 0, reader->RowGroup(group), nullptr};
  cursor.values = std::static_pointer_cast<parquet::ByteArrayReader>(cursor.rows->Column(column.index));
  return cursor;
}

ParquetFile::ParquetFile(const std::filesystem::path& file) : state_(std::make_unique<State>()) {
  state_->file = file;
  check_begin(file);
  guarded(file, [&] { state_->open(); });
}

ParquetFile::~ParquetFile() = default;
ParquetFile::ParquetFile(ParquetFile&&) noexcept = default;
ParquetFile& ParquetFile::operator=(ParquetFile&&) noexcept = default;

const std::filesystem::path& ParquetFile::path() const { return state_->file; }
std::int64_t ParquetFile::rows() const { return state_->rows(); }
const std::vector<std::string>& ParquetFile::columns() const { return state_->names; }

bool ParquetFile::has(std::string_view column) const {
  return std::find(state_->names.begin(), state_->names.end(), column) != state_->names.end();
}

Table ParquetFile::table(std::span<const std::string> columns) const {
  Table table(state_->file.string(), {columns.begin(), columns.end()});
  std::vector<const Column*> wanted;
  for (const std::string& name : columns) wanted.push_back(&state_->column(name));
  const std::lock_guard lock(state_->mutex);
  for (std::size_t group = 0; group < state_->group_ends.size(); ++group) {
    const std::int64_t begin = state_->group_begin(int(group)), rows = state_->group_ends[group] - begin;
    std::vector<std::vector<std::string>> cells(std::size_t(rows), std::vector<std::string>(columns.size()));
    guarded(state_->file, [&] {
      const auto group_reader = state_->reader->RowGroup(int(group));
      for (std::size_t c = 0; c < wanted.size(); ++c) {
        read_texts(*group_reader->Column(wanted[c]->index), *wanted[c], rows,
                   [&](std::int64_t row, std::string text) { cells[std::size_t(row)][c] = std::move(text); });
      }
    });
    for (std::int64_t row = 0; row < rows; ++row) {
      table.add_row(cells[std::size_t(row)], begin + row + 1);
      for (std::size_t c = 0; c < columns.size(); ++c) {
        if (!invalid_utf8_at(cells[std::size_t(row)][c])) continue;
        throw table.error(table.size() - 1, "column '" + columns[c] + "' holds bytes that are no UTF-8 text");
      }
    }
  }
  return table;
}

void ParquetFile::each_value(const std::string& column, const Visit& visit) const {
  const Column& wanted = state_->bytes_column(column);
  const std::lock_guard lock(state_->mutex);
  for (std::size_t group = 0; group < state_->group_ends.size(); ++group) {
    const std::int64_t begin = state_->group_begin(int(group)), rows = state_->group_ends[group] - begin;
    guarded(state_->file, [&] {
      const auto group_reader = state_->reader->RowGroup(int(group));
      const auto values = std::static_pointer_cast<parquet::ByteArrayReader>(group_reader->Column(wanted.index));
      read_values(*values, wanted, rows, [&](std::int64_t row, const parquet::ByteArray* value) {
        visit(begin + row, value ? std::optional(text_of(*value)) : std::nullopt);
      });
    });
  }
}

std::optional<std::string> ParquetFile::value(const std::string& column, std::int64_t row) const {
  const Column& wanted = state_->bytes_column(column);
  if (row < 0 || row >= rows()) {
    throw Error(ErrorCode::data, state_->file.string() + ": there is no row " + std::to_string(row + 1) +
                                     "; the file has " + std::to_string(rows()));
  }
  const auto& ends = state_->group_ends;
  const int group = int(std::upper_bound(ends.begin(), ends.end(), row) - ends.begin());
  const std::int64_t local = row - state_->group_begin(group);
  const std::lock_guard lock(state_->mutex);
  return guarded(state_->file, [&] {
    Cursor cursor = state_->take_cursor(wanted, group, local);
    const std::int64_t skipped = local - cursor.next;
    if (cursor.values->Skip(skipped) != skipped) {
      throw std::runtime_error("column '" + column + "' ends before its row group does");
    }
    std::optional<std::string> value;
    read_values(*cursor.values, wanted, 1, [&](std::int64_t, const parquet::ByteArray* bytes) {
      if (bytes) value = text_of(*bytes);
    });
    cursor.next = local + 1;
    if (state_->cursors.size() >= kMaxCursors) state_->cursors.erase(state_->cursors.begin());
    state_->cursors.push_back(std::move(cursor));
    return value;
  });
}

}  // namespace medvlm::sdk
