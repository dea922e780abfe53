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

TEST_CASE("questions about the same picture are a group, by which intervals are resampled unless another is named") {
  const ScratchFolder folder;
  const auto file = folder.write("q.csv", "image,question,answer,site\na.png,q,x,1\na.png,r,y,1\nb.png,q,z,1\n");
  const auto open = [&](Value::Table given) {
    given.emplace("file", file.string());
    given.emplace("task", "vqa");
    return TableDataset(plugin_options("table", given));
  };
  TableDataset plain = open({});
  CHECK(plain.info().cluster_group == "image");
  const auto samples = plain.samples(Split::test);
  CHECK(*find_group(samples[0], "image") == "a.png");
  CHECK(*find_group(samples[1], "image") == "a.png");
  CHECK(*find_group(samples[2], "image") == "b.png");
  CHECK(samples[0].id != samples[1].id);
  TableDataset by_site = open({{"cluster", "site"}, {"groups", texts({"image"})}});
  CHECK(by_site.info().cluster_group == "site");
  const auto grouped = by_site.samples(Split::test)[1].groups;
  CHECK((grouped == std::vector<std::pair<std::string, std::string>>{{"image", "a.png"}, {"site", "1"}}));
}

TEST_CASE("a list of objects in JSON can hold the questions") {
  const ScratchFolder folder;
  const auto file = folder.write("q.json", "[{\"image\": \"a.png\", \"question\": \"How many?\",\n\"answer\": 2}]");
  TableDataset dataset(plugin_options("table", {{"file", file.string()}, {"task", "vqa"}}));
  CHECK(dataset.samples(Split::test)[0].answer == "2");
}

TEST_CASE("a table of questions has no classes") {
  const ScratchFolder folder;
  const auto file = folder.write("q.csv", "image,question,answer\nx.png,Why?,so\n");
  const TableDataset dataset(plugin_options("table", {{"file", file.string()}, {"task", "vqa"}}));
  CHECK(dataset.info().task == Task::vqa);
  CHECK(dataset.info().classes.empty());
}
