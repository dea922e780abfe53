#include <doctest/doctest.h>

#include "plugin_options.hpp"
#include "scratch_folder.hpp"
#include "table/table_dataset.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::table_dataset::TableDataset;

namespace {

std::vector<Sample> list(const std::string& content, Value::Table given = {}) {
  const ScratchFolder folder;
  given.emplace("file", folder.write("q.csv", content).string());
  given.emplace("task", "vqa");
  return TableDataset(plugin_options("table", given)).samples(Split::test);
}

}  // namespace

TEST_CASE("questions of a table are open unless the answer is yes or no") {
  const auto samples = list("image,question,answer\na.png,Is it?, Yes \na.png,What is it?,a lung\n");
  REQUIRE(samples.size() == 2);
  CHECK(samples[0].question == "Is it?");
  CHECK(samples[0].answer == " Yes ");
  CHECK_FALSE(samples[0].open);
  CHECK(samples[1].open);
}

TEST_CASE("a column can say which questions are open") {
  const auto samples = list("image,question,answer,type\na.png,Which side?,left,CLOSED\nb.png,Is it?,yes,open\n",
                            {{"answer_type", "type"}});
  CHECK_FALSE(samples[0].open);
  CHECK(samples[1].open);
}

TEST_CASE("a kind of question that is not known is refused with its line") {
  const std::string error =
      error_of([] { list("image,question,answer,type\na,q,a,maybe\n", {{"answer_type", "type"}}); });
  CHECK(contains(error, "q.csv:2: 'maybe' in column 'type' is no kind of question; known: open, closed"));
}

TEST_CASE("columns of questions and answers can have other names") {
  const auto samples = list("image,q,a\nx.png,Why?,so\n", {{"question", "q"}, {"answer", "a"}});
  CHECK(samples[0].question == "Why?");
  CHECK(samples[0].answer == "so");
}

TEST_CASE("an empty question or answer is refused with its line") {
  CHECK(contains(error_of([] { list("image,question,answer\nx.png,,so\n"); }), "q.csv:2: column 'question' is empty"));
  CHECK(contains(error_of([] { list("image,question,answer\nx.png,Why?,\n"); }), "q.csv:2: column 'answer' is empty"));
}

TEST_CASE("labels do not go with questions") {
  CHECK(contains(error_of([] { list("image,question,answer\n", {{"label", "dx"}}); }), "task \"vqa\" has no labels"));
}

TEST_CASE("a table of questions has no classes") {
  const ScratchFolder folder;
  const auto file = folder.write("q.csv", "image,question,answer\nx.png,Why?,so\n");
  const TableDataset dataset(plugin_options("table", {{"file", file.string()}, {"task", "vqa"}}));
  CHECK(dataset.info().task == Task::vqa);
  CHECK(dataset.info().classes.empty());
}
