#include <cstdlib>

#include <ATen/ATen.h>

#include "chat_plugin_bench.hpp"
#include "key_forms.hpp"
#include "medvlm/core/model.hpp"

#include "checks.hpp"

using namespace medvlm;
using namespace medvlm::test;

namespace {

Image picture(int width, int height, int seed) {
  Image image{width, height, {}};
  for (int i = 0; i < width * height * 3; ++i) image.pixels.push_back(static_cast<std::uint8_t>((i * 31 + seed) % 253));
  return image;
}

auto chat_model(const StubChatServer& server, Value::Table more = {}) {
  return make_plugin<Model>("model", "chat_api", endpoint(server, std::move(more)));
}

StubReply echo(const StubCall& call) { return answer_with(call, "echo " + question_of(call), 11, 5); }

}  // namespace

TEST_CASE("chat_api: a question goes with its image in the original size, and its answer comes with tokens and time") {
  StubChatServer server(echo);
  const auto model = chat_model(server);
  CHECK(model->info().files.empty());
  CHECK(model->info().parameters == 0);
  CHECK(model->info().dtypes == std::vector<c10::ScalarType>{at::kFloat});
  CHECK(server.calls().empty());
  model->load(at::kCPU, at::kFloat);
  CHECK(server.calls().size() == 1);
  Answerer& answerer = *model->answerer();
  const ProcessedImage one = answerer.preprocess(picture(20, 10, 1)), other = answerer.preprocess(picture(20, 10, 2));
  const std::vector<Question> questions{
      {"what?", &one, 1}, {"where?", &one, 2}, {"what?", &other, 3}, {"no image?", nullptr, 4}};
  const auto answers = answerer.answer(questions, {});
  REQUIRE(answers.size() == 4);
  CHECK(answers[0].text == "echo what?");
  CHECK(answers[1].text == "echo where?");
  CHECK(answers[2].text == "echo what?");
  CHECK(answers[3].text == "echo no image?");
  CHECK(answers[0].prompt_tokens == 11);
  CHECK(answers[0].new_tokens == 5);
  CHECK(answers[0].seconds > 0);
  CHECK(server.calls().size() == 5);  // equal words about other images are other questions
  const std::string png(static_cast<const char*>(one.pixels.const_data_ptr()),
                        static_cast<std::size_t>(one.pixels.numel()));
  int found = 0;
  for (const StubCall& call : server.calls()) found += holds(call.body, base64_of(png)) ? 1 : 0;
  CHECK(found == 2);
}

TEST_CASE("chat_api: the turn has text before image, or the image first, and a system message where one is set") {
  StubChatServer server(echo);
  const auto ask = [&](Value::Table options, const std::string& text) {
    const auto model = chat_model(server, std::move(options));
    model->load(at::kCPU, at::kFloat);
    const ProcessedImage image = model->answerer()->preprocess(picture(3, 3, 1));
    const Question question{text, &image, 1};
    model->answerer()->answer(std::span(&question, 1), {});
    return server.calls().back().json().at("messages");
  };
  const auto plain = ask({}, "what?");
  CHECK(plain.size() == 1);
  CHECK(plain[0]["content"][0]["text"] == "what?");
  CHECK(plain[0]["content"][1]["type"] == "image_url");
  const auto turned = ask({{"image_first", Value(true)}, {"system", Value("be a doctor")}}, "what?");
  CHECK(turned[0] == nlohmann::json{{"role", "system"}, {"content", "be a doctor"}});
  CHECK(turned[1]["content"][0]["type"] == "image_url");
  const auto concise = ask({{"concise", Value(true)}}, "what?");
  CHECK(concise[0]["content"][0]["text"] ==
        "what?\n\nPlease answer the question concisely in no more than 2 sentences.");
  const auto closed =
      ask({{"concise", Value(true)}}, "Answer the following question about the image with yes or no. Is it?");
  CHECK(closed[0]["content"][0]["text"] == "Answer the following question about the image with yes or no. Is it?");
}

TEST_CASE("chat_api: what the study sets of the decoding is sent, and nothing else") {
  StubChatServer server(echo);
  const auto model = chat_model(server);
  model->load(at::kCPU, at::kFloat);
  const Question question{"what?", nullptr, 1};
  model->answerer()->answer(std::span(&question, 1), {});
  const auto plain = server.calls().back().json();
  for (const char* name : {"max_tokens", "temperature", "top_p"}) CHECK(!plain.contains(name));
  Generation generation;
  generation.max_new_tokens = 9;
  generation.temperature = 0;
  generation.top_p = 0.5;
  model->answerer()->answer(std::span(&question, 1), generation);
  const auto set = server.calls().back().json();
  CHECK(set["max_tokens"] == 9);
  CHECK(set["temperature"] == 0);
  CHECK(set["top_p"] == 0.5);
  generation.repetition_penalty = 1.2;
  CHECK(thrown_by([&] { model->answerer()->answer(std::span(&question, 1), generation); }).first == ErrorCode::config);
  generation.repetition_penalty = 1;
  generation.top_k = 5;
  CHECK(holds(thrown_by([&] { model->answerer()->answer(std::span(&question, 1), generation); }).second, "top_k"));
}

TEST_CASE("chat_api: a question that fails, fails alone; an endpoint that refuses the key ends the batch") {
  std::atomic<bool> revoked{false};
  StubChatServer server([&](const StubCall& call) {
    if (revoked) return error_with(401, "revoked");
    return question_of(call) == "bad?" ? error_with(400, "not this one") : echo(call);
  });
  const auto model = chat_model(server);
  model->load(at::kCPU, at::kFloat);
  const std::vector<Question> questions{{"good?", nullptr, 1}, {"bad?", nullptr, 2}};
  const auto answers = model->answerer()->answer(questions, {});
  CHECK(!answers[0].error);
  REQUIRE(answers[1].error);
  CHECK(answers[1].error->code == ErrorCode::network);
  CHECK(holds(answers[1].error->message, "not this one"));
  revoked = true;
  const Question more{"more?", nullptr, 3};
  CHECK(thrown_by([&] { model->answerer()->answer(std::span(&more, 1), {}); }).first == ErrorCode::network);
}

TEST_CASE("chat_api: with an answer cache nothing is asked twice, by another model object either") {
  const TemporaryFolder folder;
  StubChatServer server(echo);
  const Question question{"what?", nullptr, 1};
  std::string first, second;
  for (std::string* text : {&first, &second}) {
    const auto model = chat_model(server, {{"answer_cache", Value((folder.path() / "cache").string())}});
    model->load(at::kCPU, at::kFloat);
    *text = model->answerer()->answer(std::span(&question, 1), {})[0].text;
  }
  CHECK(first == second);
  CHECK(server.calls().size() == 3);  // two checks, one question
  CHECK(holds(text_of(folder.path() / "cache" / "replies.jsonl"), "echo what?"));
}

TEST_CASE("chat_api: a missing variable, a wrong key and an unknown model are told when it is loaded") {
  StubChatServer server([](const StubCall& call) {
    if (call.method == "GET") return StubReply{200, R"({"data": [{"id": "stubb"}]})"};
    return call.has_header("Authorization: Bearer sk-wrong-0123456789") ? error_with(401, "wrong key")
                                                                        : error_with(404, "no model");
  });
  ::unsetenv("MEDVLM_TEST_KEY");
  const auto keyed = chat_model(server, {{"api_key_env", Value("MEDVLM_TEST_KEY")}});
  const auto missing = thrown_by([&] { keyed->load(at::kCPU, at::kFloat); });
  CHECK(missing.first == ErrorCode::config);
  CHECK(holds(missing.second, "MEDVLM_TEST_KEY"));
  ::setenv("MEDVLM_TEST_KEY", "sk-wrong-0123456789", 1);
  const auto wrong = thrown_by([&] { keyed->load(at::kCPU, at::kFloat); });
  CHECK(wrong.first == ErrorCode::network);
  CHECK(!holds(wrong.second, "0123"));
  ::unsetenv("MEDVLM_TEST_KEY");
  const auto unknown = thrown_by([&] { chat_model(server)->load(at::kCPU, at::kFloat); });
  CHECK(unknown.first == ErrorCode::network);
  CHECK(holds(unknown.second, "did you mean 'stubb'?"));
}

TEST_CASE("chat_api: a key in place of its variable's name makes no model and is not shown") {
  StubChatServer server(echo);
  const auto refused = thrown_by([&] { chat_model(server, {{"api_key_env", Value("sk-proj-0123456789")}}); });
  CHECK(refused.first == ErrorCode::config);
  CHECK(!holds(refused.second, "0123"));
}
