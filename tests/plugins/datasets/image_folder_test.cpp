#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "image_folder/image_folder.hpp"
#include "plugin_options.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::image_folder::ImageFolder;

namespace {

ImageFolder open(const ScratchFolder& folder, Value::Table given = {}) {
  given.emplace("root", folder.path().string());
  return ImageFolder(plugin_options("image_folder", given));
}

std::string refusal(const ScratchFolder& folder, Value::Table given = {}) {
  return error_of([&] { open(folder, std::move(given)); });
}

void touch(const ScratchFolder& folder, std::initializer_list<const char*> names) {
  for (const char* name : names) folder.write(name, "x");
}

std::vector<std::string> ids(const std::vector<Sample>& samples) {
  std::vector<std::string> result;
  for (const Sample& sample : samples) result.push_back(sample.id);
  return result;
}

std::vector<std::string> names(const std::vector<ClassInfo>& classes) {
  std::vector<std::string> result;
  for (const ClassInfo& info : classes) result.push_back(info.name);
  return result;
}

using Texts = std::vector<std::string>;

/// 60 images of two classes in folders of three.
void write_many(const ScratchFolder& folder) {
  for (int i = 0; i < 60; ++i) {
    const std::string patient = "p" + std::to_string(i / 3);
    folder.write((i / 3 % 3 ? "healthy/" : "ill/") + patient + "/" + std::to_string(i) + ".png", "x");
  }
}

}  // namespace

TEST_CASE("folders of splits are listed by class and path, each on its own") {
  const ScratchFolder folder;
  touch(folder, {"train/b/2.png", "train/b/1.jpg", "train/a/deep/er/3.tif", "Test/a/4.dcm", "val/b/5.webp", "readme.txt"});
  ImageFolder dataset = open(folder);
  CHECK((dataset.splits() == std::vector<Split>{Split::train, Split::validation, Split::test}));
  CHECK(names(dataset.info().classes) == Texts{"a", "b"});
  CHECK(dataset.info().labels == LabelKind::binary);
  CHECK(dataset.info().cluster_group.empty());
  const auto train = dataset.samples(Split::train);
  CHECK(ids(train) == Texts{"train/a/deep/er/3.tif", "train/b/1.jpg", "train/b/2.png"});
  CHECK(train[0].label == 0);
  CHECK(train[1].label == 1);
  CHECK(ids(dataset.samples(Split::test)) == Texts{"Test/a/4.dcm"});
  CHECK(ids(dataset.samples(Split::validation)) == Texts{"val/b/5.webp"});
}

TEST_CASE("hidden files, other files and what archives leave behind do not count") {
  const ScratchFolder folder;
  touch(folder, {"test/a/1.PNG", "test/a/.2.png", "test/a/3.txt", "test/a/.git/4.png", "test/a/__MACOSX/5.png",
                 "test/a/6", "test/b/7.JPeG", ".cache/8.png", "__MACOSX/9.png", "test/.hidden/10.png"});
  ImageFolder dataset = open(folder);
  CHECK(ids(dataset.samples(Split::test)) == Texts{"test/a/1.PNG", "test/b/7.JPeG"});
}

TEST_CASE("more than two class folders are several classes") {
  const ScratchFolder folder;
  touch(folder, {"test/c_one/1.png", "test/b/1.png", "test/A/1.png"});
  const DatasetInfo info = open(folder).info();
  CHECK(info.labels == LabelKind::multiclass);
  CHECK(names(info.classes) == Texts{"A", "b", "c_one"});
  CHECK(info.classes[2].text == "c one");
}

TEST_CASE("options set the order, the positive class and the words of classes") {
  const ScratchFolder folder;
  touch(folder, {"test/glaucoma/1.png", "test/healthy/2.png"});
  CHECK(names(open(folder, {{"positive", "healthy"}}).info().classes) == Texts{"glaucoma", "healthy"});
  ImageFolder dataset = open(folder, {{"positive", "glaucoma"}, {"class_texts", texts({"a normal eye", "an ill eye"})},
                                      {"modality", "fundus photography"}, {"prompt_template", "see {}"}, {"title", "Eyes"}});
  const DatasetInfo& info = dataset.info();
  CHECK(names(info.classes) == Texts{"healthy", "glaucoma"});
  CHECK(info.classes[1].text == "an ill eye");
  CHECK(info.modality == "fundus photography");
  CHECK(info.prompt_template == "see {}");
  CHECK(info.name == "Eyes");
  CHECK(dataset.samples(Split::test)[1].image == "test/glaucoma/1.png");
  CHECK(dataset.samples(Split::test)[1].label == 1);
  CHECK(names(open(folder, {{"classes", texts({"healthy", "glaucoma"})}}).info().classes) == Texts{"healthy", "glaucoma"});
}

TEST_CASE("options that do not fit the folders are refused") {
  const ScratchFolder folder;
  touch(folder, {"test/glaucoma/1.png", "test/healthy/2.png"});
  CHECK(contains(refusal(folder, {{"classes", texts({"helthy", "glaucoma"})}}),
                 "there is no class folder 'helthy'; did you mean 'healthy'?"));
  CHECK(contains(refusal(folder, {{"classes", texts({"healthy"})}}), "the class folder 'glaucoma' is not listed"));
  CHECK(contains(refusal(folder, {{"classes", texts({"healthy", "healthy"})}}), "'healthy' is given twice"));
  CHECK(contains(refusal(folder, {{"positive", "ill"}}), "there is no class folder 'ill'"));
  const Value::Table both = {{"positive", "glaucoma"}, {"classes", texts({"glaucoma", "healthy"})}};
  CHECK(contains(refusal(folder, both), "give one of both"));
  CHECK(contains(refusal(folder, {{"class_texts", texts({"one"})}}), "expected one text per class, 2, found 1"));
  CHECK(contains(refusal(folder, {{"prompt_template", "a photo"}}), "it must contain {}"));
  touch(folder, {"test/third/1.png"});
  CHECK(contains(refusal(folder, {{"positive", "glaucoma"}}), "only two classes have a positive one"));
}

TEST_CASE("without split folders a split is drawn, kept and found again") {
  const ScratchFolder folder;
  write_many(folder);
  ImageFolder dataset = open(folder);
  const auto train = ids(dataset.samples(Split::train)), test = ids(dataset.samples(Split::test));
  CHECK(train.size() == 48);
  CHECK(test.size() == 12);
  CHECK(std::filesystem::exists(folder.path() / "medvlm_split_42.csv"));
  CHECK(ids(open(folder).samples(Split::test)) == test);
  touch(folder, {"ill/new.png"});
  CHECK(contains(error_of([&] { open(folder).samples(Split::test); }), "there is no row for id 'ill/new.png'"));
  const auto other = (folder.path() / "other.csv").string();
  CHECK(open(folder, {{"split_file", other}, {"test_fraction", 0.5}}).samples(Split::test).size() == 31);
}

TEST_CASE("images of one folder stay together if folders are clusters") {
  const ScratchFolder folder;
  write_many(folder);
  touch(folder, {"ill/alone.png"});
  ImageFolder dataset = open(folder, {{"cluster", "folder"}});
  CHECK(dataset.info().cluster_group == "folder");
  std::set<std::string> train;
  for (const Sample& sample : dataset.samples(Split::train)) train.insert(*find_group(sample, "folder"));
  std::set<std::string> all = train;
  for (const Sample& sample : dataset.samples(Split::test)) {
    CHECK(train.count(*find_group(sample, "folder")) == 0);
    all.insert(*find_group(sample, "folder"));
  }
  CHECK(all.size() == 21);
  CHECK(all.count("p7") == 1);
  CHECK(all.count("ill/alone.png") == 1);
}

TEST_CASE("everything may be the test split") {
  const ScratchFolder folder;
  write_many(folder);
  ImageFolder dataset = open(folder, {{"unsplit", "all_test"}});
  CHECK((dataset.splits() == std::vector<Split>{Split::test}));
  CHECK(dataset.samples(Split::test).size() == 60);
  CHECK(contains(error_of([&] { dataset.samples(Split::train); }), "there is no train split"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "medvlm_split_42.csv"));
}

TEST_CASE("folders that mix splits and others are refused unless the layout is said") {
  const ScratchFolder folder;
  touch(folder, {"train/a/1.png", "train/b/2.png", "tets/a/3.png"});
  CHECK(contains(refusal(folder), "tets: this folder is no split, but others beside it are"));
  CHECK(ids(open(folder, {{"layout", "splits"}}).samples(Split::train)) == Texts{"train/a/1.png", "train/b/2.png"});
  CHECK(names(open(folder, {{"layout", "classes"}}).info().classes) == Texts{"tets", "train"});
  touch(folder, {"training/a/4.png"});
  CHECK(contains(refusal(folder, {{"layout", "splits"}}), "training: a second folder for the train split"));
}

TEST_CASE("roots without class folders or images are refused") {
  const ScratchFolder folder;
  CHECK(contains(refusal(folder), "there are no folders in it"));
  CHECK(contains(refusal(folder, {{"root", "/nowhere/at/all"}}), "/nowhere/at/all: the folder cannot be listed"));
  touch(folder, {"one/1.png"});
  CHECK(contains(refusal(folder), "at least two class folders are needed, found 1"));
  CHECK(contains(refusal(folder, {{"layout", "splits"}}), "no folder in it has the name of a split"));
  const ScratchFolder texts_only;
  touch(texts_only, {"test/a/1.txt", "test/b/2.txt"});
  CHECK(contains(error_of([&] { open(texts_only).samples(Split::test); }),
                 "test: there are no images in the class folders"));
}

TEST_CASE("names that are not UTF-8 and folders that contain themselves are refused") {
  const ScratchFolder folder;
  touch(folder, {"test/a/1.png", "test/b/caf\xe9.png"});
  CHECK(contains(error_of([&] { open(folder).samples(Split::test); }), "the name is not UTF-8"));
  const ScratchFolder loop;
  touch(loop, {"test/a/1.png", "test/b/2.png"});
  std::filesystem::create_directory_symlink(loop.path() / "test", loop.path() / "test/a/again");
  CHECK(contains(error_of([&] { open(loop).samples(Split::test); }), "this link leads to a folder above itself"));
}

TEST_CASE("pictures in folders are decoded, DICOM too, and missing ones fail when they are read") {
  const ScratchFolder folder;
  write_picture((folder.path() / "test/a/1.png").string());
  const auto dicom = std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "images/files/mono2_8bit.dcm";
  folder.write("test/b/2.DCM", read_file(dicom));
  ImageFolder dataset = open(folder);
  const auto samples = dataset.samples(Split::test);
  CHECK(dataset.decode_image(dataset.read_image(samples[0])).width == 8);
  CHECK(dataset.decode_image(dataset.read_image(samples[1])).width == 56);
  std::filesystem::remove(folder.path() / "test/b/2.DCM");
  CHECK(contains(error_of([&] { dataset.read_image(samples[1]); }), "2.DCM: the image file does not exist"));
}
