#include <doctest/doctest.h>

#include "plugin_options.hpp"
#include "scratch_folder.hpp"
#include "table/table_dataset.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::table_dataset::TableDataset;

namespace {

/// A file t.csv with some content, and a table dataset on it.
struct OneFile {
  ScratchFolder folder;
  std::string file;
  explicit OneFile(const std::string& content, const std::string& name = "t.csv")
      : file(folder.write(name, content).string()) {}
  TableDataset open(Value::Table given) const {
    given.emplace("file", file);
    if (!given.count("labels")) {
      given.emplace("label", "dx");
      given.emplace("classes", texts({"nevus", "melanoma"}));
    }
    return TableDataset(plugin_options("table", given));
  }
  std::string refused(const Value::Table& given = {}) const {
    return error_of([&] { open(given).samples(Split::test); });
  }
};

const std::string kRows = "image,dx,patient,site\na.png,nevus,1,arm\nb.png,melanoma,1,\nc.png,1,2,leg\n";

}  // namespace

TEST_CASE("a table without a split column is all test") {
  const OneFile table(kRows);
  TableDataset dataset = table.open({});
  CHECK((dataset.splits() == std::vector<Split>{Split::test}));
  CHECK(dataset.samples(Split::test).size() == 3);
}

TEST_CASE("labels of a table are class names or indices") {
  const auto samples = OneFile(kRows).open({}).samples(Split::test);
  CHECK(samples[0].label == 0);
  CHECK(samples[1].label == 1);
  CHECK(samples[2].label == 1);
}

TEST_CASE("a table's description follows its options") {
  const DatasetInfo info = OneFile(kRows)
                               .open({{"title", "mine"},
                                      {"class_texts", texts({"a mole", "a melanoma"})},
                                      {"prompt_template", "photo: {}"},
                                      {"modality", "dermatoscopy"},
                                      {"cluster", "patient"}})
                               .info();
  CHECK(info.name == "mine");
  CHECK(info.labels == LabelKind::binary);
  CHECK(info.classes[1].name == "melanoma");
  CHECK(info.classes[1].text == "a melanoma");
  CHECK(info.prompt_template == "photo: {}");
  CHECK(info.modality == "dermatoscopy");
  CHECK(info.cluster_group == "patient");
}

TEST_CASE("three classes make a table multi-class") {
  CHECK(OneFile(kRows).open({{"classes", texts({"nevus", "melanoma", "bcc"})}}).info().labels == LabelKind::multiclass);
}

TEST_CASE("ids of a table are made of image and row, or read") {
  CHECK(OneFile(kRows).open({}).samples(Split::test)[1].id == "b.png#1");
  const OneFile table("image,dx,key\na.png,0,k1\na.png,1,k2\n");
  CHECK(table.open({{"id", "key"}}).samples(Split::test)[1].id == "k2");
}

TEST_CASE("groups and the cluster of a table are kept, empty groups left out") {
  const auto samples =
      OneFile(kRows).open({{"groups", texts({"site"})}, {"cluster", "patient"}}).samples(Split::test);
  CHECK(*find_group(samples[0], "site") == "arm");
  CHECK(*find_group(samples[0], "patient") == "1");
  CHECK(find_group(samples[1], "site") == nullptr);
}

TEST_CASE("an empty cluster cell is refused with its line") {
  CHECK(contains(OneFile(kRows).refused({{"cluster", "site"}}), "t.csv:3: the cluster column 'site' is empty"));
}

TEST_CASE("findings of a table are 1, 0 or unknown") {
  const OneFile table("image,edema,mass\na.png,1,\nb.png,no,-1\nc.png,True,0.0\n");
  TableDataset dataset = table.open({{"labels", texts({"edema", "mass"})}, {"negative_texts", texts({"dry", "free"})}});
  CHECK(dataset.info().labels == LabelKind::multilabel);
  CHECK(dataset.info().classes[1].text == "mass");
  CHECK(dataset.info().classes[1].negative_text == "free");
  const auto samples = dataset.samples(Split::test);
  CHECK(samples[0].labels == std::vector<std::int8_t>{1, -1});
  CHECK(samples[1].labels == std::vector<std::int8_t>{0, -1});
  CHECK(samples[2].labels == std::vector<std::int8_t>{1, 0});
  CHECK(contains(OneFile("image,edema\na.png,7\n").refused({{"labels", texts({"edema"})}}),
                 "t.csv:2: '7' in column 'edema' is no finding"));
}

TEST_CASE("a split column is read with its usual names") {
  const OneFile table("image,dx,fold\na.png,0,Train\nb.png,1,val\nc.png,1,test\nd.png,0,training\n");
  TableDataset dataset = table.open({{"split", "fold"}});
  CHECK((dataset.splits() == std::vector<Split>{Split::train, Split::validation, Split::test}));
  CHECK(dataset.samples(Split::train).size() == 2);
  CHECK(dataset.samples(Split::test)[0].image == "c.png");
}

TEST_CASE("split values can be named, and some left out") {
  const OneFile table("image,dx,fold\na.png,0,1\nb.png,1,2\nc.png,1,3\nd.png,0,9\n");
  const Value values = Value::Table{{"train", Value::Array{1, 2}}, {"test", "3"}, {"ignore", 9}};
  TableDataset dataset = table.open({{"split", "fold"}, {"split_values", values}});
  CHECK((dataset.splits() == std::vector<Split>{Split::train, Split::test}));
  CHECK(dataset.samples(Split::train).size() == 2);
}

TEST_CASE("a split value without a meaning is refused with its line") {
  const OneFile table("image,dx,fold\na.png,0,test\nb.png,1,holdout\n");
  const std::string error = table.refused({{"split", "fold"}});
  CHECK(contains(error, "t.csv:3: 'holdout' in column 'fold' is no split"));
  CHECK(contains(error, "option 'split_values'"));
}

TEST_CASE("one file per split is opened for its own samples only") {
  const ScratchFolder folder;
  const auto train = folder.write("train.csv", "image,dx\na.png,0\n");
  const auto test = folder.write("test.csv", "this is, not\n\"a table");
  TableDataset dataset(plugin_options("table", {{"train_file", train.string()},
                                                {"test_file", test.string()},
                                                {"label", "dx"},
                                                {"classes", texts({"n", "m"})}}));
  CHECK(dataset.samples(Split::train)[0].id == "train/a.png#0");
  CHECK(contains(error_of([&] { dataset.samples(Split::test); }), "test.csv:2: the quote opened"));
  CHECK(contains(error_of([&] { dataset.samples(Split::validation); }), "option 'validation_file'"));
}

TEST_CASE("a table's pictures lie beside the file or in image_root; a missing one fails only when it is read") {
  const OneFile table(kRows);
  write_picture((table.folder.path() / "a.png").string());
  write_picture((table.folder.path() / "deep/b.png").string());
  TableDataset dataset = table.open({});
  const auto samples = dataset.samples(Split::test);
  CHECK(dataset.decode_image(dataset.read_image(samples[0])).pixels[0] == 200);
  CHECK(contains(error_of([&] { dataset.read_image(samples[1]); }), "b.png: the image file does not exist"));
  const TableDataset deep = table.open({{"image_root", (table.folder.path() / "deep").string()}});
  CHECK(deep.decode_image(deep.read_image(samples[1])).width == 8);
}

TEST_CASE("a JSONL table works like a CSV one") {
  const OneFile table("{\"image\":\"a.png\",\"dx\":1}\n{\"image\":\"b.png\",\"dx\":\"nevus\"}\n", "t.jsonl");
  const auto samples = table.open({}).samples(Split::test);
  CHECK(samples[0].label == 1);
  CHECK(samples[1].label == 0);
  CHECK(contains(OneFile("{\"image\":\"a.png\",\"dx\":1}\n{\"image\":\"b.png\",\"dx\":7}\n", "t.jsonl").refused(),
                 "t.jsonl:2: label '7'"));
}

TEST_CASE("bad rows of a table are reported with file and line") {
  CHECK(contains(OneFile("image,dx\na.png,nevus\nb.png,mole\n").refused(),
                 "t.csv:3: label 'mole' in column 'dx' is no class; known: nevus, melanoma, or 0 to 1"));
  CHECK(contains(OneFile("image,dx\na.png,2\n").refused(), "t.csv:2: label '2'"));
  CHECK(contains(OneFile("image,dx\n,0\n").refused(), "t.csv:2: column 'image' is empty"));
  CHECK(contains(OneFile("image,dx\na\xFF.png,0\n").refused(), "t.csv:2: the text is not UTF-8"));
  CHECK(contains(OneFile("image,dx,k\na.png,0,x\nb.png,0,x\n").refused({{"id", "k"}}),
                 "t.csv:3: id 'x' is already on line 2"));
}

TEST_CASE("an id used in two splits of one file is refused") {
  const OneFile table("image,dx,k,split\na.png,0,x,train\nb.png,0,x,test\n");
  CHECK(contains(table.refused({{"id", "k"}, {"split", "split"}}), "t.csv:3: id 'x' is already on line 2"));
}

TEST_CASE("a missing column is reported with the nearest and all columns") {
  const std::string error = OneFile("images,dx\na.png,0\n").refused();
  CHECK(contains(error, "there is no column 'image'; did you mean 'images'?"));
  CHECK(contains(error, "columns present: images, dx"));
}

TEST_CASE("an empty table and an empty split are refused") {
  CHECK(contains(OneFile("image,dx\n").refused(), "data: "));
  CHECK(contains(OneFile("image,dx,split\na.png,0,train\n").refused({{"split", "split"}}),
                 "no row belongs to the test split (column 'split')"));
}

TEST_CASE("a table file that does not exist is named") {
  const OneFile table(kRows);
  CHECK(contains(error_of([&] { table.open({{"file", "/nowhere/t.csv"}}); }), "/nowhere/t.csv: the file does not"));
}

TEST_CASE("options of a table that do not fit together are refused") {
  const OneFile table(kRows);
  const auto refused = [&](Value::Table given) {
    return error_of([&] { TableDataset{plugin_options("table", given)}; });
  };
  const Value list = texts({"n", "m"});
  CHECK(contains(refused({{"label", "dx"}, {"classes", list}}), "config: option 'file': name the CSV"));
  CHECK(contains(refused({{"file", table.file}}), "option 'label': name the column"));
  CHECK(contains(refused({{"file", table.file}, {"label", "dx"}}), "option 'classes': list the names"));
  CHECK(contains(refused({{"file", table.file}, {"label", "dx"}, {"labels", list}, {"classes", list}}), "give either"));
  CHECK(contains(refused({{"file", table.file}, {"label", "dx"}, {"classes", texts({"n", "n"})}}), "given twice"));
  CHECK(contains(table.refused({{"class_texts", texts({"one"})}}), "expected one text per class, 2, found 1"));
  CHECK(contains(table.refused({{"prompt_template", "a photo"}}), "option 'prompt_template': it must contain {}"));
  CHECK(contains(table.refused({{"test_file", "/x.csv"}}), "option 'test_file': give either 'file'"));
  CHECK(contains(table.refused({{"split", "site"}, {"split_values", Value::Table{{"tset", "a"}}}}),
                 "did you mean 'test'?"));
}

TEST_CASE("an option's error says where the option was written") {
  Value value("a photo");
  value.location = {"study.toml", 7, 3};
  CHECK(contains(OneFile(kRows).refused({{"prompt_template", value}}), "config: study.toml:7:3: option"));
}
