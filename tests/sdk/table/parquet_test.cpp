// Against what pyarrow wrote (tests/peers/make_vqa_trees.py).
#include "medvlm/sdk/table/parquet.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "medvlm/sdk/image/decode.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using namespace medvlm::test;

namespace {

const std::filesystem::path kTypes = std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "trees/vqa/types/types.parquet";
constexpr std::int64_t kRows = 23;  // in row groups of 9, with two values a page

/// The gray value of the picture in row `row`; nothing where it is null.
std::optional<int> gray_of(const std::optional<std::string>& bytes) {
  if (!bytes) return std::nullopt;
  const Image image = decode_image(*bytes, "row");
  CHECK(image.width == 3);
  CHECK(image.height == 2);
  return image.pixels[0];
}

std::optional<int> expected_gray(std::int64_t row) {
  return row % 6 == 5 ? std::nullopt : std::optional(int(row / 2 * 20));
}

std::string table_error(const std::string& column) {
  return error_of([&] { ParquetFile(kTypes).table(std::vector<std::string>{column}); });
}

}  // namespace

TEST_CASE("a Parquet file lists the columns with one value a row") {
  const ParquetFile file(kTypes);
  CHECK(file.rows() == kRows);
  const std::vector<std::string> columns{"text",     "large", "short",       "long",       "single", "double", "flag",
                                         "category", "blob",  "image.bytes", "image.path", "bad",    "required"};
  CHECK(file.columns() == columns);
  CHECK(file.has("image.bytes"));
  CHECK_FALSE(file.has("image"));
  CHECK_FALSE(file.has("list"));
}

TEST_CASE("columns of a Parquet file become texts, null an empty one") {
  const std::vector<std::string> columns{"double", "text", "large", "short", "long", "single", "flag", "category",
                                         "image.path", "required"};
  const Table table = ParquetFile(kTypes).table(columns);
  CHECK(table.columns() == columns);
  REQUIRE(table.size() == kRows);
  const auto row = [&](std::size_t index) {
    std::string text;
    for (std::size_t c = 0; c < columns.size(); ++c) text += std::string(table.cell(index, c)) + "|";
    return text;
  };
  CHECK(row(0) == "0.1|a|x|1|1099511627776|0.5|true|CT|p|r|");
  CHECK(row(1) == "1e+300|ä|yz|-2|-7|0.1|false|MRI|p|s|");
  CHECK(row(2) == "-2||x||1099511627776|0.5||CT|p|t|");
  CHECK(row(5) == "-2|ä|yz||-7|0.1||MRI||t|");       // no picture, so no path
  CHECK(row(22) == "1e+300||x|-2|1099511627776|0.5|false|CT|p|s|");  // of the third row group
  CHECK(table.line(0) == 1);
  CHECK(contains(table.place(22), "types.parquet:23"));
}

TEST_CASE("a Parquet file without rows has columns all the same") {
  const ParquetFile file(kTypes.parent_path() / "empty.parquet");
  CHECK(file.rows() == 0);
  CHECK(file.table(std::vector<std::string>{"text", "flag"}).size() == 0);
  CHECK(contains(error_of([&] { file.value("blob", 0); }), "there is no row 1; the file has 0"));
}

TEST_CASE("values of bytes come in the order of rows") {
  for (const char* column : {"blob", "image.bytes"}) {
    std::int64_t next = 0;
    ParquetFile(kTypes).each_value(column, [&](std::int64_t row, std::optional<std::string_view> bytes) {
      CHECK(row == next++);
      CHECK(gray_of(bytes ? std::optional<std::string>(*bytes) : std::nullopt) == expected_gray(row));
    });
    CHECK(next == kRows);
  }
}

TEST_CASE("single values can be had in any order") {
  const ParquetFile file(kTypes);
  for (const std::int64_t step : {1, 7, 22, 5}) {  // coprime to the rows, so each is visited; 22 goes backwards
    for (std::int64_t i = 0; i < kRows; ++i) {
      const std::int64_t row = i * step % kRows;
      CHECK(gray_of(file.value("image.bytes", row)) == expected_gray(row));
      CHECK(file.value("large", row) == (row % 2 ? "yz" : "x"));
    }
  }
}

TEST_CASE("single values can be had from several threads") {
  const ParquetFile file(kTypes);
  std::vector<std::vector<std::optional<std::string>>> found(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < found.size(); ++t) {
    threads.emplace_back([&, t] {
      const auto step = std::int64_t(t) + 1;
      for (std::int64_t i = 0; i < 4 * kRows; ++i) found[t].push_back(file.value("blob", i * step % kRows));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < found.size(); ++t) {
    for (std::int64_t i = 0; i < 4 * kRows; ++i) {
      CHECK(gray_of(found[t][std::size_t(i)]) == expected_gray(i * std::int64_t(t + 1) % kRows));
    }
  }
}

TEST_CASE("what a Parquet file lacks is said with what it has") {
  CHECK(contains(table_error("txt"), "there is no column 'txt'; did you mean 'text'?"));
  CHECK(contains(table_error("list"), "there is no column 'list'"));
  CHECK(contains(error_of([] { ParquetFile(kTypes).value("short", 0); }), "column 'short' holds no bytes"));
  CHECK(contains(error_of([] { ParquetFile(kTypes).value("blob", 23); }), "there is no row 24; the file has 23"));
  CHECK(contains(error_of([] { ParquetFile(kTypes).value("blob", -1); }), "there is no row 0"));
}

TEST_CASE("bytes that are no text are refused with their row") {
  CHECK(contains(table_error("bad"), "types.parquet:2: column 'bad' holds bytes that are no UTF-8 text"));
}

TEST_CASE("files that are no Parquet files are told apart") {
  const ScratchFolder folder;
  const auto refused = [&](const std::string& content) {
    const auto file = folder.write("x.parquet", content);
    return error_of([&] { ParquetFile{file}; });
  };
  CHECK(contains(error_of([&] { ParquetFile{folder.path() / "none.parquet"}; }), "data: "));
  CHECK(contains(error_of([&] { ParquetFile{folder.path() / "none.parquet"}; }), "the file does not exist"));
  CHECK(contains(refused(""), "this is no Parquet file"));
  CHECK(contains(refused("question,answer\n"), "this is no Parquet file"));
  CHECK(contains(refused("version https://git-lfs.github.com/spec/v1\noid sha256:00\n"), "git lfs pull"));
  const std::string whole = read_file(kTypes);
  for (const std::size_t part : {whole.size() - 1, whole.size() / 2, std::size_t(7)}) {
    const std::string error = refused(whole.substr(0, part));
    CHECK(contains(error, "data: "));
    CHECK(contains(error, "x.parquet: the Parquet file is damaged"));
  }
}

TEST_CASE("a damaged page is an error that names the file") {
  const auto tree = std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "trees/vqa/PathVQA-parquet";
  std::string bytes = read_file(tree / "data/test-00002-of-00003-0f3a2.parquet");
  const std::size_t picture = bytes.find("JFIF");
  REQUIRE(picture != std::string::npos);
  bytes[picture + 300] ^= 1;
  const ScratchFolder folder;
  const ParquetFile file(folder.write("x.parquet", bytes));
  const auto read_all = [&] {
    for (std::int64_t row = 0; row < file.rows(); ++row) file.value("image.bytes", row);
  };
  CHECK(contains(error_of(read_all), "x.parquet: the Parquet file is damaged"));
  CHECK(contains(error_of(read_all), "x.parquet: the Parquet file is damaged"));  // and stays one
}
