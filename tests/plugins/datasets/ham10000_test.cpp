#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "ham10000/ham10000.hpp"
#include "medvlm/sdk/table/csv.hpp"
#include "plugin_options.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::ham10000::Ham10000;

namespace {

const char* const kDiagnoses[] = {"akiec", "bcc", "bkl", "df", "mel", "nv", "vasc"};

/// 140 images of 70 lesions; every 20th row lacks age, every 35th has an unknown sex.
std::vector<std::string> public_rows() {
  std::vector<std::string> rows;
  for (int i = 0; i < 140; ++i) {
    const int lesion = i / 2;
    const std::string age = i % 20 == 19 ? "" : std::to_string(20 + lesion % 60) + ".0";
    const std::string sex = i % 35 == 34 ? "unknown" : lesion % 2 ? "male" : "female";
    rows.push_back("HAM_" + std::to_string(lesion) + ",ISIC_" + std::to_string(i) + "," + kDiagnoses[lesion % 7] +
                   ",histo," + age + "," + sex + ",back,vidir_modern");
  }
  return rows;
}

std::string csv(const std::vector<std::string>& rows) {
  std::string text = "lesion_id,image_id,dx,dx_type,age,sex,localization,dataset\n";
  for (const std::string& row : rows) text += row + "\n";
  return text;
}

struct PublicTree {
  ScratchFolder folder;
  explicit PublicTree(const std::string& name = "HAM10000_metadata.csv") { folder.write(name, csv(public_rows())); }
  Ham10000 open(Value::Table given = {}) const {
    given.emplace("root", folder.path().string());
    return Ham10000(plugin_options("ham10000", given));
  }
};

std::set<std::string> ids(const std::vector<Sample>& samples) {
  std::set<std::string> result;
  for (const Sample& sample : samples) result.insert(sample.id);
  return result;
}

std::vector<Sample> all_samples(Ham10000 dataset) {
  auto samples = dataset.samples(Split::train);
  for (Sample& sample : dataset.samples(Split::test)) samples.push_back(std::move(sample));
  return samples;
}

}  // namespace

TEST_CASE("HAM10000's binary classes are the benchmark's") {
  const PublicTree tree;
  const DatasetInfo info = tree.open().info();
  CHECK(info.labels == LabelKind::binary);
  REQUIRE(info.classes.size() == 2);
  CHECK(info.classes[0].text == "benign keratosis-like lesions");
  CHECK(info.classes[1].text == "actinic keratoses or melanoma");
  CHECK(info.prompt_template == "a photo of {}");
  CHECK(info.modality == "dermatoscopy");
  CHECK(info.cluster_group == "lesion");
}

TEST_CASE("HAM10000 counts akiec and mel as positive, bcc and the rest as negative") {
  const PublicTree tree;
  for (const Sample& sample : all_samples(tree.open())) {
    const int diagnosis = std::stoi(find_group(sample, "lesion")->substr(4)) % 7;
    CHECK(sample.label == (diagnosis == 0 || diagnosis == 4));
  }
}

TEST_CASE("HAM10000 has seven classes in DermaMNIST's order and words") {
  const PublicTree tree;
  Ham10000 dataset = tree.open({{"task", "seven_class"}});
  CHECK(dataset.info().labels == LabelKind::multiclass);
  REQUIRE(dataset.info().classes.size() == 7);
  CHECK(dataset.info().classes[0].text == "actinic keratoses and intraepithelial carcinoma");
  CHECK(dataset.info().classes[6].text == "vascular lesions");
  for (const Sample& sample : dataset.samples(Split::train)) {
    CHECK(sample.label == std::stoi(find_group(sample, "lesion")->substr(4)) % 7);
  }
}

TEST_CASE("no HAM10000 lesion is on both sides") {
  const PublicTree tree;
  Ham10000 dataset = tree.open();
  std::set<std::string> train;
  for (const Sample& sample : dataset.samples(Split::train)) train.insert(*find_group(sample, "lesion"));
  for (const Sample& sample : dataset.samples(Split::test)) CHECK(train.count(*find_group(sample, "lesion")) == 0);
}

TEST_CASE("HAM10000's two sides are all images, and the test side has its share") {
  const PublicTree tree;
  Ham10000 dataset = tree.open({{"drop_missing_demographics", false}});
  const auto train = ids(dataset.samples(Split::train)), test = ids(dataset.samples(Split::test));
  CHECK(train.size() + test.size() == 140);
  CHECK(test.size() >= 24);  // 0.182 of 140 is 25; lesions of two images fill it up to one
  CHECK(test.size() <= 25);
}

TEST_CASE("HAM10000 drops rows without age or sex unless told otherwise") {
  const PublicTree tree;
  // 7 rows lack age, 4 an unknown sex, row 139 both.
  CHECK(all_samples(tree.open()).size() == 130);
  const PublicTree whole;
  CHECK(all_samples(whole.open({{"drop_missing_demographics", false}})).size() == 140);
}

TEST_CASE("HAM10000's groups are lesion, sex, age and localization") {
  const PublicTree tree;
  const auto samples = all_samples(tree.open());
  const auto found = std::find_if(samples.begin(), samples.end(), [](const Sample& s) { return s.id == "ISIC_3"; });
  REQUIRE(found != samples.end());
  CHECK(*find_group(*found, "lesion") == "HAM_1");
  CHECK(*find_group(*found, "sex") == "male");
  CHECK(*find_group(*found, "age") == "20-29");
  CHECK(*find_group(*found, "localization") == "back");
}

TEST_CASE("HAM10000's split is kept in the root and reused") {
  const PublicTree tree;
  const auto test = ids(tree.open().samples(Split::test));
  const auto file = tree.folder.path() / "medvlm_split_42.csv";
  REQUIRE(std::filesystem::exists(file));
  // Move one lesion to the other side by hand: the file is followed.
  std::string content = read_file(file);
  for (const std::string id : {"ISIC_0,HAM_0,", "ISIC_1,HAM_0,"}) {
    const auto at = content.find(id) + id.size();
    const bool was_test = content.compare(at, 4, "test") == 0;
    content.replace(at, was_test ? 4 : 5, was_test ? "train" : "test");
  }
  write_file_atomically(file, content);
  CHECK(ids(tree.open().samples(Split::test)).count("ISIC_0") != test.count("ISIC_0"));
}

TEST_CASE("HAM10000's split does not depend on the order of the rows, nor on the task") {
  const PublicTree tree;
  const auto test = ids(tree.open().samples(Split::test));
  auto rows = public_rows();
  std::reverse(rows.begin(), rows.end());
  const ScratchFolder other;
  other.write("HAM10000_metadata.csv", csv(rows));
  const Value::Table given = {{"root", other.path().string()}, {"task", "seven_class"}};
  CHECK(ids(Ham10000(plugin_options("ham10000", given)).samples(Split::test)) == test);
}

TEST_CASE("another seed gives HAM10000 another split in another file") {
  const PublicTree tree;
  CHECK(ids(tree.open().samples(Split::test)) != ids(tree.open({{"split_seed", 43}}).samples(Split::test)));
  CHECK(std::filesystem::exists(tree.folder.path() / "medvlm_split_43.csv"));
}

TEST_CASE("a HAM10000 split file that fits other images is refused") {
  const PublicTree tree;
  tree.folder.write("mine.csv", "id,split\nISIC_0,train\n");
  const std::string error = error_of([&] {
    tree.open({{"split_file", (tree.folder.path() / "mine.csv").string()}}).samples(Split::test);
  });
  CHECK(contains(error, "mine.csv: there is no row for id 'ISIC_1'"));
}

TEST_CASE("HAM10000's metadata may be the Dataverse's tab-separated file or have no extension") {
  const PublicTree plain("HAM10000_metadata");
  CHECK(all_samples(plain.open()).size() == 130);
  const ScratchFolder folder;
  std::string text = csv(public_rows());
  std::replace(text.begin(), text.end(), ',', '\t');
  folder.write("HAM10000_metadata.tab", text);
  CHECK(all_samples(Ham10000(plugin_options("ham10000", {{"root", folder.path().string()}}))).size() == 130);
}

TEST_CASE("HAM10000's pictures are found in either part, and a missing one fails only when it is read") {
  const PublicTree tree;
  write_picture((tree.folder.path() / "HAM10000_images_part_1/ISIC_0.jpg").string());
  write_picture((tree.folder.path() / "HAM10000_images_part_2/ISIC_1.jpg").string());
  const Ham10000 dataset = tree.open();
  Sample sample;
  for (const std::string id : {"ISIC_0", "ISIC_1"}) {
    sample.image = id + ".jpg";
    CHECK(dataset.decode_image(dataset.read_image(sample)).width == 8);
  }
  sample.image = "ISIC_2.jpg";
  CHECK(contains(error_of([&] { dataset.read_image(sample); }), "ISIC_2.jpg: the image file does not exist"));
}

TEST_CASE("bad HAM10000 rows are reported with file and line") {
  const auto refused = [](const std::string& row) {
    const ScratchFolder folder;
    folder.write("HAM10000_metadata.csv", csv({"HAM_1,ISIC_1,nv,histo,50,male,back,x", row}));
    return error_of([&] {
      Ham10000(plugin_options("ham10000", {{"root", folder.path().string()}})).samples(Split::train);
    });
  };
  CHECK(contains(refused("HAM_2,ISIC_2,nev,histo,50,male,back,x"), "metadata.csv:3: dx 'nev' is no diagnosis"));
  CHECK(contains(refused("HAM_2,ISIC_2,nev,histo,50,male,back,x"), "known: akiec, bcc, bkl, df, mel, nv, vasc"));
  CHECK(contains(refused("HAM_2,ISIC_1,nv,histo,50,male,back,x"), "csv:3: image_id 'ISIC_1' is already on line 2"));
  CHECK(contains(refused(",ISIC_2,nv,histo,50,male,back,x"), "csv:3: lesion_id is empty"));
  CHECK(contains(refused("HAM_2,ISIC_2,nv"), "csv:3: the row has 3 fields"));
}

TEST_CASE("the benchmark's layout has its own split and takes all rows") {
  const ScratchFolder folder;
  folder.write("HAM10000/split/train.csv", "image_id,dx\nISIC_1,nv\nISIC_2,mel\n");
  folder.write("HAM10000/split/test.csv", "image_id,dx\nISIC_3,bcc\n");
  write_picture((folder.path() / "HAM10000/HAM10000_images/ISIC_3.jpg").string());
  for (const auto& root : {folder.path(), folder.path() / "HAM10000"}) {
    Ham10000 dataset(plugin_options("ham10000", {{"root", root.string()}}));
    CHECK(dataset.info().cluster_group.empty());
    CHECK(dataset.samples(Split::train)[1].label == 1);
    const auto test = dataset.samples(Split::test);
    REQUIRE(test.size() == 1);
    CHECK(test[0].label == 0);
    CHECK(dataset.decode_image(dataset.read_image(test[0])).height == 6);
  }
}

TEST_CASE("the benchmark's train split is read without its test file") {
  const ScratchFolder folder;
  folder.write("HAM10000/split/train.csv", "image_id,dx\nISIC_1,nv\n");
  Ham10000 dataset(plugin_options("ham10000", {{"root", folder.path().string()}}));
  CHECK((dataset.splits() == std::vector<Split>{Split::train}));
  CHECK(dataset.samples(Split::train).size() == 1);
  CHECK(contains(error_of([&] { dataset.samples(Split::test); }), "no test split"));
}

TEST_CASE("a folder without HAM10000 is refused with what was looked for") {
  const ScratchFolder folder;
  const std::string error =
      error_of([&] { Ham10000{plugin_options("ham10000", {{"root", folder.path().string()}})}; });
  CHECK(contains(error, "split/train.csv"));
  CHECK(contains(error, "HAM10000_metadata"));
  CHECK(contains(error, "set option 'root'"));
}
