#include "medvlm/registry/stamp.hpp"

#include <doctest/doctest.h>

using medvlm::registry::compare_stamps;
using medvlm::registry::find_stamps;
using medvlm::registry::host_stamp;

TEST_CASE("the host's stamp is complete") {
  const std::vector<std::string> found = find_stamps(host_stamp());
  REQUIRE(found.size() == 1);
  CHECK(found[0] == host_stamp());
  for (const char* field : {"abi=", "compiler=", "stdlib=", "cxx=", "torch=", "arch=", "sanitizer=", "sizes="}) {
    CHECK(host_stamp().find(field) != std::string_view::npos);
  }
}

TEST_CASE("equal stamps have no differences") { CHECK(compare_stamps(host_stamp(), host_stamp()).empty()); }

TEST_CASE("each field that differs is named, found and wanted") {
  const auto differences = compare_stamps("medvlm-stamp:1;torch=2.11.0;arch=x;sizes=1",
                                          "medvlm-stamp:1;torch=2.13.0;arch=y;sizes=1");
  CHECK(to_string(differences) == "torch: found 2.11.0, wanted 2.13.0; arch: found x, wanted y");
}

TEST_CASE("a field that one of them lacks is a difference") {
  CHECK(to_string(compare_stamps("medvlm-stamp:1;a=1", "medvlm-stamp:1;a=1;b=2")) == "b: found nothing, wanted 2");
  CHECK(to_string(compare_stamps("medvlm-stamp:1;a=1;b=2", "medvlm-stamp:1;a=1")) == "b: found 2, wanted nothing");
}

TEST_CASE("another layout of the stamp is a difference") {
  CHECK(to_string(compare_stamps("medvlm-stamp:2;a=1", "medvlm-stamp:1;a=1")) == "medvlm-stamp: found 2, wanted 1");
}

TEST_CASE("the order of fields counts, so that equal means equal") {
  CHECK(!compare_stamps("medvlm-stamp:1;a=1;b=2", "medvlm-stamp:1;b=2;a=1").empty());
}

TEST_CASE("a stamp is found among other bytes, once") {
  const std::string stamp = "medvlm-stamp:1;torch=2.13.0;sizes=1.2";
  const std::string bytes = std::string("\0xyz\x01", 5) + stamp + '\0' + "..." + stamp + '\0';
  CHECK(find_stamps(bytes) == std::vector<std::string>{stamp});
}

TEST_CASE("the head without sizes is no stamp") {
  CHECK(find_stamps(std::string("medvlm-stamp:1;torch=2.13.0;sizes=\0", 35)).empty());
}
