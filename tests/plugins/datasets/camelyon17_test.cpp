#include <doctest/doctest.h>

#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "camelyon17/camelyon17.hpp"
#include "medvlm/base/hash.hpp"
#include "plugin_options.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::camelyon17::Camelyon17;

namespace {

/// The table of tests/peers/make_camelyon_draws.py, which says what scikit-learn draws from it.
std::string metadata(int rows) {
  std::string text = ",patient,node,x_coord,y_coord,tumor,slide,center,split\n";
  for (int i = 0; i < rows; ++i) {
    const int slide = i % 50, patient = slide / 2 * 2 + 4;
    const std::string number = std::to_string(patient);
    text += std::to_string(i) + "," + std::string(3 - number.size(), '0') + number + "," + std::to_string(slide % 2) + "," +
            std::to_string(i * 32) + "," + std::to_string(i * 64 % 10007) + "," + std::to_string(i % 7 < 3) + "," +
            std::to_string(slide) + "," + std::to_string(slide / 10) + "," + std::to_string(i % 11 == 0) + "\n";
  }
  return text;
}

nlohmann::json draws() {
  return nlohmann::json::parse(read_file(std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "table/camelyon_draws.json"));
}

Camelyon17 open(const ScratchFolder& folder, Value::Table given = {}) {
  given.emplace("root", folder.path().string());
  return Camelyon17(plugin_options("camelyon17", given));
}

std::vector<std::int64_t> rows_of(const std::vector<Sample>& samples) {
  std::vector<std::int64_t> rows;
  for (const Sample& sample : samples) rows.push_back(sample.row);
  return rows;
}

std::string joined(const std::vector<std::int64_t>& rows) {
  std::string text;
  for (const std::int64_t row : rows) text += std::to_string(row) + "\n";
  return text;
}

std::set<std::string> centers(const std::vector<Sample>& samples) {
  std::set<std::string> found;
  for (const Sample& sample : samples) found.insert(*find_group(sample, "center"));
  return found;
}

}  // namespace

TEST_CASE("Camelyon17's classes are the benchmark's") {
  const ScratchFolder folder;
  folder.write("metadata.csv", metadata(100));
  const DatasetInfo info = open(folder).info();
  CHECK(info.labels == LabelKind::binary);
  REQUIRE(info.classes.size() == 2);
  CHECK(info.classes[0].text == "negative tumor");
  CHECK(info.classes[1].text == "positive tumor");
  CHECK(info.cluster_group == "patient");
}

TEST_CASE("Camelyon17's sample is the one that scikit-learn draws, in its order") {
  const ScratchFolder folder;
  folder.write("camelyon17_v1.0/metadata.csv", metadata(20000));
  for (const auto& draw : draws()) {
    const std::string parents = draw["parents"];
    CAPTURE(parents);
    Camelyon17 dataset = open(folder, {{"parents", parents}, {"sample_seed", draw["seed"].get<std::int64_t>()}});
    for (const Split split : {Split::train, Split::test}) {
      const auto& expected = draw[std::string(to_string(split))];
      const auto rows = rows_of(dataset.samples(split));
      CHECK(rows.size() == expected["size"].get<std::size_t>());
      CHECK(std::vector(rows.begin(), rows.begin() + 5) == expected["first"].get<std::vector<std::int64_t>>());
      CHECK(sha256_hex(joined(rows)) == expected["sha256"].get<std::string>());
    }
  }
}

TEST_CASE("all of Camelyon17 by its split column or by hospital") {
  const ScratchFolder folder;
  folder.write("metadata.csv", metadata(2200));
  Camelyon17 by_column = open(folder, {{"subset", "full"}});
  CHECK(by_column.samples(Split::test).size() == 200);
  CHECK(by_column.samples(Split::train).size() == 2000);
  Camelyon17 wilds = open(folder, {{"subset", "full"}, {"parents", "wilds"}});
  CHECK(centers(wilds.samples(Split::train)) == std::set<std::string>{"0", "3", "4"});
  CHECK(centers(wilds.samples(Split::test)) == std::set<std::string>{"2"});
  CHECK(wilds.samples(Split::test).size() == 440);
  for (const Sample& sample : wilds.samples(Split::train)) CHECK(sample.row % 11 != 0);
}

TEST_CASE("a patch of Camelyon17 has its file, label and groups") {
  const ScratchFolder folder;
  folder.write("metadata.csv", metadata(60));
  Camelyon17 dataset = open(folder, {{"subset", "full"}});
  const auto samples = dataset.samples(Split::train);
  const Sample& sample = samples[0];  // row 1: slide 1
  CHECK(sample.id == "patient_004_node_1_x_32_y_64");
  CHECK(sample.image == "patient_004_node_1/patch_patient_004_node_1_x_32_y_64.png");
  CHECK(sample.label == 1);
  CHECK(*find_group(sample, "patient") == "004");
  CHECK(*find_group(sample, "node") == "patient_004_node_1");
  CHECK(*find_group(sample, "slide") == "1");
  CHECK(*find_group(sample, "center") == "0");
  write_picture((folder.path() / "patches" / sample.image).string());
  CHECK(dataset.decode_image(dataset.read_image(sample)).width == 8);
  CHECK(contains(error_of([&] { dataset.read_image(samples[1]); }), "the image file does not exist"));
}

TEST_CASE("the benchmark's lists of Camelyon17 are read as they are") {
  const ScratchFolder folder;
  const std::string header = ",patient,node,x_coord,y_coord,tumor,slide,center,split\n";
  folder.write("data/camelyon17_v1.0/metadata.csv", metadata(100));
  folder.write("data/camelyon17_v1.0/sample3680_train_metadata.csv", header + "5,4,4,10,20,1,0,0,0\n1,17,2,30,40,0,7,1,0\n");
  folder.write("data/camelyon17_v1.0/sample920_test_metadata.csv", "patient,node,x_coord,y_coord,tumor\n20,1,5,6,1\n");
  Camelyon17 dataset = open(folder);
  const auto train = dataset.samples(Split::train), test = dataset.samples(Split::test);
  REQUIRE(train.size() == 2);
  CHECK(train[1].id == "patient_017_node_2_x_30_y_40");
  CHECK(*find_group(train[1], "center") == "1");
  REQUIRE(test.size() == 1);
  CHECK(find_group(test[0], "center") == nullptr);
  CHECK(open(folder, {{"subset", "full"}}).samples(Split::train).size() == 90);
  CHECK(open(folder, {{"layout", "public"}, {"subset", "full"}}).samples(Split::test).size() == 10);
}

TEST_CASE("Camelyon17's patches may lie elsewhere, and a list may be missing") {
  const ScratchFolder folder;
  folder.write("sample3680_train_metadata.csv", "patient,node,x_coord,y_coord,tumor\n20,1,5,6,1\n");
  const auto place = folder.path() / "elsewhere";
  Camelyon17 dataset = open(folder, {{"patches", place.string()}});
  const auto samples = dataset.samples(Split::train);
  write_picture((place / samples[0].image).string());
  CHECK(dataset.decode_image(dataset.read_image(samples[0])).height == 6);
  CHECK((dataset.splits() == std::vector<Split>{Split::train}));
  CHECK(contains(error_of([&] { dataset.samples(Split::test); }), "no test split"));
}

TEST_CASE("more patches than there are cannot be drawn") {
  const ScratchFolder folder;
  folder.write("metadata.csv", metadata(100));
  const std::string error = error_of([&] { open(folder).samples(Split::test); });
  CHECK(contains(error, "metadata.csv: 920 of 10 patches cannot be drawn"));
  CHECK(contains(error, "option 'test_samples'"));
  CHECK(contains(error, "subset = \"full\""));
}

TEST_CASE("bad rows of Camelyon17 are reported with file and line") {
  const auto refused = [](const std::string& row) {
    const ScratchFolder folder;
    folder.write("metadata.csv", "patient,node,x_coord,y_coord,tumor,slide,center,split\n4,4,1,2,0,0,0,0\n" + row + "\n");
    return error_of([&] { open(folder, {{"subset", "full"}}).samples(Split::train); });
  };
  CHECK(contains(refused("4,4,1,3,2,0,0,0"), "metadata.csv:3: tumor is '2'; expected 0 or 1"));
  CHECK(contains(refused("4,4,x,3,1,0,0,0"), "metadata.csv:3: x_coord is 'x'; expected an integer"));
  CHECK(contains(refused("4,4,1,3,1,0,0,5"), "metadata.csv:3: split is '5'; expected 0 or 1"));
  CHECK(contains(refused("4,4,1,2,1,0,0,0"), "csv:3: the patch 'patient_004_node_4_x_1_y_2' is already on line 2"));
}

TEST_CASE("a folder without Camelyon17 is refused with what was looked for") {
  const ScratchFolder folder;
  const std::string error = error_of([&] { open(folder); });
  CHECK(contains(error, "sample3680_train_metadata.csv"));
  CHECK(contains(error, "metadata.csv (public layout)"));
  CHECK(contains(error, "set option 'root'"));
}
