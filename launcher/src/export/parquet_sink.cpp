#include <arrow/io/file.h>
#include <parquet/column_writer.h>
#include <parquet/exception.h>
#include <parquet/file_writer.h>
#include <parquet/schema.h>

#include <cmath>

#include "medvlm/base/error.hpp"
#include "table_sink.hpp"

namespace medvlm::launcher {
namespace {

namespace fs = std::filesystem;
namespace node = parquet::schema;

/// So many rows are kept before they become a row group.
constexpr std::size_t kGroupRows = 20000;

node::NodePtr node_of(const Column& column) {
  const auto optional = parquet::Repetition::OPTIONAL;
  switch (column.type) {
    case ColumnType::integer: return node::PrimitiveNode::Make(column.name, optional, parquet::Type::INT64);
    case ColumnType::number: return node::PrimitiveNode::Make(column.name, optional, parquet::Type::DOUBLE);
    case ColumnType::flag: return node::PrimitiveNode::Make(column.name, optional, parquet::Type::BOOLEAN);
    case ColumnType::json:
      return node::PrimitiveNode::Make(column.name, optional, parquet::LogicalType::String(),
                                       parquet::Type::BYTE_ARRAY);
    case ColumnType::text: break;
  }
  return node::PrimitiveNode::Make(column.name, optional, parquet::LogicalType::String(), parquet::Type::BYTE_ARRAY);
}

bool is_nothing(const Cell& cell) {
  const auto* number = std::get_if<double>(&cell);
  return std::holds_alternative<std::monostate>(cell) || (number && !std::isfinite(*number));
}

/// Every column may be null; texts are UTF-8 strings; Snappy.
class ParquetSink final : public TableSink {
 public:
  ParquetSink(fs::path file, std::vector<Column> columns) : file_(std::move(file)), columns_(std::move(columns)) {
    guarded([&] {
      node::NodeVector nodes;
      for (const Column& column : columns_) nodes.push_back(node_of(column));
      const auto root = std::static_pointer_cast<node::GroupNode>(
          node::GroupNode::Make("table", parquet::Repetition::REQUIRED, nodes));
      parquet::WriterProperties::Builder properties;
      properties.compression(parquet::Compression::SNAPPY);
      PARQUET_ASSIGN_OR_THROW(out_, arrow::io::FileOutputStream::Open(unfinished(file_).string()));
      writer_ = parquet::ParquetFileWriter::Open(out_, root, properties.build());
    });
  }
  ~ParquetSink() override {
    if (finished_) return;
    writer_.reset();
    std::error_code ignored;
    fs::remove(unfinished(file_), ignored);
  }

  void add(const std::vector<Cell>& row) override {
    check_row(columns_, row);
    rows_.push_back(row);
    if (rows_.size() >= kGroupRows) flush();
  }

  void finish() override {
    flush();
    guarded([&] {
      writer_->Close();
      PARQUET_THROW_NOT_OK(out_->Close());
    });
    std::error_code error;
    fs::rename(unfinished(file_), file_, error);
    if (error) throw Error(ErrorCode::io, "cannot write '" + file_.string() + "': " + error.message());
    finished_ = true;
  }

 private:
  template <class Call>
  void guarded(Call call) {
    try {
      call();
    } catch (const parquet::ParquetException& error) {
      throw Error(ErrorCode::io, "cannot write '" + file_.string() + "': " + error.what());
    }
  }

  /// Writes one column of the rows at hand; `take` makes the stored form of a cell that is there.
  template <class Writer, class Stored, class Take>
  void write_column(parquet::ColumnWriter* column, std::size_t index, Take take) {
    std::vector<std::int16_t> levels;
    const std::unique_ptr<Stored[]> values(new Stored[rows_.size()]);
    std::size_t count = 0;
    for (const auto& row : rows_) {
      const bool there = !is_nothing(row[index]);
      levels.push_back(there ? 1 : 0);
      if (there) values[count++] = take(row[index]);
    }
    static_cast<Writer*>(column)->WriteBatch(static_cast<std::int64_t>(levels.size()), levels.data(), nullptr,
                                             values.get());
  }

  void flush() {
    if (rows_.empty()) return;
    guarded([&] {
      parquet::RowGroupWriter* group = writer_->AppendRowGroup();
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        parquet::ColumnWriter* column = group->NextColumn();
        switch (columns_[i].type) {
          case ColumnType::integer:
            write_column<parquet::Int64Writer, std::int64_t>(
                column, i, [](const Cell& cell) { return std::get<std::int64_t>(cell); });
            break;
          case ColumnType::number:
            write_column<parquet::DoubleWriter, double>(column, i,
                                                        [](const Cell& cell) { return std::get<double>(cell); });
            break;
          case ColumnType::flag:
            write_column<parquet::BoolWriter, bool>(column, i, [](const Cell& cell) { return std::get<bool>(cell); });
            break;
          case ColumnType::text:
          case ColumnType::json:
            write_column<parquet::ByteArrayWriter, parquet::ByteArray>(column, i, [](const Cell& cell) {
              return parquet::ByteArray(std::string_view(std::get<std::string>(cell)));
            });
            break;
        }
      }
      group->Close();
    });
    rows_.clear();
  }

  fs::path file_;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::shared_ptr<arrow::io::FileOutputStream> out_;
  std::unique_ptr<parquet::ParquetFileWriter> writer_;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<TableSink> make_parquet_sink(const fs::path& file, std::vector<Column> columns) {
  return std::make_unique<ParquetSink>(file, std::move(columns));
}

}  // namespace medvlm::launcher
