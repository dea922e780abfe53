#include "medvlm/analysis/predictions_file.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "medvlm/base/error.hpp"

using namespace medvlm;
using namespace medvlm::analysis;
namespace fs = std::filesystem;

namespace {

/// A file of its own for each test, removed at the end.
struct TextFile {
  explicit TextFile(const std::string& name, const std::string& text)
      : path(fs::temp_directory_path() / ("medvlm-predictions-" + name + ".jsonl")) {
    std::ofstream(path, std::ios::binary) << text;
  }
  ~TextFile() { fs::remove(path); }
  fs::path path;
};

std::string message_of(const fs::path& file) {
  try {
    read_predictions(file);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a diagnosis, a question, several labels and a failure are read") {
  const TextFile file("kinds",
                      R"({"id":"a","image":"a.png","index":0,"label":1,"scores":[0.25,0.75],"groups":{"patient":"7","sex":"F"},"values":{"accuracy":1}})"
                      "\n"
                      R"({"id":"b","image":"b.png","index":1,"question":"What?","answer":"a lung","open":true,"text":"lungs","prompt_tokens":70,"new_tokens":2,"seconds":0.5,"values":{"token_f1":0.5,"gpt_score":null}})"
                      "\n\n"
                      R"({"id":"c","image":"c.png","index":2,"labels":[1,0,-1],"scores":[0.1,null,0.3],"later":{"unknown":1}})"
                      "\n"
                      R"({"id":"d","image":"d.png","index":3,"label":0,"error":{"stage":"decode","code":"data","message":"cut short"}})"
                      "\n");
  const auto records = read_predictions(file.path);
  REQUIRE(records.size() == 4);
  CHECK(records[0].label == 1);
  CHECK(records[0].scores == std::vector{0.25, 0.75});
  CHECK(records[0].groups == std::vector<std::pair<std::string, std::string>>{{"patient", "7"}, {"sex", "F"}});
  CHECK(*records[0].value_of("accuracy") == 1);
  CHECK(records[0].value_of("f1") == nullptr);
  CHECK_FALSE(records[0].open.has_value());
  CHECK(records[1].open == true);
  CHECK(records[1].question == "What?");
  CHECK(records[1].answer == "a lung");
  CHECK(records[1].text == "lungs");
  CHECK(records[1].new_tokens == 2);
  CHECK(records[1].seconds == 0.5);
  CHECK(*records[1].value_of("token_f1") == 0.5);
  CHECK(std::isnan(*records[1].value_of("gpt_score")));
  CHECK(records[2].labels == std::vector{1, 0, -1});
  CHECK(std::isnan(records[2].scores[1]));
  CHECK(records[3].error->stage == "decode");
  CHECK(records[3].error->message == "cut short");
  CHECK(records[3].scores.empty());
}

TEST_CASE("what is wrong with a line is told with file and line") {
  const TextFile cut("cut", "{\"id\":\"a\",\"index\":0}\n\n{\"id\":\"b\",");
  CHECK(message_of(cut.path).find(cut.path.string() + ":3: ") != std::string::npos);
  const TextFile nameless("nameless", "{\"index\":0}\n");
  const std::string message = message_of(nameless.path);
  CHECK(message.find(":1: ") != std::string::npos);
  CHECK(message.find("key 'id' not found") != std::string::npos);
  CHECK(message.find("json.exception") == std::string::npos);
  const TextFile typed("typed", "{\"id\":\"a\",\"index\":0,\"scores\":[\"high\"]}\n");
  CHECK(message_of(typed.path).find(":1: ") != std::string::npos);
  const TextFile number("number", "7\n");
  CHECK(message_of(number.path).find(":1: ") != std::string::npos);
}

TEST_CASE("a missing file and a folder are told apart") {
  CHECK(message_of("/nonexistent/predictions.jsonl").find("cannot read '/nonexistent/predictions.jsonl'") == 0);
  CHECK(message_of(fs::temp_directory_path()).find("is a folder") != std::string::npos);
}
