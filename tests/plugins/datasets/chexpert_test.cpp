#include <doctest/doctest.h>

#include "chexpert/chexpert.hpp"
#include "plugin_options.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::chexpert::Chexpert;

namespace {

const std::string kHeader =
    "Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,"
    "Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices\n";

const std::string kTrain =
    kHeader +
    "CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg,Female,68,Frontal,AP,1.0,,,,,,,,,0.0,,,,1.0\n"
    "CheXpert-v1.0-small/train/patient00002/study2/view1_frontal.jpg,Female,87,Frontal,PA,"
    ",,-1.0,1.0,,-1.0,-1.0,,-1.0,,-1.0,,1.0,\n"
    "CheXpert-v1.0-small/train/patient00002/study1/view2_lateral.jpg,Unknown,,Lateral,,-1.0,,1.0,,,0.0,,,,,,,,\n";

const std::string kValid =
    kHeader +
    "CheXpert-v1.0-small/valid/patient64541/study1/view1_frontal.jpg,Male,73,Frontal,AP,"
    "0.0,1.0,1.0,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0\n";

struct Tree {
  ScratchFolder folder;
  Tree() {
    folder.write("CheXpert-v1.0-small/train.csv", kTrain);
    folder.write("CheXpert-v1.0-small/valid.csv", kValid);
  }
  Chexpert open(Value::Table given = {}) const {
    given.emplace("root", folder.path().string());
    return Chexpert(plugin_options("chexpert", given));
  }
};

}  // namespace

TEST_CASE("CheXpert's binary classes are the benchmark's, positive is normal") {
  const Tree tree;
  const DatasetInfo info = tree.open().info();
  CHECK(info.labels == LabelKind::binary);
  REQUIRE(info.classes.size() == 2);
  CHECK(info.classes[0].text == "diseased xray");
  CHECK(info.classes[1].text == "normal xray");
  CHECK(info.prompt_template == "a photo of {}");
  CHECK(info.modality == "chest radiograph");
  CHECK(info.cluster_group == "patient");
}

TEST_CASE("CheXpert's binary label counts uncertain and blank as diseased") {
  const Tree tree;
  const auto samples = tree.open().samples(Split::train);
  REQUIRE(samples.size() == 3);
  CHECK(samples[0].label == 1);
  CHECK(samples[1].label == 0);
  CHECK(samples[2].label == 0);
}

TEST_CASE("CheXpert's valid.csv is its test split") {
  const Tree tree;
  Chexpert dataset = tree.open();
  CHECK((dataset.splits() == std::vector<Split>{Split::train, Split::test}));
  const auto samples = dataset.samples(Split::test);
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].id == "valid/patient64541/study1/view1_frontal.jpg");
  CHECK(samples[0].label == 0);
  CHECK(contains(error_of([&] { dataset.samples(Split::validation); }), "no validation split"));
}

TEST_CASE("CheXpert's groups come from the path and the columns") {
  const Tree tree;
  const auto samples = tree.open().samples(Split::train);
  CHECK(*find_group(samples[1], "patient") == "patient00002");
  CHECK(*find_group(samples[1], "study") == "patient00002/study2");
  CHECK(*find_group(samples[1], "sex") == "Female");
  CHECK(*find_group(samples[1], "age") == "80-89");
  CHECK(*find_group(samples[1], "view") == "frontal PA");
  CHECK(*find_group(samples[2], "sex") == "unknown");
  CHECK(*find_group(samples[2], "age") == "unknown");
  CHECK(*find_group(samples[2], "view") == "lateral");
}

TEST_CASE("CheXpert's competition labels follow the policy for uncertain values") {
  const Tree tree;
  using Labels = std::vector<std::int8_t>;
  // Atelectasis, Cardiomegaly, Consolidation, Edema, Pleural Effusion
  const auto labels = [&](const char* policy, std::size_t row) {
    return tree.open({{"labels", "competition"}, {"uncertain", policy}}).samples(Split::train)[row].labels;
  };
  CHECK(labels("ones", 1) == Labels{1, 1, 1, 1, 1});
  CHECK(labels("zeros", 1) == Labels{0, 0, 0, 0, 0});
  CHECK(labels("ignore", 1) == Labels{-1, -1, -1, -1, -1});
  CHECK(labels("ignore", 2) == Labels{0, 1, 0, 0, 0});
}

TEST_CASE("CheXpert's findings have texts for presence and absence") {
  const Tree tree;
  const DatasetInfo info = tree.open({{"labels", "competition"}}).info();
  CHECK(info.labels == LabelKind::multilabel);
  REQUIRE(info.classes.size() == 5);
  CHECK(info.classes[4].name == "Pleural Effusion");
  CHECK(info.classes[4].text == "pleural effusion");
  CHECK(info.classes[4].negative_text == "no pleural effusion");
}

TEST_CASE("CheXpert has 14 labels in the order of its columns") {
  const Tree tree;
  Chexpert dataset = tree.open({{"labels", "all"}});
  CHECK(dataset.info().classes.size() == 14);
  const auto samples = dataset.samples(Split::train);
  CHECK(samples[0].labels == std::vector<std::int8_t>{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
}

TEST_CASE("CheXpert's root may be the inner folder") {
  const Tree tree;
  const Value::Table given = {{"root", (tree.folder.path() / "CheXpert-v1.0-small").string()}};
  CHECK(Chexpert(plugin_options("chexpert", given)).samples(Split::test).size() == 1);
}

TEST_CASE("each CheXpert split is read without the other's file") {
  const Tree tree;
  std::filesystem::remove(tree.folder.path() / "CheXpert-v1.0-small/train.csv");
  CHECK((tree.open().splits() == std::vector<Split>{Split::test}));
  CHECK(tree.open().samples(Split::test).size() == 1);
  const Tree other;
  std::filesystem::remove(other.folder.path() / "CheXpert-v1.0-small/valid.csv");
  CHECK(other.open().samples(Split::train).size() == 3);
  CHECK(contains(error_of([&] { other.open().samples(Split::test); }), "valid.csv: the file does not exist"));
}

TEST_CASE("CheXpert's pictures are read, and a missing one fails only when it is read") {
  const Tree tree;
  Chexpert dataset = tree.open();
  const auto samples = dataset.samples(Split::train);
  write_picture((tree.folder.path() / "CheXpert-v1.0-small" / samples[0].image).string());
  const Image image = dataset.decode_image(dataset.read_image(samples[0]));
  CHECK(image.width == 8);
  CHECK(image.height == 6);
  CHECK(contains(error_of([&] { dataset.read_image(samples[1]); }), "the image file does not exist"));
}

TEST_CASE("bad CheXpert rows are reported with file and line") {
  const auto refused = [](const std::string& row) {
    const Tree tree;
    tree.folder.write("CheXpert-v1.0-small/valid.csv", kValid + row + "\n");
    return error_of([&] { tree.open().samples(Split::test); });
  };
  const std::string tail = ",Male,73,Frontal,AP,2.0,,,,,,,,,,,,,";
  CHECK(contains(refused("CheXpert-v1.0-small/valid/patient1/study1/a.jpg" + tail),
                 "valid.csv:3: 'No Finding' is '2.0'"));
  CHECK(contains(refused("CheXpert-v1.0-small/valid/x/study1/a.jpg,Male,73,Frontal,AP,,,,,,,,,,,,,,"),
                 "valid.csv:3: Path 'valid/x/study1/a.jpg' names no patient"));
  CHECK(contains(refused("CheXpert-v1.0-small/valid/patient64541/study1/view1_frontal.jpg,,,,,,,,,,,,,,,,,,"),
                 "valid.csv:3: Path 'valid/patient64541/study1/view1_frontal.jpg' is already on line 2"));
}

TEST_CASE("a folder without CheXpert is refused with the option's name") {
  const ScratchFolder folder;
  const Value::Table given = {{"root", folder.path().string()}};
  CHECK(contains(error_of([&] { Chexpert{plugin_options("chexpert", given)}; }), "set option 'root'"));
}
