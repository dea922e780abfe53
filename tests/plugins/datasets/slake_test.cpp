#include <doctest/doctest.h>

#include "scratch_folder.hpp"
#include "slake/slake.hpp"
#include "vqa_trees.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::slake::Slake;

namespace {

Slake open_slake(const std::filesystem::path& root, Value::Table given = {}) {
  return open_vqa<Slake>("slake", root, std::move(given));
}

/// One question, as the release writes it.
std::string slake_json(const std::string& question, const std::string& answer, const std::string& type = "OPEN") {
  return "{\"img_name\": \"xmlab1/source.jpg\", \"question\": \"" + question + "\", \"answer\": \"" + answer +
         "\", \"q_lang\": \"en\", \"answer_type\": \"" + type + "\"}";
}

}  // namespace

TEST_CASE("SLAKE's release has the English questions, open as annotated") {
  Slake dataset = open_slake(vqa_tree("SLAKE"));
  check_questions(dataset, vqa_expected("SLAKE"));
  CHECK(dataset.info().name == "SLAKE");
  CHECK(dataset.info().modality == "radiology");
  const Sample first = dataset.samples(Split::test).front();
  CHECK(first.id == "test/0");
  CHECK(group_of(first, "language") == "en");
  CHECK(group_of(first, "base_type") == "vqa");
  CHECK(group_of(first, "location") != "(none)");
}

TEST_CASE("SLAKE's other language can be had") {
  const std::size_t english = open_slake(vqa_tree("SLAKE")).samples(Split::test).size();
  const auto chinese = open_slake(vqa_tree("SLAKE"), {{"language", "zh"}}).samples(Split::test);
  CHECK(chinese.size() == 4);
  for (const Sample& sample : chinese) CHECK(group_of(sample, "language") == "zh");
  CHECK(open_slake(vqa_tree("SLAKE"), {{"language", "all"}}).samples(Split::test).size() == english + chinese.size());
}

TEST_CASE("SLAKE's copy without annotations needs the rule of the answers") {
  const std::string error = error_of([] { open_slake(vqa_tree("SLAKE-parquet")); });
  CHECK(contains(error, "train-00000-of-00001.parquet: there is no column 'answer_type'"));
  CHECK(contains(error, "option 'open_rule' has a rule that needs no such column"));
  Slake dataset = open_slake(vqa_tree("SLAKE-parquet"), {{"open_rule", "answer"}});
  check_questions(dataset, vqa_expected("SLAKE-parquet"));
}

TEST_CASE("SLAKE's table in Parquet names pictures of the release") {
  const ScratchFolder folder;
  std::filesystem::copy(vqa_tree("SLAKE-table"), folder.path(), std::filesystem::copy_options::recursive);
  Slake dataset = open_slake(folder.path());
  const Sample first = dataset.samples(Split::test).front();
  const std::string error = error_of([&] { dataset.read_image(first); });
  CHECK(contains(error, "data: "));
  CHECK(contains(error, "imgs/" + first.image));
  CHECK(contains(error, "the image file does not exist"));
  std::filesystem::copy(vqa_tree("SLAKE") / "imgs", folder.path() / "imgs", std::filesystem::copy_options::recursive);
  check_questions(dataset, vqa_expected("SLAKE-table"));
}

TEST_CASE("Parquet files are preferred, and either layout can be asked for") {
  const ScratchFolder folder;
  std::filesystem::copy(vqa_tree("SLAKE-parquet"), folder.path(), std::filesystem::copy_options::recursive);
  folder.write("test.json", "[" + slake_json("Why?", "so") + "]");
  const Value::Table by_answer{{"open_rule", "answer"}};
  const auto with = [](Value::Table table, const char* layout) {
    table.emplace("layout", layout);
    return table;
  };
  CHECK(open_slake(folder.path(), by_answer).splits().size() == 3);
  CHECK(open_slake(folder.path(), with(by_answer, "parquet")).splits().size() == 3);
  CHECK(open_slake(folder.path(), with(by_answer, "release")).samples(Split::test)[0].question == "Why?");
}

TEST_CASE("a folder without SLAKE is refused with what was looked for") {
  const ScratchFolder folder;
  const std::string error = error_of([&] { open_slake(folder.path()); });
  CHECK(contains(error, "data: "));
  CHECK(contains(error, "this is no folder of SLAKE"));
  CHECK(contains(error, "data/<split>-*.parquet"));
  CHECK(contains(error, "validate.json"));
  CHECK_FALSE(contains(error_of([&] { open_slake(folder.path(), {{"layout", "release"}}); }), "parquet"));
  CHECK_FALSE(contains(error_of([&] { open_slake(folder.path(), {{"layout", "parquet"}}); }), "validate.json"));
}

TEST_CASE("a split of SLAKE that is not there is refused with those that are") {
  const ScratchFolder folder;
  folder.write("Slake1.0/test.json", "[" + slake_json("Why?", "so") + "]");
  Slake dataset = open_slake(folder.path());
  CHECK((dataset.splits() == std::vector<Split>{Split::test}));
  CHECK(contains(error_of([&] { dataset.samples(Split::train); }), "no train split here; there are files for: test"));
}

TEST_CASE("bad rows of SLAKE are refused with file and line") {
  const ScratchFolder folder;
  const auto refused = [&](const std::string& row, Value::Table given = {}) {
    folder.write("test.json", "[\n" + slake_json("Is it?", "No", "CLOSED") + ",\n" + row + "\n]");
    return error_of([&] { open_slake(folder.path(), std::move(given)).samples(Split::test); });
  };
  CHECK(contains(refused(slake_json("Why?", "so", "MAYBE")), "test.json:3: 'maybe' in column 'answer_type'"));
  CHECK(contains(refused(slake_json(" ", "so")), "test.json:3: column 'question' is blank"));
  CHECK(contains(refused(slake_json("Why?", "")), "leave such rows out with option blanks = \"drop\""));
  CHECK(refused(slake_json("Why?", ""), {{"blanks", "drop"}}).empty());
  CHECK(contains(refused("{\"question\": \"Why?\", \"answer\": \"so\", \"q_lang\": \"en\", \"answer_type\": \"OPEN\"}"),
                 "test.json:3: the row names no image"));
  CHECK(contains(refused("{\"question\": "), "test.json:3: this object is never closed"));
}

TEST_CASE("a file of SLAKE with questions in the other language alone has no questions") {
  const ScratchFolder folder;
  folder.write("test.json", "[" + slake_json("Why?", "so") + "]");
  CHECK(contains(error_of([&] { open_slake(folder.path(), {{"language", "zh"}}).samples(Split::test); }),
                 "SLAKE: the test split has no questions"));
}
