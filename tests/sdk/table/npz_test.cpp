#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "medvlm/sdk/table/npz.hpp"
#include "npz_files.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using namespace medvlm::test;
using nlohmann::json;

namespace {

std::filesystem::path npz_golden(const std::string& name) {
  return std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "npz" / name;
}

void check_values(const NpyArray& array, const json& expected) {
  CHECK(array.shape() == expected["shape"].get<std::vector<std::int64_t>>());
  const std::string kind = expected["kind"];
  if (kind == "S" || kind == "U") {
    CHECK(array.texts() == expected["values"].get<std::vector<std::string>>());
  } else if (kind == "f") {
    CHECK(array.numbers() == expected["values"].get<std::vector<double>>());
  } else {
    CHECK(array.integers() == expected["values"].get<std::vector<std::int64_t>>());
    CHECK(array.numbers() == expected["values"].get<std::vector<double>>());
  }
}

const std::string kGray = npy("|u1", {2, 3}, "abcdef");
const std::string kLabels = npy("<i8", {2}, raw<std::int64_t>({0, 1}));

std::string open_error(const std::string& bytes) {
  const ScratchFolder folder;
  return error_of([&] {
    const NpzFile file(folder.write("a.npz", bytes));
    for (const std::string& name : file.names()) file.array(name).size();
  });
}

}  // namespace

TEST_CASE("arrays of every type, shape and order are those that numpy saved") {
  const json expected = json::parse(read_file(npz_golden("expected.json")))["arrays"];
  REQUIRE(expected.size() > 300);
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    const NpzFile file(npz_golden(name));
    CHECK(file.names().size() == expected.size());
    for (const auto& [key, array] : expected.items()) {
      CAPTURE(key);
      check_values(file.array(key), array);
      CHECK(file.header(key).shape == array["shape"].get<std::vector<std::int64_t>>());
      check_values(parse_npy(file.bytes(key), key), array);
    }
  }
}

TEST_CASE("an array that is too large for memory is unpacked to a temporary file, with the same values") {
  const json expected = json::parse(read_file(npz_golden("expected.json")))["arrays"];
  const NpzFile file(npz_golden("deflated.npz"), 0);
  for (const auto& [key, array] : expected.items()) check_values(file.array(key), array);
}

TEST_CASE("a temporary folder that does not exist is reported with the cure") {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before ? before : "";
  ::setenv("TMPDIR", "/nowhere", 1);
  const std::string error = error_of([] { NpzFile(npz_golden("deflated.npz"), 0).array("a10"); });
  before ? ::setenv("TMPDIR", kept.c_str(), 1) : ::unsetenv("TMPDIR");
  CHECK(contains(error, "io: "));
  CHECK(contains(error, "set TMPDIR"));
}

TEST_CASE("one array is read though its neighbours are damaged") {
  const ScratchFolder folder;
  for (const bool deflate : {true, false}) {
    std::string bytes = npz({{"good", kGray}, {"bad", kLabels}}, deflate);
    const auto at = bytes.find("bad.npy") + 12;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    const NpzFile file(folder.write("a.npz", bytes));
    CHECK(file.array("good").bytes().size() == 6);
    CHECK(contains(error_of([&] { file.array("bad"); }), "a.npz: array 'bad': "));
  }
}

TEST_CASE("a stored array lies in the mapped file; its owner may go") {
  const ScratchFolder folder;
  auto file = std::make_unique<NpzFile>(folder.write("a.npz", npz({{"x", kGray}}, false)));
  const NpyArray array = file->array("x");
  file.reset();
  CHECK(array.item(1).bytes() == std::vector<std::uint8_t>{'d', 'e', 'f'});
}

TEST_CASE("an unknown array is reported with the nearest name") {
  const ScratchFolder folder;
  const NpzFile file(folder.write("a.npz", npz({{"train_images", kGray}, {"train_labels", kLabels}})));
  CHECK(file.has("train_images"));
  CHECK_FALSE(file.has("test_images"));
  CHECK(contains(error_of([&] { file.array("train_image"); }),
                 "a.npz: there is no array 'train_image'; did you mean 'train_images'?"));
  CHECK(contains(error_of([&] { file.header("zzz"); }), "known: train_images, train_labels"));
}

TEST_CASE("archives that lie about sizes and checksums are refused") {
  const std::string zeros = npy("|u1", {100000}, std::string(100000, '\0'));
  CHECK(open_error(npz({{"x", zeros}})).empty());
  CHECK(contains(open_error(npz({{"x", zeros}}, true, {.size = 2000000000})), "claims 2000000000 bytes"));
  CHECK(contains(open_error(npz({{"x", zeros}}, true, {.size = 120000})), "ends after 1000"));
  CHECK(contains(open_error(npz({{"x", zeros}}, true, {.size = 90000})), "more bytes than the directory says"));
  CHECK(contains(open_error(npz({{"x", kGray}}, false, {.size = 5})), "has two sizes"));
  for (const bool deflate : {true, false}) {
    CHECK(contains(open_error(npz({{"x", kGray}}, deflate, {.wrong_crc = true})), "array 'x': its checksum is wrong"));
  }
  CHECK(contains(open_error(npz({{"x", kGray}}, true, {.method = 93})), "compressed by method 93"));
  CHECK(contains(open_error(npz({{"x", kGray}, {"x", kGray}})), "has the entry 'x.npy' twice"));
}

TEST_CASE("files that are no archives are refused for what they are") {
  CHECK(contains(open_error("hello"), "data: "));
  CHECK(contains(open_error("hello"), "a.npz: is no .npz archive"));
  CHECK(contains(open_error(""), "is no .npz archive"));
  CHECK(contains(open_error(kGray), "is a single array (.npy)"));
  CHECK(contains(error_of([] { NpzFile("/nowhere/a.npz"); }), "data: /nowhere/a.npz: the file does not exist"));
  CHECK(contains(open_error(npz({{"x", "hello"}})), "array 'x': is no array of numpy"));
}

TEST_CASE("every prefix of an archive and every changed byte is read or refused, never worse") {
  for (const bool deflate : {true, false}) {
    const std::string bytes = npz({{"x", kGray}, {"y", kLabels}}, deflate);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      CHECK(contains(open_error(bytes.substr(0, length)), "data: "));
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      for (const int change : {0x01, 0x10, 0x80, 0xff}) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ change);
        const std::string error = open_error(damaged);
        CHECK((error.empty() || contains(error, "data: ")));
      }
    }
  }
}
