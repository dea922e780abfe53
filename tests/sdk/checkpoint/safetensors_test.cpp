// The safetensors reader: what it reads, and every rule whose breach it names.
#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "checkpoint_files.hpp"
#include "medvlm/sdk/checkpoint/safetensors.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using namespace medvlm::test;

namespace {

const std::string kData8(8, '\1');

/// A header with one tensor 't'.
std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"t":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

std::string two(const std::string& first_offsets, const std::string& second_offsets) {
  return R"({"a":{"dtype":"F32","shape":[1],"data_offsets":)" + first_offsets +
         R"(},"b":{"dtype":"F32","shape":[1],"data_offsets":)" + second_offsets + "}}";
}

struct Defect {
  const char* what;
  std::string bytes;
  const char* message;
};

std::vector<Defect> defects() {
  const auto file = [](const std::string& header, const std::string& data = kData8) {
    return safetensors_bytes(header, data);
  };
  const std::string deep = "{\"t\":{\"shape\":" + std::string(100, '[') + std::string(100, ']') + "}}";
  std::string rank65 = "[1";
  for (int i = 1; i < 65; ++i) rank65 += ",1";
  rank65 += "]";
  return {
      {"empty file", "", "is 0 bytes long"},
      {"no room for the length", "1234567", "is 7 bytes long"},
      {"length beyond the file", little_endian(1000, 8) + "{}", "the header claims 1000 bytes, but the file is 10"},
      {"length over the limit", little_endian(100'000'001, 8) + "{}", "more than the format's limit"},
      {"length of 64 bits", std::string(8, '\xff') + "{}", "more than the format's limit"},
      {"length 0", little_endian(0, 8) + "xxxx", "too few for a JSON table"},
      {"length 1", little_endian(1, 8) + "{", "too few for a JSON table"},
      {"Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 5\n",
       "is a Git LFS pointer"},
      {"web page", "<!DOCTYPE html><html></html>", "is an HTML page"},
      {"space before the header", file(" {}"), "does not begin with '{'"},
      {"byte order mark", file("\xef\xbb\xbf{}"), "does not begin with '{'"},
      {"list as header", file("[]"), "does not begin with '{'"},
      {"header without end", file("{\"a\":1"), "does not end with '}'"},
      {"newline after the header", file("{}\n"), "does not end with '}' and spaces alone"},
      {"zero byte after the header", file(std::string("{}\0", 3)), "does not end with '}' and spaces alone"},
      {"two tables", file("{}{}"), "is not valid JSON"},
      {"bad JSON", file("{\"a\":}"), "is not valid JSON"},
      {"trailing comma", file("{\"a\":1,}"), "is not valid JSON"},
      {"bad UTF-8", file("{\"\xff\":1}"), "is not valid UTF-8 (byte 2)"},
      {"surrogate in UTF-8", file("{\"\xed\xa0\x80\":1}"), "is not valid UTF-8 (byte 2)"},
      {"same tensor twice",
       file(R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
            R"("t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})"),
       "the key 't' appears twice"},
      {"same key twice", file(R"({"t":{"dtype":"F32","dtype":"F16","shape":[2],"data_offsets":[0,8]}})"),
       "the key 'dtype' appears twice"},
      {"nested deeply", file(deep), "is nested more than 3 deep"},
      {"metadata is a list", file(R"({"__metadata__":[]})", ""), "__metadata__: expected a table, found list"},
      {"metadata holds a number", file(R"({"__metadata__":{"a":1}})", ""), "'a': expected text, found integer"},
      {"tensor is no table", file(R"({"t":5})"), "tensor 't': expected a table, found integer"},
      {"no dtype", file(R"({"t":{"shape":[2],"data_offsets":[0,8]}})"), "tensor 't': has no dtype"},
      {"no shape", file(R"({"t":{"dtype":"F32","data_offsets":[0,8]}})"), "tensor 't': has no shape"},
      {"no offsets", file(R"({"t":{"dtype":"F32","shape":[2]}})"), "tensor 't': has no data_offsets"},
      {"unknown key", file(R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"scale":2}})"),
       "unknown key 'scale'"},
      {"unknown dtype", file(one("\"F31\"", "[2]", "[0,8]")), "dtype: 'F31' is not known"},
      {"dtype is a number", file(one("32", "[2]", "[0,8]")), "dtype: expected text, found integer"},
      {"shape is a number", file(one("\"F32\"", "2", "[0,8]")), "shape: expected a list, found integer"},
      {"shape holds text", file(one("\"F32\"", "[\"2\"]", "[0,8]")), "shape: expected an integer, found text"},
      {"shape holds 2.0", file(one("\"F32\"", "[2.0]", "[0,8]")), "shape: expected an integer, found number"},
      {"negative size", file(one("\"F32\"", "[-2]", "[0,8]")), "shape: -2 is negative"},
      {"size over 63 bits", file(one("\"F32\"", "[9223372036854775808]", "[0,8]")), "is too large"},
      {"size over 64 bits", file(one("\"F32\"", "[99999999999999999999]", "[0,8]")),
       "expected an integer, found number"},
      {"shape overflows", file(one("\"F32\"", "[4294967296,4294967296]", "[0,8]")), "overflows"},
      {"bytes overflow", file(one("\"F64\"", "[2305843009213693952]", "[0,8]")), "overflows"},
      {"empty shape overflows", file(one("\"F32\"", "[0,4294967296,4294967296]", "[0,0]")), "overflows"},
      {"rank 65", file(one("\"F64\"", rank65, "[0,8]")), "more than 64 dimensions"},
      {"one offset", file(one("\"F32\"", "[2]", "[0]")), "data_offsets: expected 2 numbers, found 1"},
      {"three offsets", file(one("\"F32\"", "[2]", "[0,8,8]")), "data_offsets: expected 2 numbers, found 3"},
      {"negative offset", file(one("\"F32\"", "[2]", "[-8,0]")), "data_offsets: -8 is negative"},
      {"offsets swapped", file(one("\"F32\"", "[2]", "[8,0]")), "the end lies before the begin"},
      {"offsets outside", file(one("\"F32\"", "[4]", "[0,16]")), "ends at byte 16 of the data, which has 8"},
      {"offsets of terabytes", file(one("\"F32\"", "[1099511627776]", "[0,4398046511104]")),
       "ends at byte 4398046511104"},
      {"shape needs less", file(one("\"F32\"", "[1]", "[0,8]")), "needs 4 bytes, but data_offsets give 8"},
      {"shape needs more", file(one("\"F32\"", "[3]", "[0,8]")), "needs 12 bytes, but data_offsets give 8"},
      {"scalar needs less", file(one("\"F32\"", "[]", "[0,8]")), "needs 4 bytes, but data_offsets give 8"},
      {"same place twice", file(two("[0,4]", "[0,4]"), "1234"), "overlaps the tensor before it"},
      {"overlap", file(two("[0,4]", "[2,6]"), "123456"), "tensor 'b': overlaps the tensor before it"},
      {"hole", file(two("[0,4]", "[6,10]"), "1234567890"), "tensor 'b': begins at byte 6 and leaves a hole"},
      {"hole at the start", file(one("\"F32\"", "[1]", "[4,8]")), "leaves a hole after byte 0"},
      {"bytes left over", file(one("\"F32\"", "[1]", "[0,4]")), "the last 4 bytes belong to no tensor"},
      {"data without tensors", file("{}"), "the last 8 bytes belong to no tensor"},
  };
}

}  // namespace

TEST_CASE("each defect of a safetensors file gives a message that names the file and the broken rule") {
  const ScratchFolder folder;
  for (const Defect& defect : defects()) {
    CAPTURE(defect.what);
    const auto file = folder.write("bad.safetensors", defect.bytes);
    const std::string message = checkpoint_error([&] { Safetensors{file}; });
    CAPTURE(message);
    CHECK(message.starts_with(file.string() + ": "));
    CHECK(message.find(defect.message) != std::string::npos);
  }
}

TEST_CASE("a safetensors file cut at any byte is refused") {
  const ScratchFolder folder;
  const std::string whole = safetensors_bytes(two("[0,4]", "[4,8]"), kData8);
  CHECK_NOTHROW(Safetensors{folder.write("whole.safetensors", whole)});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    const auto file = folder.write("cut.safetensors", whole.substr(0, length));
    CHECK(checkpoint_error([&] { Safetensors{file}; }) != "(no error)");
  }
}

TEST_CASE("any single changed byte of a header is either refused or leaves tensors within the file") {
  const ScratchFolder folder;
  const std::string whole = safetensors_bytes(two("[0,4]", "[4,8]"), kData8);
  int refused = 0;
  for (std::size_t at = 0; at < whole.size() - kData8.size(); ++at) {
    for (const char value : {'\0', '\xff', '"', '9', '{'}) {
      std::string changed = whole;
      changed[at] = value;
      const auto file = folder.write("changed.safetensors", changed);
      try {
        const Safetensors tensors(file);
        for (const auto& name : tensors.names()) CHECK(tensors.tensor(name).nbytes() <= kData8.size());
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::checkpoint);
        ++refused;
      }
    }
  }
  CHECK(refused > 500);
}

TEST_CASE("values, shapes and types are read as they were written") {
  const ScratchFolder folder;
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"f":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
      R"("l":{"dtype":"I64","shape":[1],"data_offsets":[24,32]},)"
      R"("b":{"dtype":"BOOL","shape":[2],"data_offsets":[32,34]},)"
      R"("none":{"dtype":"F16","shape":[0,4],"data_offsets":[34,34]},)"
      R"("s":{"dtype":"I16","shape":[],"data_offsets":[34,36]}})";
  const std::string data = values_bytes<float>({0, 1, 2, 3, 4, 5}) + values_bytes<std::int64_t>({-7}) +
                           std::string("\1\0", 2) + values_bytes<std::int16_t>({-300});
  const Safetensors file(folder.write("good.safetensors", safetensors_bytes(header, data)));
  CHECK(file.names() == std::vector<std::string>{"b", "f", "l", "none", "s"});
  CHECK(file.metadata().at("format") == "pt");
  CHECK(at::equal(file.tensor("f"), at::arange(6, at::kFloat).view({2, 3})));
  CHECK(file.tensor("l").item<std::int64_t>() == -7);
  CHECK(at::equal(file.tensor("b"), at::tensor({1, 0}).to(at::kBool)));
  CHECK((file.tensor("none").sizes() == at::IntArrayRef({0, 4})));
  CHECK((file.tensor("none").scalar_type() == at::kHalf));
  CHECK(file.tensor("s").dim() == 0);
  CHECK(file.tensor("s").item<std::int64_t>() == -300);
}

TEST_CASE("every type of the format has its ATen type") {
  const ScratchFolder folder;
  const std::vector<std::pair<const char*, at::ScalarType>> types = {
      {"F64", at::kDouble}, {"F32", at::kFloat}, {"F16", at::kHalf}, {"BF16", at::kBFloat16}, {"I64", at::kLong},
      {"I32", at::kInt}, {"I16", at::kShort}, {"I8", at::kChar}, {"U8", at::kByte}, {"BOOL", at::kBool},
      {"F8_E4M3", at::kFloat8_e4m3fn}, {"F8_E5M2", at::kFloat8_e5m2}};
  for (const auto& [name, dtype] : types) {
    CAPTURE(name);
    const auto size = c10::elementSize(dtype);
    const std::string offsets = std::string("[0,").append(std::to_string(size)).append("]");
    const std::string header = one(std::string("\"").append(name).append("\""), "[1]", offsets);
    const Safetensors file(folder.write("t.safetensors", safetensors_bytes(header, std::string(size, '\0'))));
    CHECK((file.info("t").dtype == dtype));
    CHECK((file.tensor("t").scalar_type() == dtype));
  }
}

TEST_CASE("a tensor outlives its file object") {
  const ScratchFolder folder;
  std::string header = one("\"F32\"", "[2]", "[0,8]");
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const auto path = folder.write("t.safetensors", safetensors_bytes(header, values_bytes<float>({1, 2})));
  const at::Tensor tensor = Safetensors(path).tensor("t");
  CHECK(at::equal(tensor, at::tensor({1.0f, 2.0f})));
}

TEST_CASE("values that the file does not align are read all the same") {
  const ScratchFolder folder;
  for (int padding = 0; padding < 8; ++padding) {
    CAPTURE(padding);
    const std::string header = one("\"F64\"", "[2]", "[0,16]") + std::string(static_cast<std::size_t>(padding), ' ');
    const Safetensors file(folder.write("t.safetensors", safetensors_bytes(header, values_bytes<double>({1.5, -2}))));
    const at::Tensor tensor = file.tensor("t");
    CHECK(reinterpret_cast<std::uintptr_t>(tensor.data_ptr()) % 8 == 0);
    CHECK(at::equal(tensor, at::tensor({1.5, -2.0}, at::kDouble)));
  }
}

TEST_CASE("a boolean that is neither 0 nor 1 is refused when it is read") {
  const ScratchFolder folder;
  const Safetensors file(
      folder.write("t.safetensors", safetensors_bytes(one("\"BOOL\"", "[2]", "[0,2]"), std::string("\1\2"))));
  CHECK(checkpoint_error([&] { file.tensor("t"); }).find("neither 0 nor 1") != std::string::npos);
}

TEST_CASE("an unknown name is refused with the nearest known one") {
  const ScratchFolder folder;
  const Safetensors file(folder.write("t.safetensors", safetensors_bytes(two("[0,4]", "[4,8]"), kData8)));
  CHECK_FALSE(file.has("c"));
  CHECK(checkpoint_error([&] { file.tensor("c"); }).find("holds no tensor 'c'") != std::string::npos);
  CHECK(checkpoint_error([&] { file.info("c"); }).find("holds no tensor 'c'") != std::string::npos);
}

TEST_CASE("a folder in place of a safetensors file is an input error") {
  const ScratchFolder folder;
  CHECK_THROWS_AS(Safetensors{folder.path()}, Error);
}
