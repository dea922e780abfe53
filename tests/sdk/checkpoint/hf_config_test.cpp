// Reading config.json: values, fallbacks, and messages that name file, key and type.
#include <doctest/doctest.h>

#include "checkpoint_files.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using namespace medvlm::test;

namespace {

const char* const kText = R"({"model_type": "clip", "eps": 1e-05, "heads": 4, "huge": 1000000000000000019884624838656,
  "none": null, "tie": true, "sizes": [1, 2], "mean": [0.5, 1], "names": ["a", "b"],
  "vision_config": {"hidden_size": 48, "text": "x", "deep": {"k": 1}}, "list": [{"id": 3}, {"id": "4"}]})";

HfConfig config() { return HfConfig::from_text(kText, "config.json"); }

template <class Action>
void check_message(const Action& action, const char* expected) {
  CHECK(checkpoint_error(action) == expected);
}

}  // namespace

TEST_CASE("typed values are read by path") {
  CHECK(config().text("model_type") == "clip");
  CHECK(config().number("eps") == 1e-05);
  CHECK(config().integer("heads") == 4);
  CHECK(config().number("heads") == 4.0);
  CHECK(config().flag("tie"));
  CHECK(config().integer("vision_config.hidden_size") == 48);
  CHECK(config().object("vision_config").integer("deep.k") == 1);
  CHECK(config().integers("sizes") == std::vector<std::int64_t>{1, 2});
  CHECK(config().numbers("mean") == std::vector<double>{0.5, 1});
  CHECK(config().texts("names") == std::vector<std::string>{"a", "b"});
  CHECK(config().objects("list").at(0).integer("id") == 3);
}

TEST_CASE("an absent or null value gives the fallback") {
  CHECK(config().integer("no", 7) == 7);
  CHECK(config().integer("none", 7) == 7);
  CHECK(config().number("vision_config.no", 0.5) == 0.5);
  CHECK(config().flag("no", true));
  CHECK(config().text("no.such.path", "d") == "d");
  CHECK(config().object_or_empty("text_config").keys().empty());
  CHECK_FALSE(config().has("none"));
  CHECK(config().type_of("none") == "nothing");
  CHECK(config().type_of("mean") == "list");
}

TEST_CASE("a wrong type is reported with file, full key and both types") {
  check_message([] { config().integer("model_type"); }, "config.json: model_type: expected an integer, found text");
  check_message([] { config().integer("eps", 1); }, "config.json: eps: expected an integer, found a number");
  check_message([] { config().flag("heads"); }, "config.json: heads: expected a boolean, found an integer");
  check_message([] { config().text("heads", ""); }, "config.json: heads: expected text, found an integer");
  check_message([] { config().object("vision_config").integer("text"); },
                "config.json: vision_config.text: expected an integer, found text");
  check_message([] { config().object("heads"); }, "config.json: heads: expected a table, found an integer");
  check_message([] { config().integer("heads.size", 1); }, "config.json: heads: expected a table, found an integer");
  check_message([] { config().integers("mean"); }, "config.json: mean: item 0: expected an integer, found a number");
  check_message([] { config().objects("list").at(1).integer("id"); },
                "config.json: list[1].id: expected an integer, found text");
}

TEST_CASE("a missing key is reported with the type that it should have") {
  check_message([] { config().integer("hidden"); }, "config.json: hidden: is missing; expected an integer");
  check_message([] { config().object("vision_config").text("act"); },
                "config.json: vision_config.act: is missing; expected text");
}

TEST_CASE("an integer over 64 bits is no integer but can be read as a number") {
  check_message([] { config().integer("huge"); }, "config.json: huge: expected an integer, found a number");
  CHECK(config().number("huge") == doctest::Approx(1e30));
  const auto large = HfConfig::from_text(R"({"n": 18446744073709551615})", "c");
  check_message([&] { large.integer("n"); }, "c: n: the integer 18446744073709551615 is too large");
}

TEST_CASE("a file that is absent or no table is refused") {
  const ScratchFolder folder;
  const auto error = [](const std::filesystem::path& file) {
    return checkpoint_error([&] { HfConfig::from_file(file); });
  };
  CHECK(error(folder.path() / "config.json").find("does not exist") != std::string::npos);
  CHECK(error(folder.write("a.json", "[]")).find("expected a table, found a list") != std::string::npos);
  CHECK(error(folder.write("b.json", "{")).find("is not valid JSON") != std::string::npos);
  CHECK(error(folder.write("c.json", "{\"a\":1,\"a\":2}")).find("'a' appears twice") != std::string::npos);
  CHECK(error(folder.write("d.json", std::string(1000, '['))).find("nested more than 64") != std::string::npos);
}

TEST_CASE("a sub-object stays valid when its parent is gone") {
  const auto vision = [] { return config().object("vision_config"); }();
  CHECK(vision.integer("hidden_size") == 48);
}
