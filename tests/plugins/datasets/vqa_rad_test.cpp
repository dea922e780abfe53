#include <doctest/doctest.h>

#include "scratch_folder.hpp"
#include "vqa_rad/vqa_rad.hpp"
#include "vqa_trees.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::vqa_rad::VqaRad;

namespace {

VqaRad open_vqa_rad(const std::filesystem::path& root, Value::Table given = {}) {
  return open_vqa<VqaRad>("vqa_rad", root, std::move(given));
}

}  // namespace

TEST_CASE("VQA-RAD's release is split by the kind of phrase, and open by the answer") {
  VqaRad dataset = open_vqa_rad(vqa_tree("VQA-RAD"));
  check_questions(dataset, vqa_expected("VQA-RAD"));
  CHECK(dataset.info().name == "VQA-RAD");
  for (const Sample& sample : dataset.samples(Split::test)) CHECK(group_of(sample, "phrase_type").starts_with("test"));
  for (const Sample& sample : dataset.samples(Split::train)) {
    CHECK_FALSE(group_of(sample, "phrase_type").starts_with("test"));
    CHECK(group_of(sample, "question_type") != "(none)");
  }
}

TEST_CASE("VQA-RAD's own annotation calls other questions open") {
  VqaRad dataset = open_vqa_rad(vqa_tree("VQA-RAD"), {{"open_rule", "annotation"}});
  const auto expected = vqa_expected("VQA-RAD")["test"];
  const auto samples = dataset.samples(Split::test);
  REQUIRE(samples.size() == expected.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    CHECK(samples[i].open == expected[i]["annotated"]);
    different += expected[i]["annotated"] != expected[i]["open"];
  }
  CHECK(different > 0);
}

TEST_CASE("VQA-RAD's Parquet copy has the same questions, and no annotation") {
  VqaRad dataset = open_vqa_rad(vqa_tree("VQA-RAD-parquet"));
  check_questions(dataset, vqa_expected("VQA-RAD-parquet"));
  CHECK((dataset.splits() == std::vector<Split>{Split::train, Split::test}));
  CHECK(contains(error_of([] { open_vqa_rad(vqa_tree("VQA-RAD-parquet"), {{"open_rule", "annotation"}}); }),
                 "there is no column 'answer_type'"));
}

TEST_CASE("questions on the same picture have the same image, in either layout") {
  std::map<std::string, std::string> copy_of;  // image of the release -> image of the copy
  VqaRad release = open_vqa_rad(vqa_tree("VQA-RAD")), copy = open_vqa_rad(vqa_tree("VQA-RAD-parquet"));
  const auto ours = release.samples(Split::test), theirs = copy.samples(Split::test);
  REQUIRE(ours.size() == theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    CHECK(copy_of.try_emplace(ours[i].image, theirs[i].image).first->second == theirs[i].image);
  }
  CHECK(copy_of.size() == 4);
  CHECK(ours.size() > 2 * copy_of.size());
}

TEST_CASE("bad rows of VQA-RAD are refused with file and line") {
  const ScratchFolder folder;
  const auto refused = [&](const std::string& phrase) {
    folder.write("VQA_RAD Dataset Public.json", "[\n{\"image_name\": \"a.jpg\", \"question\": \"q\", \"answer\": 5, " +
                                                    phrase + "\"answer_type\": \"OPEN\"}]");
    return error_of([&] { open_vqa_rad(folder.path()).samples(Split::test); });
  };
  CHECK(contains(refused("\"phrase_type\": null, "), "VQA_RAD Dataset Public.json:2: phrase_type is blank"));
  CHECK(contains(refused(""), "there is no column 'phrase_type'"));
  CHECK(refused("\"phrase_type\": \"test_para\", ").empty());
  CHECK(open_vqa_rad(folder.path()).samples(Split::test)[0].answer == "5");
}

TEST_CASE("a folder without VQA-RAD, or none at all, is refused") {
  const ScratchFolder folder;
  CHECK(contains(error_of([&] { open_vqa_rad(folder.path()); }), "this is no folder of VQA-RAD"));
  const std::string error = error_of([&] { open_vqa_rad(folder.path() / "none"); });
  CHECK(contains(error, "config: option 'root': "));
  CHECK(contains(error, "none is no folder"));
}
