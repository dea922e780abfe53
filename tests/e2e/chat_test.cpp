// Studies with a model and a judge behind the stub server.
#include "chat_study.hpp"
#include "medvlm/sdk/chat/png.hpp"
#include "program.hpp"

namespace medvlm::e2e {
namespace {

using test::StubCall;
using test::StubChatServer;
using test::StubReply;

bool is_judge(const StubCall& call) {
  return contains(call.path, "generateContent") || call.json().at("model") == "judge";
}

/// The model answers "about <question>", closed questions with yes; the judge gives every answer 60.
StubReply good_answers(const StubCall& call) {
  if (is_judge(call)) return test::answer_with(call, "60\nFair.");
  const std::string question = test::question_of(call);
  return test::answer_with(call, question.starts_with("Is ") ? "Yes." : "about " + question);
}

/// Three questions on each image: two open, one closed. Returns the number of questions.
int write_questions(const TempFolder& folder, int images) {
  std::string text = "image,question,answer\n";
  for (int i = 0; i < images; ++i) {
    const std::string number = std::to_string(i), name = "image" + number + ".png";
    const std::vector<std::uint8_t> pixels(16 * 12 * 3, static_cast<std::uint8_t>(i));
    write(folder / name, sdk::chat::encode_png(16, 12, pixels));
    text += name + ",What is " + number + "?,a cup\n" + name + ",Where is " + number + "?,left\n" + name + ",Is " +
            number + " there?," + (i % 2 == 0 ? "yes" : "no") + "\n";
  }
  write(folder / "questions.csv", text);
  return 3 * images;
}

struct StudyLines {
  std::string model, judge;
};

fs::path write_study(const TempFolder& folder, const StubChatServer& server, const StudyLines& lines = {}) {
  const std::string url = "base_url = \"" + server.url() + "\"\n";
  return write(folder / "study.toml",
               "[study]\nname = \"chat\"\n[run]\ndevice = \"cpu\"\ndtype = \"float32\"\nthreads = 1\nbatch_size = 16\n"
               "[[models]]\nname = \"model\"\nplugin = \"chat_api\"\nmodel = \"stub\"\n" + url + lines.model +
                   "[[datasets]]\nname = \"data\"\nplugin = \"table\"\ntask = \"vqa\"\nfile = \"questions.csv\"\n"
                   "[[adapters]]\nname = \"ots\"\nplugin = \"off_the_shelf\"\n"
                   "[[metrics]]\nname = \"gpt\"\nplugin = \"gpt_score\"\nmodel = \"judge\"\n" + url + lines.judge +
                   "[[metrics]]\nplugin = \"vqa_accuracy\"\n");
}

Outcome run_with_key(const fs::path& study, const fs::path& output, const std::string& key, const Words& more = {}) {
  return Process(command("run", study, output, more), {{"MEDVLM_E2E_KEY", key}}).wait();
}

}  // namespace

TEST_CASE("a study with faults of every kind at the model and at the judge loses nothing, and the keys are nowhere") {
  TempFolder folder;
  const std::string key = sentinel_key();
  test::Faulty faulty([&](const StubCall& call) {
    StubReply reply = good_answers(call);
    auto json = nlohmann::json::parse(reply.body);
    json["debug"] = leaks(key) + call.headers;
    reply.body = json.dump();
    return reply;
  }, 30);
  StubChatServer server(faulty);
  const int questions = write_questions(folder, 12);
  const std::string lines = "api_key_env = \"MEDVLM_E2E_KEY\"\ntimeout = 3\ntries = 10\nconcurrency = 16\n";
  const fs::path study =
      write_study(folder, server, {lines + "answer_cache = \"answers\"\n", lines + "api = \"google\"\n"});
  const Outcome outcome = run_with_key(study, folder / "out", key);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  const auto document = result(scenario(folder / "out"));
  CHECK(document["samples"]["scored"] == questions);
  CHECK(document["samples"]["errored"] == 0);
  const auto list = predictions(scenario(folder / "out"));
  CHECK(list[0]["text"] == "about What is 0?");
  CHECK(list[0]["prompt_tokens"] == 7);
  CHECK(list[0]["new_tokens"] == 3);
  CHECK(list[2]["text"] == "Yes.");
  CHECK(metric(document, "gpt_score[open]")["value"].get<double>() == doctest::Approx(0.6));
  CHECK(metric(document, "gpt_score[closed]")["value"].get<double>() == doctest::Approx(0.5));
  CHECK(metric(document, "gpt_score")["value"].get<double>() == doctest::Approx((2 * 0.6 + 0.5) / 3));
  const auto report = document["metric_reports"]["gpt"];
  CHECK(report["scored_by_judge"] == 2 * questions / 3);
  CHECK(report["usage"]["answered"] == 2 * questions / 3);
  CHECK(report["usage"]["completion_tokens"] == 3 * 2 * questions / 3);
  check_no_key(key, folder.path(), outcome.out + outcome.err);
  CHECK(server.calls().back().has_header("x-goog-api-key: " + key));

  // Again: all is there, only the judge is tried. From the start: every answer is in a cache.
  const auto asked = [&] {
    std::size_t count = 0;
    for (const StubCall& call : server.calls()) count += contains(call.body, "Reply with the word yes") ? 0 : 1;
    return count;
  };
  const std::size_t before = asked();
  CHECK(run_with_key(study, folder / "out", key).status == 0);
  CHECK(run_with_key(study, folder / "out", key, {"--fresh"}).status == 0);
  CHECK(asked() == before);
  CHECK(predictions(scenario(folder / "out")) == list);
}

TEST_CASE("a question that fails, fails alone, and a judge without scores leaves no zeros") {
  TempFolder folder;
  StubChatServer server([](const StubCall& call) {
    if (contains(call.body, "Reply with the word yes")) return test::answer_with(call, "yes");
    if (is_judge(call)) return test::answer_with(call, "I would rather not.");
    return contains(call.body, "Where is 1?") ? test::error_with(400, "not this one") : good_answers(call);
  });
  const int questions = write_questions(folder, 2);
  const Outcome outcome = run(write_study(folder, server, {"", "reasks = 1\n"}), folder / "out");
  CHECK(outcome.status == 20);
  const auto document = result(scenario(folder / "out"));
  CHECK(document["samples"]["errored"] == 1);
  CHECK(document["samples"]["scored"] == questions - 1);
  CHECK(contains(document["errors"].dump(), "not this one"));
  CHECK(metric(document, "gpt_score[open]")["value"].is_null());
  CHECK(contains(metric(document, "gpt_score[open]")["reason"], "no score for any of 3"));
  CHECK(metric(document, "gpt_score[closed]")["value"].get<double>() == doctest::Approx(0.5));
  CHECK(document["metric_reports"]["gpt"]["without_score"] == 3);
}

TEST_CASE("an endpoint that is down, a wrong key and an unknown model end the run before any question") {
  TempFolder folder;
  StubChatServer server([](const StubCall& call) {
    if (call.method == "GET") return StubReply{200, R"({"data": [{"id": "stub-2"}, {"id": "judge"}]})"};
    if (is_judge(call))
      return call.has_header("Authorization: Bearer sk-good-0123456789") ? good_answers(call)
                                                                         : test::error_with(401, "bad key");
    return test::error_with(404, "no such model");
  });
  write_questions(folder, 2);
  const std::string keyed = "api_key_env = \"MEDVLM_E2E_KEY\"\n";
  const fs::path study = write_study(folder, server, {"", keyed});
  const Outcome key = run_with_key(study, folder / "out", "sk-wrong-0123456789");
  CHECK(key.status == 12);
  CHECK(contains(key.err, "check the key in the environment variable MEDVLM_E2E_KEY"));
  CHECK(!contains(key.err, "0123"));
  const Outcome unset = run(study, folder / "out");
  CHECK(unset.status == 3);
  CHECK(contains(unset.err, "MEDVLM_E2E_KEY"));
  const Outcome model = run_with_key(study, folder / "out", "sk-good-0123456789");
  CHECK(model.status == 12);
  CHECK(contains(model.err, "did you mean 'stub-2'?"));
  const Outcome down = run_with_key(study, folder / "out", "sk-good-0123456789",
                                    {"--set", "metrics.gpt.base_url=http://127.0.0.1:1/v1"});
  CHECK(down.status == 12);
  CHECK(contains(down.err, "http://127.0.0.1:1/v1"));
  CHECK(!fs::exists(scenario(folder / "out") / "result.json"));
  for (const StubCall& call : server.calls()) CHECK(!contains(call.body, "What is 0?"));
}

}  // namespace medvlm::e2e
