#include <doctest/doctest.h>

#include "medvlm/sdk/vqa/hub_questions.hpp"
#include "path_vqa/path_vqa.hpp"
#include "scratch_folder.hpp"
#include "vqa_trees.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::path_vqa::PathVqa;
namespace fs = std::filesystem;

namespace {

PathVqa open_path_vqa(const fs::path& root, Value::Table given = {}) {
  return open_vqa<PathVqa>("path_vqa", root, std::move(given));
}

constexpr const char* kShards[] = {"test-00000-of-00003-0f3a0.parquet", "test-00001-of-00003-0f3a1.parquet",
                                   "test-00002-of-00003-0f3a2.parquet"};

fs::path shard(std::size_t number) { return vqa_tree("PathVQA-parquet") / "data" / kShards[number]; }

/// A folder with some files of the test split.
struct Shards {
  ScratchFolder folder;
  void add(std::size_t number, const std::string& name) const { folder.write(name, read_file(shard(number))); }
  std::string refused() const {
    return error_of([&] { sdk::find_hub_shards(folder.path()); });
  }
};

}  // namespace

TEST_CASE("PathVQA's Parquet copy has the questions of all shards, their pictures told apart by content") {
  PathVqa dataset = open_path_vqa(vqa_tree("PathVQA-parquet"));
  check_questions(dataset, vqa_expected("PathVQA-parquet"));
  CHECK(dataset.info().name == "PathVQA");
  CHECK(dataset.info().modality == "histopathology");
}

TEST_CASE("the release's pickles are refused, and Python makes JSON of them as the message says") {
  const ScratchFolder folder;
  const fs::path root = folder.path() / "pvqa";
  fs::copy(vqa_tree("PathVQA"), root, fs::copy_options::recursive);
  std::string error;
  for (int i = 0; i < 3; ++i) {  // the message converts one file; the user repeats it for each
    error = error_of([&] { open_path_vqa(folder.path()); });
    CHECK(contains(error, "data: "));
    CHECK(contains(error, "flaviagiammarino/path-vqa"));
    const std::size_t begin = error.find("python3 -c");
    REQUIRE(begin != std::string::npos);
    REQUIRE(std::system(error.substr(begin).c_str()) == 0);
    for (const char* split : {"train", "val", "test"}) {
      const fs::path pickle = root / "qas" / split / (std::string(split) + "_qa.pkl");
      fs::path json = pickle;
      json.replace_extension(".json");
      if (!fs::exists(json)) continue;
      fs::remove(pickle);
      if (i < 2) fs::rename(json, folder.path() / (std::string(split) + ".json"));
    }
  }
  fs::rename(folder.path() / "train.json", root / "qas/train/train_qa.json");
  fs::rename(folder.path() / "val.json", root / "qas/val/val_qa.json");
  PathVqa dataset = open_path_vqa(folder.path());
  check_questions(dataset, vqa_expected("PathVQA"));
}

TEST_CASE("asked for Parquet, PathVQA says nothing of pickles") {
  const std::string error = error_of([] { open_path_vqa(vqa_tree("PathVQA"), {{"layout", "parquet"}}); });
  CHECK(contains(error, "this is no folder of PathVQA; looked there for data/<split>-*.parquet"));
  CHECK_FALSE(contains(error, "pickle"));
}

TEST_CASE("pictures of PathVQA that are missing fail when they are read") {
  const ScratchFolder folder;
  folder.write("qas/test_qa.jsonl", "{\"image\": \"test_0001\", \"question\": \"q\", \"answer\": \"a\"}\n"
                                    "{\"image\": \"test/x.png\", \"question\": \"q\", \"answer\": \"NO\"}\n");
  PathVqa dataset = open_path_vqa(folder.path());
  const auto samples = dataset.samples(Split::test);
  REQUIRE(samples.size() == 2);
  CHECK(samples[0].open);
  CHECK_FALSE(samples[1].open);
  CHECK(contains(error_of([&] { dataset.read_image(samples[0]); }), "images/test/test_0001.jpg"));
  CHECK(contains(error_of([&] { dataset.read_image(samples[1]); }), "images/test/x.png"));
}

TEST_CASE("Parquet files are found in data, in the folder itself and by folders of splits") {
  for (const char* name : {"data/test-00000-of-00001.parquet", "test.parquet", "test/0000.parquet",
                           "default/test/0000.parquet", "data/testing-0.parquet"}) {
    const Shards files;
    files.add(0, name);
    CAPTURE(name);
    const auto found = sdk::find_hub_shards(files.folder.path());
    REQUIRE(found.size() == 1);
    CHECK(found.begin()->first == Split::test);
  }
  const Shards others;
  others.add(0, "data/extra-00000-of-00001.parquet");
  CHECK(sdk::find_hub_shards(others.folder.path()).empty());
  CHECK(sdk::find_hub_shards(others.folder.path() / "none").empty());
}

TEST_CASE("sets of Parquet files that are not complete, or mixed, are refused") {
  const Shards files;
  files.add(0, "data/test-00000-of-00003.parquet");
  files.add(2, "data/test-00002-of-00003.parquet");
  CHECK(contains(files.refused(), "of the 3 files of test number 1 is missing"));
  files.add(1, "data/test-00001-of-00003.parquet");
  CHECK(files.refused().empty());
  files.add(1, "data/test-00001-of-00003-0f3a.parquet");
  CHECK(contains(files.refused(), "does not belong to the same set"));
  const Shards mixed;
  mixed.add(0, "data/test-00000-of-00001.parquet");
  mixed.add(0, "data/test-00000-of-00002.parquet");
  CHECK(contains(mixed.refused(), "test-00000-of-00002.parquet: the file does not belong to the same set"));
}

TEST_CASE("the files of a split stay closed until it is asked for") {
  const Shards files;
  files.add(0, "data/train-00000-of-00001.parquet");
  files.folder.write("data/test-00000-of-00001.parquet", "PAR1 and no more");
  PathVqa dataset = open_path_vqa(files.folder.path());
  CHECK(dataset.samples(Split::train).size() == 5);
  CHECK(contains(error_of([&] { dataset.samples(Split::test); }), "test-00000-of-00001.parquet: the Parquet file is"));
}

TEST_CASE("pictures of a copy can be read by another object than the one that listed them") {
  PathVqa first = open_path_vqa(vqa_tree("PathVQA-parquet"));
  const auto samples = first.samples(Split::test);
  const PathVqa second = open_path_vqa(vqa_tree("PathVQA-parquet"));
  for (std::size_t i = samples.size(); i-- > 0;) {
    CHECK(second.read_image(samples[i]).bytes == first.read_image(samples[i]).bytes);
  }
  CHECK(contains(second.read_image(samples[15]).origin, "test-00002-of-00003-0f3a2.parquet:"));
  Sample stranger = samples[0];
  stranger.row = 16;
  CHECK(contains(error_of([&] { second.read_image(stranger); }), "there is no row"));
}

TEST_CASE("a Parquet file without the columns is refused with those it has") {
  const Shards files;
  files.folder.write("data/test.parquet", read_file(vqa_tree("types/types.parquet")));
  CHECK(contains(error_of([&] { open_path_vqa(files.folder.path()); }), "test.parquet: there is no column 'question'"));
  sdk::HubLayout layout;
  layout.shards = sdk::find_hub_shards(files.folder.path());
  layout.columns.question = layout.columns.answer = "required";
  layout.image = "picture";
  CHECK(contains(error_of([&] { sdk::HubQuestions{layout}; }), "no column 'picture' with embedded pictures"));
}

TEST_CASE("rows of a copy without a picture fail when they are read, and blank ones are refused or dropped") {
  sdk::HubLayout layout;
  layout.shards = {{Split::test, {vqa_tree("types/types.parquet")}}};
  layout.columns.question = layout.columns.answer = "required";
  sdk::HubQuestions source(layout);
  const auto samples = source.samples(Split::test);
  REQUIRE(samples.size() == 23);
  CHECK(samples[0].image == samples[1].image);
  CHECK(samples[5].image == "row:5");
  CHECK(contains(error_of([&] { source.read_image(samples[5]); }), "types.parquet:6: the row has no embedded picture"));
  layout.columns.question = "text";
  layout.image = "blob";  // the bytes alone
  CHECK(contains(error_of([&] { sdk::HubQuestions(layout).samples(Split::test); }),
                 "types.parquet:3: column 'text' is blank"));
  layout.columns.blank = sdk::BlankRule::drop;
  sdk::HubQuestions dropping(layout);
  const auto kept = dropping.samples(Split::test);
  REQUIRE(kept.size() == 12);
  CHECK(kept[2].id == "test/4");
  CHECK(kept[2].question == "a");
  CHECK(dropping.read_image(kept[2]).bytes == source.read_image(samples[4]).bytes);
}
