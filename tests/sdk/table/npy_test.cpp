#include <doctest/doctest.h>

#include "medvlm/sdk/table/npy.hpp"
#include "npz_files.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using namespace medvlm::test;

namespace {

NpyArray parse(const std::string& bytes) { return parse_npy(bytes, "a.npy"); }

std::string npy_error(const std::string& bytes) {
  return error_of([&] { parse(bytes); });
}

std::string header_error(const std::string& header, const std::string& data = "1234") {
  return npy_error(npy_with_header(header, data));
}

std::filesystem::path golden(const std::string& name) {
  return std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "npz" / name;
}

}  // namespace

TEST_CASE("all versions of the format that numpy writes are read") {
  for (const char* name : {"version1.npy", "version2.npy", "version3.npy"}) {
    const NpyArray array = read_npy(golden(name));
    CHECK(array.shape() == std::vector<std::int64_t>{2, 3});
    CHECK(array.integers() == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5});
  }
}

TEST_CASE("items are parts of the array, in either order") {
  const std::string c = npy_with_header("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}", "abcdef");
  const std::string f = npy_with_header("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3)}", "adbecf");
  for (const std::string& file : {c, f}) {
    const NpyArray array = parse(file);
    CHECK(array.bytes() == std::vector<std::uint8_t>{'a', 'b', 'c', 'd', 'e', 'f'});
    CHECK(array.item(1).bytes() == std::vector<std::uint8_t>{'d', 'e', 'f'});
    CHECK(array.item(1).item(2).integers() == std::vector<std::int64_t>{'f'});
    CHECK(array.item(0).shape() == std::vector<std::int64_t>{3});
    CHECK(contains(error_of([&] { array.item(2); }), "internal: a.npy: there is no item 2 in a uint8 array of shape (2, 3)"));
    CHECK(contains(error_of([&] { array.item(-1); }), "no item -1"));
    CHECK(contains(error_of([&] { array.item(0).item(0).item(0); }), "uint8 array of shape ()"));
  }
}

TEST_CASE("an item lives longer than its array") {
  const NpyArray item = parse(npy("|u1", {2, 2}, "abcd")).item(1);
  CHECK(item.bytes() == std::vector<std::uint8_t>{'c', 'd'});
}

TEST_CASE("numpy's own unreadable arrays are refused with the cure") {
  const auto refusal = [](const char* name) { return error_of([&] { read_npy(golden(name)); }); };
  CHECK(contains(refusal("objects.npy"), "objects.npy: holds Python objects (a pickle)"));
  CHECK(contains(refusal("objects.npy"), "astype"));
  CHECK(contains(refusal("records.npy"), "records.npy: holds records"));
  CHECK(contains(refusal("complex.npy"), "elements of type '<c16'"));
  CHECK(contains(refusal("times.npy"), "elements of type '<M8[s]'"));
}

TEST_CASE("values of the wrong kind are refused") {
  const NpyArray numbers = parse(npy("<f4", {2}, raw<float>({1.5F, 2})));
  CHECK(contains(error_of([&] { numbers.bytes(); }), "a.npy: is a float32 array of shape (2,); expected uint8"));
  CHECK(contains(error_of([&] { numbers.integers(); }), "element 0 is 1.500000; expected integers"));
  CHECK(contains(error_of([&] { numbers.texts(); }), "expected texts"));
  CHECK(contains(error_of([&] { parse(npy("|S2", {1}, "ab")).numbers(); }), "expected integers"));
  CHECK(contains(error_of([&] { parse(npy("|b1", {1}, "\x02")).integers(); }), "is no boolean"));
  CHECK(contains(error_of([&] { parse(npy("<u8", {1}, std::string(8, '\xff'))).integers(); }), "beyond 63 bits"));
  CHECK(contains(error_of([&] { parse(npy("<f8", {1}, raw<double>({1e300}))).integers(); }), "expected integers"));
}

TEST_CASE("floats that are whole numbers are integers") {
  CHECK(parse(npy("<f4", {2}, raw<float>({1, -3}))).integers() == std::vector<std::int64_t>{1, -3});
}

TEST_CASE("characters that do not exist are refused") {
  CHECK(contains(error_of([] { parse(npy("<U1", {1}, raw<std::uint32_t>({0xD800}))).texts(); }), "is no character"));
  CHECK(contains(error_of([] { parse(npy("<U1", {1}, raw<std::uint32_t>({0x110000}))).texts(); }), "is no character"));
}

TEST_CASE("a header that promises more or less than there is is refused with both numbers") {
  CHECK(contains(npy_error(npy("|u1", {5}, "abcd")), "data: a.npy: its header promises 5 bytes of elements, and it "
                                                       "holds 4"));
  CHECK(contains(npy_error(npy("|u1", {3}, "abcd")), "promises 3 bytes of elements, and it holds 4"));
  CHECK(contains(npy_error(npy("<f8", {4611686018427387904, 4}, "abcd")), "more elements than any memory holds"));
  CHECK(contains(npy_error(npy("<f8", {0, 4611686018427387904, 4}, "")), "more elements than any memory holds"));
}

TEST_CASE("headers that are no dictionaries of numpy are refused") {
  CHECK(contains(header_error("{'descr': '|u1', 'fortran_order': False}"), "lacks one of descr, fortran_order and shape"));
  CHECK(contains(header_error("{'descr': '|u1', 'descr': '|u1'}"), "names 'descr' twice"));
  CHECK(contains(header_error("{'type': '|u1'}"), "unknown key 'type'"));
  CHECK(contains(header_error("{'descr': '|u1', 'fortran_order': 0, 'shape': (4,)}"), "neither True nor False"));
  CHECK(contains(header_error("{'descr': '|u1', 'fortran_order': False, 'shape': (-4,)}"), "no list of sizes"));
  CHECK(contains(header_error("{'descr': '|u1', 'fortran_order': False, 'shape': 4}"), "'(' is missing"));
  CHECK(contains(header_error("{'descr': '|u1', 'fortran_order': False, 'shape': (4,)} x"), "goes on"));
  CHECK(contains(header_error("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}"),
                 "no list of sizes"));
  CHECK(contains(header_error("{'descr': '|u1"), "a text without end"));
  CHECK(contains(header_error("['descr']"), "'{' is missing"));
  CHECK(contains(header_error(""), "'{' is missing"));
  for (const char* type : {"", "<", "u", "<u3", "<f1", "<f16", "|V8", "|S0", "<U0", "<u99999999999", "<i4x", "?"}) {
    CAPTURE(type);
    CHECK(contains(npy_error(npy(type, {1}, "1")), "which are not read"));
  }
}

TEST_CASE("other files and versions are refused") {
  CHECK(contains(npy_error("hello"), "is no array of numpy"));
  CHECK(contains(npy_error(""), "is no array of numpy"));
  CHECK(contains(npy_error("\x93NUMPY\x04" + std::string(9, '\0')), "format version 4"));
  CHECK(contains(error_of([] { read_npy("/nowhere/a.npy"); }), "data: /nowhere/a.npy: the file does not exist"));
}

TEST_CASE("every prefix of a file is refused, and every changed byte of a header is read or refused") {
  const std::string file = npy("<i4", {2, 2}, raw<std::int32_t>({1, 2, 3, 4}));
  for (std::size_t length = 0; length < file.size(); ++length) {
    CHECK(contains(npy_error(file.substr(0, length)), "data: a.npy: "));
  }
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (int change = 1; change < 256; change += 6) {
      std::string damaged = file;
      damaged[i] = static_cast<char>(damaged[i] ^ change);
      const std::string error = error_of([&] { parse(damaged).numbers(); });
      CHECK((error.empty() || contains(error, "data: a.npy: ")));
    }
  }
}
