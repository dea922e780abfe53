#include <doctest/doctest.h>

#include <set>

#include "medmnist/medmnist.hpp"
#include "medmnist/known_sets.hpp"
#include "npz_files.hpp"
#include "plugin_options.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::medmnist::MedMnist;

namespace {

using Arrays = std::vector<std::pair<std::string, std::string>>;

/// What a set is made of: `channels` 0 is gray; labels are i modulo `classes`, or the bits of i for several columns.
struct Form {
  int size = 4, channels = 0, classes = 2, columns = 1;
  bool deflate = true;
  std::string label_type = "|u1";
};

constexpr int kCounts[] = {5, 3, 4};
const char* const kPrefixes[] = {"train", "val", "test"};

std::uint8_t pixel(int split, int image, int position) {
  return static_cast<std::uint8_t>(split * 90 + image * 17 + position);
}

Arrays arrays(const Form& form) {
  Arrays result;
  for (int split = 0; split < 3; ++split) {
    const int count = kCounts[split], pixels = form.size * form.size * std::max(form.channels, 1);
    std::vector<std::uint8_t> images, bytes;
    std::vector<std::int64_t> labels;
    for (int i = 0; i < count; ++i) {
      for (int p = 0; p < pixels; ++p) images.push_back(pixel(split, i, p));
      for (int c = 0; c < form.columns; ++c) labels.push_back(form.columns > 1 ? i >> c & 1 : i % form.classes);
    }
    std::vector<std::int64_t> shape = {count, form.size, form.size};
    if (form.channels > 0) shape.push_back(form.channels);
    const std::string prefix = kPrefixes[split];
    bytes.assign(labels.begin(), labels.end());
    result.emplace_back(prefix + "_images", npy("|u1", shape, raw(images)));
    result.emplace_back(prefix + "_labels",
                        npy(form.label_type, {count, form.columns}, form.label_type == "|u1" ? raw(bytes) : raw(labels)));
  }
  return result;
}

struct SetFile {
  ScratchFolder folder;
  std::string file;
  SetFile(const std::string& name, const Arrays& content, bool deflate = true)
      : file(folder.write(name, npz(content, deflate)).string()) {}
  SetFile(const std::string& name, const Form& form) : SetFile(name, arrays(form), form.deflate) {}

  Options options(Value::Table given = {}) const {
    given.emplace("file", file);
    return plugin_options("medmnist", given);
  }
  MedMnist open(Value::Table given = {}) const { return MedMnist(options(std::move(given))); }
  std::string error(Value::Table given = {}) const {
    return error_of([&] {
      MedMnist dataset = open(given);
      for (const Split split : dataset.splits()) dataset.samples(split);
    });
  }
};

void replace(Arrays& content, const std::string& name, const std::string& bytes) {
  for (auto& [key, value] : content) {
    if (key == name) value = bytes;
  }
}

}  // namespace

TEST_CASE("MedMNIST's sets have their classes, with the original benchmark's texts") {
  const SetFile pneumonia("pneumoniamnist_224.npz", Form{});
  const DatasetInfo info = pneumonia.open().info();
  CHECK(info.name == "PneumoniaMNIST");
  CHECK(info.labels == LabelKind::binary);
  CHECK(info.classes[0].text == "normal");
  CHECK(info.classes[1].text == "pneumonia");
  CHECK(info.modality == "chest radiograph");
  CHECK(info.prompt_template == "a photo of {}");
  CHECK(info.cluster_group.empty());
  const auto breast = SetFile("breastmnist.npz", Form{}).open().info().classes;
  CHECK(breast[0].text == "malignant");
  CHECK(breast[1].text == "normal, benign");
  const DatasetInfo derma = SetFile("DermaMNIST_64.npz", Form{.channels = 3, .classes = 7}).open().info();
  CHECK(derma.labels == LabelKind::multiclass);
  REQUIRE(derma.classes.size() == 7);
  CHECK(derma.classes[0].text == "actinic keratoses and intraepithelial carcinoma");
  CHECK(derma.classes[6].text == "vascular lesions");
}

TEST_CASE("all twelve 2D sets are known, each with different class names") {
  CHECK(medmnist::known_sets().size() == 12);
  for (const auto& set : medmnist::known_sets()) {
    CAPTURE(set.id);
    CHECK(set.classes.size() >= 2);
    CHECK(std::set<std::string_view>(set.classes.begin(), set.classes.end()).size() == set.classes.size());
    CHECK((set.texts.empty() || set.texts.size() == set.classes.size()));
    const int classes = static_cast<int>(set.classes.size());
    const SetFile file(std::string(set.id) + ".npz", Form{.classes = classes, .columns = set.multilabel ? classes : 1});
    CHECK(file.error().empty());
    CHECK(file.open().info().classes.size() == set.classes.size());
  }
}

TEST_CASE("MedMNIST's val is the validation split; ids, labels and pixels are those of the arrays") {
  for (const bool deflate : {true, false}) {
    const SetFile file("pneumoniamnist.npz", Form{.size = 6, .deflate = deflate});
    MedMnist dataset = file.open();
    CHECK((dataset.splits() == std::vector<Split>{Split::train, Split::validation, Split::test}));
    for (int split = 0; split < 3; ++split) {
      const auto samples = dataset.samples(dataset.splits()[static_cast<std::size_t>(split)]);
      REQUIRE(samples.size() == static_cast<std::size_t>(kCounts[split]));
      for (int i = 0; i < kCounts[split]; ++i) {
        const Sample& sample = samples[static_cast<std::size_t>(i)];
        CHECK(sample.id == std::string(kPrefixes[split]) + "/" + std::to_string(i));
        CHECK(sample.label == i % 2);
        const Image image = dataset.decode_image(dataset.read_image(sample));
        CHECK(image.width == 6);
        CHECK(image.height == 6);
        for (int p = 0; p < 36; ++p) {
          for (int c = 0; c < 3; ++c) CHECK(image.pixels[static_cast<std::size_t>(3 * p + c)] == pixel(split, i, p));
        }
      }
    }
  }
}

TEST_CASE("colour images keep their channels") {
  const SetFile file("bloodmnist.npz", Form{.size = 5, .channels = 3, .classes = 8});
  MedMnist dataset = file.open();
  const Image image = dataset.decode_image(dataset.read_image(dataset.samples(Split::test)[3]));
  REQUIRE(image.pixels.size() == 75);
  for (int p = 0; p < 75; ++p) CHECK(image.pixels[static_cast<std::size_t>(p)] == pixel(2, 3, p));
}

TEST_CASE("several label columns are findings of their own") {
  const SetFile file("chestmnist_128.npz", Form{.columns = 14, .label_type = "<i8"});
  MedMnist dataset = file.open();
  CHECK(dataset.info().labels == LabelKind::multilabel);
  CHECK(dataset.info().classes[3].text == "infiltration");
  CHECK(dataset.info().classes[3].negative_text == "no infiltration");
  const auto samples = dataset.samples(Split::train);
  CHECK(samples[3].labels == std::vector<std::int8_t>{1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("labels may be a plain list") {
  Arrays content = arrays({});
  for (int split = 0; split < 3; ++split) {
    replace(content, std::string(kPrefixes[split]) + "_labels",
            npy("<i8", {kCounts[split]}, raw(std::vector<std::int64_t>(static_cast<std::size_t>(kCounts[split]), 1))));
  }
  const SetFile file("pneumoniamnist.npz", content);
  CHECK(file.open().samples(Split::test)[0].label == 1);
}

TEST_CASE("the name may be given, and other sets name their classes") {
  CHECK(SetFile("mine.npz", Form{}).open({{"set", "BreastMNIST"}}).info().name == "BreastMNIST");
  const SetFile other("mine_64.npz", Form{.classes = 3});
  CHECK(contains(other.error(), "config: "));
  CHECK(contains(other.error(), "'mine' is no set of MedMNIST"));
  const Value::Table given = {{"classes", texts({"a", "b", "c"})}, {"class_texts", texts({"an a", "a b", "a c"})},
                              {"modality", "drawing"}, {"prompt_template", "this is {}"}};
  const DatasetInfo info = other.open(given).info();
  CHECK(info.name == "mine");
  CHECK(info.labels == LabelKind::multiclass);
  CHECK(info.classes[2].name == "c");
  CHECK(info.classes[2].text == "a c");
  CHECK(info.modality == "drawing");
  CHECK(info.prompt_template == "this is {}");
  CHECK(contains(SetFile("pneumonia_mnist.npz", Form{}).error(), "did you mean 'pneumoniamnist'?"));
}

TEST_CASE("RetinaMNIST's grades are spelt out in prompts, unless other words are given") {
  const SetFile file("retinamnist.npz", Form{.channels = 3, .classes = 5});
  CHECK(file.open().info().classes[2].name == "2");
  CHECK(file.open().info().classes[2].text == "diabetic retinopathy grade 2");
  CHECK(file.open({{"classes", texts({"a", "b", "c", "d", "e"})}}).info().classes[2].text == "c");
}

TEST_CASE("class lists that do not fit the labels are refused") {
  CHECK(contains(SetFile("mine.npz", Form{.columns = 3}).error({{"classes", texts({"a", "b"})}}),
                 "3 column(s), which do not fit 2 class(es)"));
  CHECK(contains(SetFile("mine.npz", Form{}).error({{"classes", texts({"a"})}}), "1 column(s), which do not fit 1"));
  CHECK(contains(SetFile("mine.npz", Form{}).error({{"classes", texts({"a", "b"})}, {"class_texts", texts({"x"})}}),
                 "option 'class_texts' names 1 texts for 2 classes"));
  CHECK(contains(SetFile("pneumoniamnist.npz", Form{.columns = 2}).error(), "unlike those of PneumoniaMNIST"));
  CHECK(contains(SetFile("mine.npz", Form{.classes = 3}).error({{"classes", texts({"a", "b"})}}),
                 "sample train/2 has the label 2; expected 0 to 1"));
}

TEST_CASE("multi-label values other than 0 and 1 are refused") {
  Arrays content = arrays({.columns = 2});
  replace(content, "test_labels", npy("|u1", {4, 2}, std::string("\0\1\0\2\0\0\0\0", 8)));
  CHECK(contains(SetFile("mine.npz", content).error({{"classes", texts({"a", "b"})}}),
                 "sample test/1 has the label 2; expected 0 to 1"));
}

TEST_CASE("a split whose arrays are missing is not there") {
  Arrays content = arrays({});
  content.resize(2);
  const SetFile file("pneumoniamnist.npz", content);
  MedMnist dataset = file.open();
  CHECK((dataset.splits() == std::vector<Split>{Split::train}));
  CHECK(contains(error_of([&] { dataset.samples(Split::test); }), "pneumoniamnist.npz: there is no test split"));
}

TEST_CASE("the train split is read though the arrays of the test split are damaged") {
  const Arrays content = arrays({.size = 40});
  std::string bytes = npz(content, false);
  const auto at = bytes.find("test_images.npy") + 400;  // behind the header
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  const ScratchFolder folder;
  const std::string file = folder.write("pneumoniamnist.npz", bytes).string();
  MedMnist dataset(plugin_options("medmnist", {{"file", file}}));
  CHECK(dataset.decode_image(dataset.read_image(dataset.samples(Split::train)[4])).width == 40);
  const auto test = dataset.samples(Split::test);
  CHECK(contains(error_of([&] { dataset.read_image(test[0]); }), "array 'test_images': its checksum is wrong"));
}

TEST_CASE("files that are no 2D sets are refused for what they are") {
  Arrays content = arrays({});
  replace(content, "val_images", npy("|u1", {3, 4, 4, 4}, std::string(192, 'a')));
  CHECK(contains(SetFile("organmnist3d.npz", content).error(), "3D sets of MedMNIST hold volumes"));
  replace(content, "val_images", npy("<f4", {3, 4, 4}, std::string(192, '\0')));
  CHECK(contains(SetFile("pneumoniamnist.npz", content).error(), "array 'val_images' has type <f4 and shape 3 x 4 x 4"));
  content = arrays({});
  replace(content, "test_labels", npy("|u1", {3, 1}, "abc"));
  CHECK(contains(SetFile("pneumoniamnist.npz", content).error(), "array 'test_labels' has shape 3 x 1 for 4 images"));
  content = arrays({.columns = 2});
  replace(content, "test_labels", npy("|u1", {4, 1}, "abcd"));
  CHECK(contains(SetFile("mine.npz", content).error({{"classes", texts({"a", "b"})}}), "labels of test have 1 columns"));
  CHECK(contains(SetFile("x.npz", {{"images", npy("|u1", {1}, "a")}}).error(), "this is no set of MedMNIST"));
  CHECK(contains(error_of([] { MedMnist(plugin_options("medmnist", {{"file", "/nowhere/x.npz"}})); }),
                 "data: /nowhere/x.npz: the file does not exist"));
}

TEST_CASE("an unknown image, cut pixels and other decoders are refused") {
  const SetFile file("pneumoniamnist.npz", Form{});
  MedMnist dataset = file.open();
  Sample sample = dataset.samples(Split::train)[0];
  EncodedImage encoded = dataset.read_image(sample);
  encoded.bytes.pop_back();
  CHECK(contains(error_of([&] { dataset.decode_image(encoded); }), "promises 16 bytes of elements, and it holds 15"));
  encoded.decoder = "file";
  CHECK(contains(error_of([&] { dataset.decode_image(encoded); }), "made for decoder 'file'"));
  sample.row = 5;
  CHECK(contains(error_of([&] { dataset.read_image(sample); }), "there is no image train_images[0]"));
  sample.image = "other";
  CHECK(contains(error_of([&] { dataset.read_image(sample); }), "there is no image other"));
}
