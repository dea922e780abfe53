#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include <nlohmann/json.hpp>

#include "harvard_gf/harvard_gf.hpp"
#include "harvard_gf/thickness.hpp"
#include "harvard_tree.hpp"
#include "medvlm/base/files.hpp"
#include "npz_files.hpp"
#include "plugin_options.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::harvard_gf::HarvardGf;

namespace {

HarvardGf open(const std::filesystem::path& root, Value::Table given = {}) {
  given.emplace("root", root.string());
  return HarvardGf(plugin_options("harvard_gf", given));
}

std::string error(const std::string& csv, Value::Table given = {}) {
  const ScratchFolder folder;
  folder.write("data_summary.csv", csv);
  return error_of([&] { open(folder.path(), given).samples(Split::train); });
}

std::string map_file(const std::vector<float>& values, std::vector<std::int64_t> shape) {
  // The scans come first and are damaged: they must not be read.
  std::string bytes = npz({{"oct_bscans", npy("|u1", {4}, "abcd")}, {"rnflt", npy("<f4", shape, raw(values))}}, false);
  const auto at = bytes.find("abcd");
  bytes[at] = 'x';
  return bytes;
}

std::vector<std::uint8_t> gray(const Image& image) {
  std::vector<std::uint8_t> values;
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) values.push_back(image.pixels[i]);
  return values;
}

}  // namespace

TEST_CASE("Harvard-GF's classes and texts are the benchmark's") {
  const ScratchFolder folder;
  folder.write("data_summary.csv", summary_csv(10, 10, "data_%04d.npz"));
  const DatasetInfo info = open(folder.path()).info();
  CHECK(info.labels == LabelKind::binary);
  REQUIRE(info.classes.size() == 2);
  CHECK(info.classes[0].text == "benign retina");
  CHECK(info.classes[1].text == "glaucomatous retina");
  CHECK(info.prompt_template == "a photo of {}");
  CHECK(info.cluster_group == "patient");
}

TEST_CASE("Harvard-GF's benchmark split has the members that scikit-learn draws, in the table's order") {
  const auto peers = nlohmann::json::parse(
      read_file(std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "table" / "sklearn_splits.json"))["balanced"];
  const ScratchFolder folder;
  folder.write("data_summary.csv", summary_csv(1488, 1812, "data_%04d.npz"));
  HarvardGf dataset = open(folder.path());
  CHECK((dataset.splits() == std::vector<Split>{Split::train, Split::test}));
  const auto train = dataset.samples(Split::train), test = dataset.samples(Split::test);
  CHECK(train.size() == 2706);
  CHECK(test.size() == 594);
  REQUIRE(peers[0]["men"] == 1488);
  CHECK(digest_of_names(test) == peers[0]["test"]);
  std::set<std::string> ids;
  for (const auto* side : {&train, &test}) {
    for (const Sample& sample : *side) ids.insert(sample.id);
  }
  CHECK(ids.size() == 3300);
}

TEST_CASE("Harvard-GF's labels, folders and groups are the table's") {
  const ScratchFolder folder;
  folder.write("data_summary.csv", summary_csv(10, 10, "data_%04d.npz"));
  HarvardGf dataset = open(folder.path(), {{"split", "official"}});
  CHECK((dataset.splits() == std::vector<Split>{Split::train, Split::validation, Split::test}));
  const auto train = dataset.samples(Split::train);
  REQUIRE(train.size() == 14);
  CHECK(dataset.samples(Split::validation).size() == 2);
  CHECK(dataset.samples(Split::test).size() == 4);
  CHECK(dataset.samples(Split::test)[0].id == "Test/data_0017.npz");
  CHECK(train[1].id == "Training/data_0002.npz");
  CHECK(train[0].label == 0);
  CHECK(train[1].label == 1);
  CHECK(*find_group(train[1], "patient") == "0002");
  CHECK(*find_group(train[1], "sex") == "male");
  CHECK(*find_group(train[1], "age") == "20-29");
  CHECK(*find_group(train[1], "race") == "asian");
  CHECK(*find_group(train[1], "ethnicity") == "non-hispanic");
  CHECK(*find_group(train[1], "language") == "english");
  CHECK(*find_group(train[1], "marital_status") == "single");
}

TEST_CASE("the benchmark's own split files win, and need no other columns") {
  const ScratchFolder folder;
  folder.write("GF3300/data/data_summary.csv", summary_csv(10, 10, "data_%04d.npz"));
  folder.write("GF3300/split/train.csv", "path,glaucoma\nTraining/data_0001.npz,yes\nTest/data_0002.npz,no\n");
  folder.write("GF3300/split/test.csv", "filename,gender,glaucoma,path\ndata_0003.npz,male,Yes,Training/data_0003.npz\n");
  folder.write("GF3300/data/Training/data_0003.npz", map_file({0, 1, 2, 3, 4, 5}, {2, 3}));
  for (const auto& root : {folder.path(), folder.path() / "GF3300"}) {
    HarvardGf dataset = open(root);
    const auto train = dataset.samples(Split::train), test = dataset.samples(Split::test);
    REQUIRE(train.size() == 2);
    CHECK(train[0].label == 1);
    CHECK(train[1].id == "Test/data_0002.npz");
    CHECK(find_group(train[0], "sex") == nullptr);
    REQUIRE(test.size() == 1);
    CHECK(test[0].label == 1);
    CHECK(*find_group(test[0], "sex") == "male");
    CHECK(dataset.decode_image(dataset.read_image(test[0])).width == 3);
    CHECK(open(root, {{"split", "official"}}).samples(Split::train).size() == 14);
  }
}

TEST_CASE("Harvard-GF's train split is read without the test file") {
  const ScratchFolder folder;
  folder.write("split/train.csv", "path,glaucoma\nTraining/data_0001.npz,yes\n");
  HarvardGf dataset = open(folder.path());
  CHECK((dataset.splits() == std::vector<Split>{Split::train}));
  CHECK(contains(error_of([&] { dataset.samples(Split::test); }), "Harvard-GF has no test split"));
}

TEST_CASE("thickness maps become gray levels as numpy makes them") {
  const ScratchFolder folder;
  folder.write("data_summary.csv", summary_csv(10, 10, "data_%04d.npz"));
  folder.write("Training/data_0001.npz", map_file({-2, 0, 1.5F, 299.11959F, 349.99F, 350}, {2, 3}));
  const HarvardGf dataset = open(folder.path());
  Sample sample;
  sample.image = "Training/data_0001.npz";
  const Image image = dataset.decode_image(dataset.read_image(sample));
  CHECK(image.width == 3);
  CHECK(image.height == 2);
  CHECK(gray(image) == std::vector<std::uint8_t>{0, 1, 2, 218, 254, 255});
  CHECK(image.pixels[9] == image.pixels[10]);
  CHECK(image.pixels[9] == image.pixels[11]);
}

TEST_CASE("the arithmetic is that of the array's own type") {
  const auto level = [](const std::string& type, const std::string& data) {
    return gray(harvard_gf::decode_thickness({harvard_gf::kThicknessDecoder, npy(type, {1, 1}, data), "f"})).at(0);
  };
  const auto peers =
      nlohmann::json::parse(read_file(std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "table" / "thickness.json"));
  REQUIRE(peers["cases"].size() > 200);
  for (const auto& item : peers["cases"]) {
    CAPTURE(item);
    const double value = item["value"];
    const std::string type = item["type"];
    if (type == "<f8") CHECK(level(type, raw<double>({value})) == item["level"]);
    if (type == "<f4") CHECK(level(type, raw<float>({static_cast<float>(value)})) == item["level"]);
    if (type == "<f2") CHECK(level(type, raw<std::uint16_t>({item["bits"].get<std::uint16_t>()})) == item["level"]);
    if (type == "<i2") CHECK(level(type, raw<std::int16_t>({static_cast<std::int16_t>(value)})) == item["level"]);
  }
}

TEST_CASE("maps that are none are refused with the file's name") {
  const auto refusal = [](const std::string& bytes) {
    const ScratchFolder folder;
    folder.write("data_summary.csv", summary_csv(10, 10, "data_%04d.npz"));
    if (!bytes.empty()) folder.write("Training/data_0001.npz", bytes);
    const HarvardGf dataset = open(folder.path());
    Sample sample;
    sample.image = "Training/data_0001.npz";
    return error_of([&] { dataset.decode_image(dataset.read_image(sample)); });
  };
  CHECK(contains(refusal(""), "Training/data_0001.npz: the image file does not exist"));
  CHECK(contains(refusal("hello"), "data_0001.npz: is no .npz archive"));
  CHECK(contains(refusal(npz({{"md", npy("<f4", {1}, "abcd")}})), "there is no array 'rnflt'"));
  CHECK(contains(refusal(map_file({1, 2}, {2})), "array 'rnflt' is a float32 array of shape (2,)"));
  CHECK(contains(refusal(map_file({NAN, 2}, {1, 2})), "array 'rnflt' holds nan, which is no thickness"));
  CHECK(contains(error_of([] { harvard_gf::decode_thickness({"file", "", "f"}); }), "made for decoder 'file'"));
}

TEST_CASE("bad rows of Harvard-GF are reported with file and line") {
  const std::string header = "filename,gender,glaucoma,use\n", good = "data_1.npz,male,yes,training\n";
  CHECK(contains(error(header + good + "data_2.npz,male,maybe,test\n", {{"split", "official"}}),
                 "data_summary.csv:3: glaucoma is 'maybe'; expected yes or no"));
  CHECK(contains(error(header + good + "data_2.npz,male,no,train\n", {{"split", "official"}}), "csv:3: use is 'train'"));
  CHECK(contains(error(header + good + "data_1.npz,male,no,training\n", {{"split", "official"}}),
                 "csv:3: path 'Training/data_1.npz' is already on line 2"));
  CHECK(contains(error(header + good + "../x.npz,male,no,training\n", {{"split", "official"}}), "filename is '../x.npz'"));
  CHECK(contains(error(header + good + "data_2.npz,,no,test\n"), "csv:3: gender is ''"));
  CHECK(contains(error(header + good + "data_2.npz,,no,test\n"), "set option 'split' to \"official\""));
  CHECK(contains(error(header + good), "five are needed"));
  CHECK(contains(error(header), "has a header but no images"));
  CHECK(contains(error("filename,glaucoma,use\n"), "there is no column 'gender'"));
}

TEST_CASE("a folder without Harvard-GF is refused with what was looked for") {
  const ScratchFolder folder;
  const std::string message = error_of([&] { open(folder.path()); });
  CHECK(contains(message, "this is no folder of Harvard-GF"));
  CHECK(contains(message, "data_summary.csv"));
  CHECK(contains(message, "split/train.csv"));
  CHECK(contains(message, "set option 'root'"));
}
