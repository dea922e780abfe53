#include <set>

#include <doctest/doctest.h>

#include "chat_bench.hpp"

using namespace medvlm;
using namespace medvlm::sdk::chat;
using namespace medvlm::test;

namespace {

StubReply echo(const StubCall& call) { return answer_with(call, "echo " + question_of(call)); }

}  // namespace

TEST_CASE("answers come in the order of the questions, and tokens and cost are counted") {
  StubChatServer server(echo);
  Settings settings = quick_settings(server);
  settings.input_price = 2;
  settings.output_price = 10;
  Client client(settings);
  std::vector<Request> requests;
  for (int i = 0; i < 40; ++i) requests.push_back(request_of(std::to_string(i)));
  const Answers answers = client.ask(requests);
  for (int i = 0; i < 40; ++i) {
    CHECK(answers.outcomes[static_cast<std::size_t>(i)].reply.text == "echo " + std::to_string(i));
  }
  CHECK(answers.usage.questions == 40);
  CHECK(answers.usage.answered == 40);
  CHECK(answers.usage.calls == 40);
  CHECK(answers.usage.prompt_tokens == 280);
  CHECK(answers.usage.completion_tokens == 120);
  CHECK(answers.usage.cost == doctest::Approx((280 * 2 + 120 * 10) / 1e6));
  CHECK(answers.usage.served_models == std::set<std::string>{"stub-1"});
  CHECK(nlohmann::json::parse(to_json(answers.usage))["calls"] == 40);
}

TEST_CASE("equal questions are asked once, in one batch and in later ones") {
  StubChatServer server(echo);
  Client client(quick_settings(server));
  const std::vector<Request> twins{request_of("a"), request_of("b"), request_of("a")};
  const Answers first = client.ask(twins);
  CHECK(server.calls().size() == 2);
  CHECK(first.outcomes[2].reply.text == "echo a");
  CHECK(first.outcomes[2].cached);
  CHECK(first.usage.answered == 2);
  CHECK(first.usage.cached == 1);
  const Answers second = client.ask(twins);
  CHECK(server.calls().size() == 2);
  CHECK(second.usage.cached == 3);
  CHECK(second.usage.calls == 0);
  CHECK(second.usage.prompt_tokens == 0);
}

TEST_CASE("whatever determines an answer is part of its key, and nothing else is") {
  StubChatServer server(echo);
  const Settings settings = quick_settings(server);
  const auto picture = [](const char* hash) { return std::make_shared<const Picture>(Picture{"png", hash}); };
  Request request{{{Role::system, "s"}, {Role::user, "u", {picture("1")}}}};
  std::set<std::string> keys;
  const auto add = [&](const Settings& each, const Request& asked) { keys.insert(Client(each).key(asked)); };
  add(settings, request);
  const auto with_settings = [&](auto change) {
    Settings changed = settings;
    change(changed);
    add(changed, request);
  };
  with_settings([](Settings& s) { s.timeout = 1; });
  with_settings([](Settings& s) { s.tries = 1; });
  with_settings([](Settings& s) { s.concurrency = 1; });
  with_settings([](Settings& s) { s.requests_per_minute = 1; });
  with_settings([](Settings& s) { s.input_price = 1; });
  CHECK(keys.size() == 1);
  with_settings([](Settings& s) { s.api = Api::google; });
  with_settings([](Settings& s) { s.base_url += "x"; });
  with_settings([](Settings& s) { s.model += "x"; });
  with_settings([](Settings& s) { s.parameters = R"({"a":1})"; });
  const auto with_request = [&](auto change) {
    Request changed = request;
    change(changed);
    add(settings, changed);
  };
  with_request([](Request& r) { r.messages[0].role = Role::user; });
  with_request([](Request& r) { r.messages[0].text = "t"; });
  with_request([](Request& r) { r.messages[1].text = "v"; });
  with_request([&](Request& r) { r.messages[1].pictures = {picture("2")}; });
  with_request([&](Request& r) { r.messages[1].pictures.push_back(picture("1")); });
  with_request([](Request& r) { r.messages[1].pictures_first = true; });
  with_request([](Request& r) { r.messages.pop_back(); });
  with_request([](Request& r) { r.max_tokens = 1; });
  with_request([](Request& r) { r.temperature = 1; });
  with_request([](Request& r) { r.top_p = 1; });
  with_request([](Request& r) { r.top_k = 1; });
  CHECK(keys.size() == 16);
}

TEST_CASE("what is in the store is not asked again, by another client either") {
  const TemporaryFolder folder;
  StubChatServer server(echo);
  const Settings settings = quick_settings(server);
  {
    ReplyStore store(folder.path() / "replies.jsonl");
    Client client(settings);
    CHECK(!ask_once(client, request_of("a"), {}, &store).cached);
  }
  ReplyStore store(folder.path() / "replies.jsonl");
  Client client(settings);
  const Outcome outcome = ask_once(client, request_of("a"), {}, &store);
  CHECK(outcome.cached);
  CHECK(outcome.reply.text == "echo a");
  CHECK(server.calls().size() == 1);
  // What this client knows goes into every store that it is used with.
  ReplyStore other(folder.path() / "other.jsonl");
  CHECK(ask_once(client, request_of("a"), {}, &other).cached);
  CHECK(other.size() == 1);
}

TEST_CASE("a key that is written in the settings as well makes no client") {
  StubChatServer server(echo);
  ::setenv("MEDVLM_TEST_KEY", "sk-sentinel-0123456789", 1);
  Settings settings = quick_settings(server);
  settings.key_variable = "MEDVLM_TEST_KEY";
  settings.parameters = R"({"user": "sk-sentinel-0123456789"})";
  CHECK_THROWS_AS(Client{settings}, Error);
  ::unsetenv("MEDVLM_TEST_KEY");
}

TEST_CASE("a question that fails, fails alone") {
  StubChatServer server([](const StubCall& call) {
    return question_of(call) == "bad" ? error_with(400, "no") : echo(call);
  });
  Client client(quick_settings(server));
  const std::vector<Request> requests{request_of("a"), request_of("bad"), request_of("b")};
  const Answers answers = client.ask(requests);
  CHECK(answers.outcomes[0].reply.text == "echo a");
  CHECK(answers.outcomes[2].reply.text == "echo b");
  REQUIRE(answers.outcomes[1].error);
  CHECK(answers.usage.failed == 1);
  CHECK(server.calls().size() == 3);
}

TEST_CASE("the tries are bounded") {
  StubChatServer server([](const StubCall&) { return error_with(503, "overloaded"); });
  Client client(quick_settings(server));
  const Outcome outcome = ask_once(client, request_of("a"));
  REQUIRE(outcome.error);
  CHECK(holds(outcome.error->what(), "no answer after 4 tries: HTTP 503: overloaded"));
  CHECK(server.calls().size() == 4);
}

TEST_CASE("after a 429 nothing is sent before the time that the server names, in each of its ways") {
  const std::vector<StubReply> ways{
      error_with(429, "slow", "Retry-After: 0.3\r\n"),
      error_with(429, "slow", "retry-after-ms: 300\r\n"),
      {429, R"({"error": {"code": 429, "details": [{"@type": "x"}, {"retryDelay": "0.3s"}]}})"}};
  for (const StubReply& way : ways) {
    std::atomic<bool> first{true};
    StubChatServer server([&](const StubCall& call) { return first.exchange(false) ? way : echo(call); });
    Settings settings = quick_settings(server);
    settings.concurrency = 1;
    Client client(settings);
    const std::vector<Request> requests{request_of("a"), request_of("b")};
    const Answers answers = client.ask(requests);
    CHECK(answers.usage.answered == 2);
    CHECK(answers.usage.rate_limited == 1);
    const auto calls = server.calls();
    REQUIRE(calls.size() == 3);
    CHECK(calls[1].arrived - calls[0].arrived >= 0.3);
    CHECK(calls[2].arrived - calls[0].arrived >= 0.3);
  }
}

TEST_CASE("a server that wants to be left alone for too long is not waited for") {
  StubChatServer server([](const StubCall&) { return error_with(429, "tomorrow", "Retry-After: 86400\r\n"); });
  Client client(quick_settings(server));
  const Outcome outcome = ask_once(client, request_of("a"));
  REQUIRE(outcome.error);
  CHECK(holds(outcome.error->what(), "asks to wait 86400 s"));
  CHECK(server.calls().size() == 1);
}

TEST_CASE("a key that is refused closes the endpoint for all questions") {
  StubChatServer server([](const StubCall&) { return error_with(401, "bad key"); });
  Settings settings = quick_settings(server);
  settings.concurrency = 2;
  Client client(settings);
  std::vector<Request> requests;
  for (int i = 0; i < 50; ++i) requests.push_back(request_of(std::to_string(i)));
  try {
    client.ask(requests);
    FAIL("it went on");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::network);
    CHECK(holds(error.what(), "HTTP 401: bad key"));
  }
  CHECK(server.calls().size() <= 2);
  CHECK_THROWS_AS(client.ask(requests), Error);
  CHECK(server.calls().size() <= 2);
}

TEST_CASE("an endpoint that answers nothing any more is given up, and what it answered before is kept") {
  const TemporaryFolder folder;
  StubChatServer server([](const StubCall& call) {
    return question_of(call).size() == 1 ? echo(call) : StubReply{200, "", "", StubFault::hang_up};
  });
  Settings settings = quick_settings(server);
  settings.tries = 2;
  settings.concurrency = 1;
  Client client(settings);
  std::vector<Request> requests;
  for (int i = 0; i < 100; ++i) requests.push_back(request_of(std::to_string(i)));
  ReplyStore store(folder.path() / "replies.jsonl");
  CHECK_THROWS_AS(client.ask(requests, {}, &store), Error);
  CHECK(store.size() == 10);
  CHECK(server.calls().size() == 10 + 2 * 10);
}
