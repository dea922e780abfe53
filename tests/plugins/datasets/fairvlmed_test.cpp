#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "fairvlmed/fairvlmed.hpp"
#include "harvard_tree.hpp"
#include "medvlm/base/files.hpp"
#include "npz_files.hpp"
#include "plugin_options.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::fairvlmed::FairVlMed;

namespace {

FairVlMed open_fairvlmed(const std::filesystem::path& root, Value::Table given = {}) {
  given.emplace("root", root.string());
  return FairVlMed(plugin_options("fairvlmed", given));
}

/// In the public layout, without images.
struct FairVlmedTree {
  ScratchFolder folder;
  explicit FairVlmedTree(const std::string& summary = "ReadMe/data_summary.csv") {
    folder.write(summary, summary_csv(10, 10, "data_%05d.npz"));
  }
  std::filesystem::path path(const std::string& name) const { return folder.path() / name; }
};

}  // namespace

TEST_CASE("FairVLMed's texts are the benchmark's, with the space before the second") {
  const FairVlmedTree tree;
  const DatasetInfo info = open_fairvlmed(tree.folder.path()).info();
  CHECK(info.labels == LabelKind::binary);
  REQUIRE(info.classes.size() == 2);
  CHECK(info.classes[0].text == "a benign scanning laser ophthalmoscope fundus image");
  CHECK(info.classes[1].text == " a glaucoma scanning laser ophthalmoscope fundus image");
  CHECK(info.prompt_template == "a photo of {}");
  CHECK(info.cluster_group == "patient");
}

TEST_CASE("FairVLMed's benchmark split has the members that scikit-learn draws") {
  const auto peers = nlohmann::json::parse(
      read_file(std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "table" / "sklearn_splits.json"))["balanced"];
  REQUIRE(peers[1]["men"] == 4369);
  const ScratchFolder folder;
  folder.write("ReadMe/data_summary.csv", summary_csv(4369, 5631, "data_%05d.npz"));
  FairVlMed dataset = open_fairvlmed(folder.path());
  CHECK(dataset.samples(Split::train).size() == 8254);
  std::vector<Sample> test = dataset.samples(Split::test);
  CHECK(test.size() == 1746);
  for (Sample& sample : test) {  // the peer has the names of the arrays
    CHECK(contains(sample.id, "/slo_fundus_"));
    sample.id = "x/data_" + *find_group(sample, "patient") + ".npz";
  }
  CHECK(digest_of_names(test) == peers[1]["test"]);
}

TEST_CASE("FairVLMed's table lies in ReadMe or beside the folders") {
  for (const char* place : {"ReadMe/data_summary.csv", "data_summary.csv", "FairVLMed10k/ReadMe/data_summary.csv"}) {
    const FairVlmedTree tree(place);
    FairVlMed dataset = open_fairvlmed(tree.folder.path(), {{"split", "official"}});
    CHECK((dataset.splits() == std::vector<Split>{Split::train, Split::validation, Split::test}));
    const auto samples = dataset.samples(Split::validation);
    REQUIRE(samples.size() == 2);
    CHECK(samples[0].id == "Validation/slo_fundus_00015.jpg");
    CHECK(samples[1].label == 1);
    CHECK(*find_group(samples[0], "patient") == "00015");
    CHECK(*find_group(samples[0], "marital_status") == "single");
  }
}

TEST_CASE("a JPEG is preferred to the array, and the array serves where there is none") {
  const FairVlmedTree tree;
  const std::string array = npz({{"age", npy("<f8", {}, std::string(8, '\0'))},
                                 {"slo_fundus", npy("|u1", {2, 3}, "abcdef")}});
  tree.folder.write("Training/data_00001.npz", array);
  tree.folder.write("Training/data_00002.npz", array);
  write_picture(tree.path("Training/slo_fundus_00001.jpg").string());
  FairVlMed dataset = open_fairvlmed(tree.folder.path(), {{"split", "official"}});
  const auto samples = dataset.samples(Split::train);
  const Image picture = dataset.decode_image(dataset.read_image(samples[0]));
  CHECK(picture.width == 8);
  CHECK(picture.height == 6);
  const Image fundus = dataset.decode_image(dataset.read_image(samples[1]));
  CHECK(fundus.width == 3);
  CHECK(fundus.height == 2);
  CHECK(fundus.pixels == std::vector<std::uint8_t>{'a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c',
                                                   'd', 'd', 'd', 'e', 'e', 'e', 'f', 'f', 'f'});
  const std::string error = error_of([&] { dataset.read_image(samples[2]); });
  CHECK(contains(error, "Training/slo_fundus_00003.jpg"));
  CHECK(contains(error, "Training/data_00003.npz: the image file does not exist"));
}

TEST_CASE("the benchmark's split files of FairVLMed win, with the same ids") {
  const ScratchFolder folder;
  folder.write("FairVLMed10k/ReadMe/data_summary.csv", summary_csv(10, 10, "data_%05d.npz"));
  folder.write("FairVLMed10k/split/train.csv", "path,glaucoma\nTraining/slo_fundus_00001.jpg,YES\n");
  folder.write("FairVLMed10k/split/test.csv", "path,glaucoma\nTraining/slo_fundus_00002.jpg,no\n");
  write_picture((folder.path() / "FairVLMed10k/Training/slo_fundus_00002.jpg").string());
  FairVlMed dataset = open_fairvlmed(folder.path());
  CHECK(dataset.samples(Split::train)[0].label == 1);
  const auto test = dataset.samples(Split::test);
  REQUIRE(test.size() == 1);
  CHECK(test[0].id == "Training/slo_fundus_00002.jpg");
  CHECK(dataset.decode_image(dataset.read_image(test[0])).width == 8);
}

TEST_CASE("an array of FairVLMed that is no image is refused") {
  const FairVlmedTree tree;
  tree.folder.write("Training/data_00001.npz", npz({{"slo_fundus", npy("<f4", {1, 1}, "abcd")}}));
  tree.folder.write("Training/data_00002.npz", npz({{"fundus", npy("|u1", {1, 1}, "a")}}));
  FairVlMed dataset = open_fairvlmed(tree.folder.path(), {{"split", "official"}});
  const auto samples = dataset.samples(Split::train);
  CHECK(contains(error_of([&] { dataset.decode_image(dataset.read_image(samples[0])); }),
                 "data_00001.npz: is a float32 array of shape (1, 1); an image is uint8"));
  CHECK(contains(error_of([&] { dataset.read_image(samples[1]); }), "there is no array 'slo_fundus'"));
}

TEST_CASE("a folder without FairVLMed is refused with what was looked for") {
  const ScratchFolder folder;
  const std::string message = error_of([&] { open_fairvlmed(folder.path()); });
  CHECK(contains(message, "this is no folder of FairVLMed"));
  CHECK(contains(message, "FairVLMed10k/"));
}
