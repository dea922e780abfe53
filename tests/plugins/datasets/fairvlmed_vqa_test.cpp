#include <doctest/doctest.h>

#include "fairvlmed_vqa/fairvlmed_vqa.hpp"
#include "scratch_folder.hpp"
#include "vqa_trees.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::fairvlmed_vqa::FairVlMedVqa;

namespace {

FairVlMedVqa open_fairvlmed_vqa(const std::filesystem::path& root, Value::Table given = {}) {
  return open_vqa<FairVlMedVqa>("fairvlmed_vqa", root, std::move(given));
}

constexpr const char* kHeader = "image_path,question,answer,question type\n";

}  // namespace

TEST_CASE("FairVLMed's questions are those that pandas keeps, with arrays or JPEG files") {
  FairVlMedVqa dataset = open_fairvlmed_vqa(vqa_tree("FairVLMed"));
  check_questions(dataset, vqa_expected("FairVLMed"));
  CHECK(dataset.info().modality == "scanning laser ophthalmoscope fundus image");
  const Sample first = dataset.samples(Split::test).front();
  CHECK(group_of(first, "sex") != "(none)");
  CHECK(group_of(first, "race") == "black");
  CHECK(group_of(first, "age") == "60-69");
}

TEST_CASE("FairVLMed's questions can lie elsewhere, and need no table of patients") {
  const ScratchFolder questions, images;
  questions.write("vqa_test.csv", std::string(kHeader) + "./Test/data_00007.npz,Why?,so,OPEN\n");
  images.write("FairVLMed10k/Test/data_00007.npz", read_file(vqa_tree("FairVLMed/Test/data_00007.npz")));
  FairVlMedVqa dataset = open_fairvlmed_vqa(images.path(), {{"questions", questions.path().string()}});
  CHECK((dataset.splits() == std::vector<Split>{Split::test}));
  const auto samples = dataset.samples(Split::test);
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].image == "Test/data_00007.npz");
  CHECK(group_of(samples[0], "patient") == "00007");
  CHECK(dataset.decode_image(dataset.read_image(samples[0])).width == 40);
}

TEST_CASE("a cell that pandas takes for missing drops the row, whichever its column is") {
  const ScratchFolder folder;
  folder.write("vqa_test.csv", std::string("note,") + kHeader +
                                   "n,a.npz,Why?,so,OPEN\nn,a.npz,Why?,None,OPEN\nnan,a.npz,Why?,so,OPEN\n"
                                   "n,a.npz,Why?,none,OPEN\nn,a.npz,Why?,\"\",OPEN\nn,a.npz,Why?,n/a,OPEN\n");
  const auto samples = open_fairvlmed_vqa(folder.path()).samples(Split::test);
  REQUIRE(samples.size() == 2);
  CHECK(samples[1].id == "test/3");
  CHECK(samples[1].answer == "none");
}

TEST_CASE("one file with all questions of FairVLMed is split by the folders of the images") {
  const ScratchFolder questions;
  std::string all;
  for (const char* split : {"test", "train", "validation"}) {
    const std::string part = read_file(vqa_tree(std::string("FairVLMed/vqa_") + split + ".csv"));
    all += all.empty() ? part : part.substr(part.find('\n') + 1);
  }
  questions.write("vqa_all.csv", all);
  FairVlMedVqa dataset = open_fairvlmed_vqa(vqa_tree("FairVLMed"), {{"questions", questions.path().string()}});
  auto expected = vqa_expected("FairVLMed");
  for (auto& question : expected["train"]) question["row"] = question["row"].get<int>() + 6;  // 6 rows of each split
  for (auto& question : expected["validation"]) question["row"] = question["row"].get<int>() + 12;
  check_questions(dataset, expected);
  questions.write("vqa_all.csv", std::string(kHeader) + "Test/a.npz,Why?,so,OPEN\nTests/a.npz,Why?,so,OPEN\n");
  CHECK(contains(error_of([&] { open_fairvlmed_vqa(questions.path()); }),
                 "vqa_all.csv:3: image_path is 'Tests/a.npz'; expected a path in Training/"));
  questions.write("vqa_all.csv", std::string(kHeader) + "Test/a.npz,Why?,,OPEN\n");
  CHECK(contains(error_of([&] { open_fairvlmed_vqa(questions.path()); }), "no row of the file is complete"));
}

TEST_CASE("FairVLMed's questions can be open by their answers") {
  const ScratchFolder folder;
  folder.write("vqa_test.csv", std::string(kHeader) + "a.npz,Is it?,Not stated,CLOSED\n");
  CHECK_FALSE(open_fairvlmed_vqa(folder.path()).samples(Split::test)[0].open);
  CHECK(open_fairvlmed_vqa(folder.path(), {{"open_rule", "answer"}}).samples(Split::test)[0].open);
}

TEST_CASE("what FairVLMed's questions lack is said") {
  const ScratchFolder folder;
  CHECK(contains(error_of([&] { open_fairvlmed_vqa(folder.path()); }), "there is no vqa_train.csv"));
  CHECK(contains(error_of([&] { open_fairvlmed_vqa(folder.path()); }), "medvlm build-vqa"));
  folder.write("vqa_test.csv", "image_path,question,answer\na.npz,q,a\n");
  CHECK(contains(error_of([&] { open_fairvlmed_vqa(folder.path()); }), "there is no column 'question type'"));
  folder.write("vqa_test.csv", std::string(kHeader) + "Test/data_00001.npz,Is it?,yes,BOTH\n");
  FairVlMedVqa dataset = open_fairvlmed_vqa(folder.path());
  CHECK(contains(error_of([&] { dataset.samples(Split::test); }), "vqa_test.csv:2: 'both' in column 'question type'"));
  folder.write("vqa_test.csv", std::string(kHeader) + "Test/data_00001.npz,Is it?,yes,CLOSED\n");
  const std::string missing = error_of([&] { dataset.read_image(dataset.samples(Split::test)[0]); });
  CHECK(contains(missing, "Test/data_00001.npz"));
  CHECK(contains(missing, "Test/slo_fundus_00001.jpg"));
}
