// How a test set is cut into subgroups.
#include "medvlm/core/subgroups.hpp"

#include "checks.hpp"

using namespace medvlm;

namespace {

/// One sample per value; a null value is a sample without the group.
std::vector<Sample> samples(const std::string& group, const std::vector<const char*>& values) {
  std::vector<Sample> list(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != nullptr) list[i].groups = {{group, values[i]}};
  }
  return list;
}

std::vector<Sample> numbered(const std::string& group, int count) {
  std::vector<Sample> list(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) list[static_cast<std::size_t>(i)].groups = {{group, std::to_string(i)}};
  return list;
}

/// "value:rows value:rows ..."
std::string cut(const std::vector<Sample>& samples, const std::string& group) {
  std::string text;
  const std::vector<std::string> groups{group};
  for (const Subgroup& subgroup : find_subgroups(samples, groups).list) {
    text += (text.empty() ? "" : " | ") + subgroup.value + ":" + std::to_string(subgroup.rows.size());
  }
  return text;
}

std::string first_note(const std::vector<Sample>& samples, const std::string& group) {
  const std::vector<std::string> groups{group};
  const auto notes = find_subgroups(samples, groups).notes;
  return notes.empty() ? "" : notes.front();
}

}  // namespace

TEST_CASE("every value is a subgroup; what is not known is one, too, and comes last") {
  CHECK(cut(samples("sex", {"male", "female", "", "NA", nullptr, "male"}), "sex") == "female:1 | male:2 | unknown:3");
}

TEST_CASE("bands that datasets made stay and stand in the order of their numbers") {
  CHECK(cut(samples("age", {"10-19", "90+", "5-9", "unknown"}), "age") == "5-9:1 | 10-19:1 | 90+:1 | unknown:1");
}

TEST_CASE("few numbers are values, many ages decades") {
  CHECK(cut(numbered("age", 10), "age").find("0:1 | 1:1") == 0);
  CHECK(cut(numbered("age", 32), "age") == "0-9:10 | 10-19:10 | 20-29:10 | 30-39:2");
  CHECK(cut(numbered("Age", 11), "Age") == "0-9:10 | 10-19:1");
}

TEST_CASE("many other numbers are quarters of the test set, closed at the upper edge") {
  CHECK(cut(numbered("pressure", 41), "pressure") == "up to 10:11 | above 10 to 20:10 | above 20 to 30:10 | above 30:10");
}

TEST_CASE("equal edges are merged") {
  auto list = numbered("dose", 12);
  for (int i = 0; i < 60; ++i) list.push_back(list.front());
  CHECK(cut(list, "dose") == "up to 0:61 | above 0:11");
  auto high = numbered("dose", 12);
  for (int i = 0; i < 60; ++i) high.push_back(high.back());
  CHECK(cut(high, "dose") == "all:72");
}

TEST_CASE("one value that is no number keeps all as they are") {
  auto list = numbered("site", 12);
  list[3].groups = {{"site", "x"}};
  CHECK(cut(list, "site").find("0:1 | 1:1 | 2:1 | 4:1") == 0);
}

TEST_CASE("a group that is not there, or names single samples, is left out with a note") {
  CHECK(first_note(samples("sex", {"m", "f"}), "sx") == "no test sample has the group 'sx'; there are: sex");
  auto list = numbered("patient", 101);
  for (Sample& sample : list) sample.groups[0].second.insert(0, 1, 'p');
  CHECK(first_note(list, "patient") == "the group 'patient' has 101 values, which are too many for subgroups (100)");
  CHECK(cut(list, "patient").empty());
}

TEST_CASE("a group that is named twice is cut once") {
  const std::vector<std::string> groups{"sex", "sex"};
  CHECK(find_subgroups(samples("sex", {"m", "f"}), groups).list.size() == 2);
}

TEST_CASE("decades of ages") {
  CHECK(decade_of_age(0) == "0-9");
  CHECK(decade_of_age(89.9) == "80-89");
  CHECK(decade_of_age(90) == "90+");
  CHECK(decade_of_age(-1) == "unknown");
  CHECK(decade_of_age(151) == "unknown");
}
