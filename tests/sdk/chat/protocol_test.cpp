// What is sent, seen by the server; and how replies are understood.
#include <cstdlib>

#include <doctest/doctest.h>

#include "chat_bench.hpp"
#include "key_forms.hpp"

using namespace medvlm;
using namespace medvlm::sdk::chat;
using namespace medvlm::test;

namespace {

Request full_request() {
  const auto picture = std::make_shared<const Picture>(Picture{std::string("\x89PNG\0x", 6), "hash"});
  Request request{{{Role::system, "be brief"},
                   {Role::user, "what is it?", {picture}},
                   {Role::assistant, "a fundus"},
                   {Role::user, "sure?"}}};
  request.max_tokens = 9;
  request.temperature = 0.5;
  request.top_p = 0.25;
  return request;
}

/// What the server saw of one request.
StubCall sent(Api api, Request request, const std::function<void(Settings&)>& change = {}) {
  StubChatServer server([](const StubCall& call) { return answer_with(call, " fine\n"); });
  Settings settings = quick_settings(server, api);
  if (change) change(settings);
  Client client(settings);
  const Outcome outcome = ask_once(client, request);
  REQUIRE_MESSAGE(!outcome.error, outcome.error->what());
  CHECK(outcome.reply.text == "fine");
  CHECK(outcome.reply.prompt_tokens == 7);
  CHECK(outcome.reply.completion_tokens == 3);
  return server.calls().at(0);
}

/// The outcome if the server says this.
Outcome outcome_of(Api api, StubReply reply) {
  StubChatServer server([reply](const StubCall&) { return reply; });
  Settings settings = quick_settings(server, api);
  settings.tries = 2;
  Client client(settings);
  return ask_once(client, request_of("?"));
}

}  // namespace

TEST_CASE("the OpenAI API gets messages, pictures as data URLs, and parameters") {
  const StubCall call = sent(Api::openai, full_request(), [](Settings& settings) {
    settings.max_tokens_name = "max_completion_tokens";
    settings.parameters = R"({"reasoning_effort": "high", "temperature": 1})";
  });
  CHECK(call.method == "POST");
  CHECK(call.path == "/v1/chat/completions");
  CHECK(call.has_header("Content-Type: application/json"));
  CHECK(!holds(call.headers, "Authorization"));
  const auto json = call.json();
  CHECK(json["model"] == "stub");
  CHECK(json["max_completion_tokens"] == 9);
  CHECK(json["top_p"] == 0.25);
  CHECK(json["temperature"] == 1);  // parameters of the study go over everything
  CHECK(json["reasoning_effort"] == "high");
  CHECK(json["messages"].size() == 4);
  CHECK(json["messages"][0] == nlohmann::json{{"role", "system"}, {"content", "be brief"}});
  CHECK(json["messages"][1]["content"][0] == nlohmann::json{{"type", "text"}, {"text", "what is it?"}});
  CHECK(json["messages"][1]["content"][1]["image_url"]["url"] == "data:image/png;base64,iVBORwB4");
  CHECK(json["messages"][2]["role"] == "assistant");
}

TEST_CASE("Google's API gets contents, a system instruction and a generation config") {
  const StubCall call = sent(Api::google, full_request(), [](Settings& settings) {
    settings.model = "models/stub-g";
    settings.parameters = R"({"generationConfig": {"topK": 5}})";
  });
  CHECK(call.path == "/v1/models/stub-g:generateContent");
  const auto json = call.json();
  CHECK(json["systemInstruction"]["parts"][0]["text"] == "be brief");
  CHECK(json["contents"].size() == 3);
  CHECK(json["contents"][0]["role"] == "user");
  CHECK(json["contents"][0]["parts"][0]["text"] == "what is it?");
  CHECK(json["contents"][0]["parts"][1]["inline_data"] ==
        nlohmann::json{{"mime_type", "image/png"}, {"data", "iVBORwB4"}});
  CHECK(json["contents"][1]["role"] == "model");
  CHECK(json["generationConfig"] ==
        nlohmann::json{{"maxOutputTokens", 9}, {"temperature", 0.5}, {"topP", 0.25}, {"topK", 5}});
}

TEST_CASE("pictures may go before the text") {
  Request request = full_request();
  request.messages[1].pictures_first = true;
  CHECK(sent(Api::openai, request).json()["messages"][1]["content"][1]["type"] == "text");
}

TEST_CASE("the key goes into a header, never into the address or the body") {
  ::setenv("MEDVLM_TEST_KEY", "sk-sentinel-0123456789", 1);
  const auto with_key = [](Settings& settings) { settings.key_variable = "MEDVLM_TEST_KEY"; };
  const StubCall openai = sent(Api::openai, request_of("?"), with_key);
  CHECK(openai.has_header("Authorization: Bearer sk-sentinel-0123456789"));
  CHECK(!holds(openai.path + openai.body, "sentinel"));
  const StubCall google = sent(Api::google, request_of("?"), with_key);
  CHECK(google.has_header("x-goog-api-key: sk-sentinel-0123456789"));
  CHECK(!holds(google.path + google.body, "sentinel"));
  ::unsetenv("MEDVLM_TEST_KEY");
}

TEST_CASE("hidden reasoning counts as tokens and is no part of the answer") {
  const std::string body =
      R"({"candidates": [{"content": {"parts": [{"text": "hm", "thought": true}, {"text": "yes"}]},
                          "finishReason": "STOP"}],
          "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 1, "thoughtsTokenCount": 40}})";
  const Outcome outcome = outcome_of(Api::google, {200, body});
  CHECK(outcome.reply.text == "yes");
  CHECK(outcome.reply.completion_tokens == 41);
}

TEST_CASE("a refusal by a filter fails the question at once") {
  const Outcome openai = outcome_of(
      Api::openai, {200, R"({"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]})"});
  REQUIRE(openai.error);
  CHECK(holds(openai.error->what(), "refused to answer"));
  const Outcome google = outcome_of(Api::google, {200, R"({"promptFeedback": {"blockReason": "SAFETY"}})"});
  REQUIRE(google.error);
  CHECK(holds(google.error->what(), "SAFETY"));
  const Outcome bad = outcome_of(Api::openai, error_with(400, "the image is too large"));
  REQUIRE(bad.error);
  CHECK(bad.error->code() == ErrorCode::network);
  CHECK(holds(bad.error->what(), "HTTP 400: the image is too large"));
}

TEST_CASE("an empty answer is asked for again and then failed") {
  const Outcome outcome =
      outcome_of(Api::openai, {200, R"({"choices": [{"message": {"content": "  "}, "finish_reason": "length"}]})"});
  REQUIRE(outcome.error);
  CHECK(holds(outcome.error->what(), "no answer after 2 tries"));
  CHECK(holds(outcome.error->what(), "the answer is empty (finish_reason 'length')"));
}

TEST_CASE("strange replies are no answers and break nothing") {
  for (const char* body :
       {"[]", "null", "3", "\"text\"", "{}", R"({"choices": {}})", R"({"choices": [3]})", R"({"choices": [{}]})",
        R"({"choices": [{"message": []}]})", R"({"choices": [{"message": {"content": 5}}]})", R"([{"error": "x"}])",
        R"({"error": []})", R"({"error": {"code": "x", "details": [1, {"retryDelay": 3}]}})", "\xff\xfe"}) {
    CAPTURE(body);
    for (const Api api : {Api::openai, Api::google}) CHECK(outcome_of(api, {200, body}).error);
  }
  CHECK(outcome_of(Api::openai, {200, std::string(200000, '[')}).error);
}

TEST_CASE("a redirection is not followed: the key would go with it") {
  StubChatServer other([](const StubCall& call) { return answer_with(call, "stolen"); });
  const Outcome outcome = outcome_of(Api::openai, {307, "", "Location: " + other.url() + "/chat/completions\r\n"});
  CHECK(outcome.error);
  CHECK(other.calls().empty());
}

TEST_CASE("a key that the server sends back, in whatever form, comes into no answer and no message") {
  const std::string key = "sk-sentinel/+\"\\0123456789";
  ::setenv("MEDVLM_TEST_KEY", key.c_str(), 1);
  for (const auto& [name, form] : key_forms(key)) {
    CAPTURE(name);
    for (const bool good : {true, false}) {
      StubChatServer server([&](const StubCall& call) {
        return good ? answer_with(call, "the key is " + form) : error_with(400, "wrong key " + form);
      });
      Settings settings = quick_settings(server);
      settings.key_variable = "MEDVLM_TEST_KEY";
      Client client(settings);
      const TemporaryFolder folder;
      ReplyStore store(folder.path() / "replies.jsonl");
      const Outcome outcome = ask_once(client, request_of("?"), {}, &store);
      const std::string all = outcome.reply.text + outcome.reply.raw + (outcome.error ? outcome.error->what() : "") +
                              content_of(folder.path() / "replies.jsonl");
      CHECK(holds(all, "[key]"));
      for (const auto& [other, each] : key_forms(key)) CHECK_MESSAGE(!holds(all, each), other);
    }
  }
  ::unsetenv("MEDVLM_TEST_KEY");
}
