// An endpoint is tried before the work begins.
#include <cstdlib>

#include <doctest/doctest.h>

#include "chat_bench.hpp"

using namespace medvlm;
using namespace medvlm::sdk::chat;
using namespace medvlm::test;

namespace {

/// What check() says; "" if it is content.
std::string complaint(const StubChatServer::Handler& handler, const std::function<void(Settings&)>& change = {}) {
  StubChatServer server(handler);
  Settings settings = quick_settings(server);
  if (change) change(settings);
  Client client(settings);
  try {
    client.check();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::network);
    return error.what();
  }
  return "";
}

StubReply serves_others(const StubCall& call) {
  if (call.method == "GET") return {200, R"({"data": [{"id": "stubb"}, {"id": "gpt"}]})"};
  return error_with(404, "no such model");
}

}  // namespace

TEST_CASE("a good endpoint costs one small call") {
  StubChatServer server([](const StubCall& call) { return answer_with(call, "yes"); });
  Client client(quick_settings(server));
  client.check();
  CHECK(server.calls().size() == 1);
  CHECK(server.calls()[0].json()["max_tokens"] == 16);
  CHECK(client.usage().calls == 1);
  // It is not counted among the questions of a batch.
  const Request request = request_of("a");
  CHECK(client.ask(std::span(&request, 1)).usage.calls == 1);
  CHECK(client.usage().calls == 2);
}

TEST_CASE("a reasoning model that used the small budget up is good") {
  CHECK(complaint([](const StubCall& call) { return answer_with(call, ""); }) == "");
}

TEST_CASE("a fault that passes is passed over") {
  std::atomic<int> calls{0};
  CHECK(complaint(
            [&](const StubCall& call) { return calls++ < 2 ? error_with(500, "x") : answer_with(call, "yes"); }) == "");
}

TEST_CASE("nobody listening") {
  std::string url;
  const auto leave = [&](Settings& settings) {
    const StubChatServer gone([](const StubCall& call) { return answer_with(call, "yes"); });
    settings.base_url = url = gone.url();
  };
  const std::string told = complaint([](const StubCall& call) { return answer_with(call, ""); }, leave);
  CHECK(holds(told, url));
  CHECK(holds(told, "check base_url"));
}

TEST_CASE("a wrong key") {
  ::setenv("MEDVLM_TEST_KEY", "sk-sentinel-0123456789", 1);
  const auto refuse = [](const StubCall& call) {
    return error_with(
        401, "Incorrect API key provided: " + call.headers.substr(call.headers.find("Bearer ") + 7, 15) + "***");
  };
  const std::string told = complaint(refuse, [](Settings& s) { s.key_variable = "MEDVLM_TEST_KEY"; });
  CHECK(holds(told, "check the key in the environment variable MEDVLM_TEST_KEY"));
  CHECK(holds(told, "Incorrect API key provided: [key]"));
  CHECK(!holds(told, "sentinel"));
  ::unsetenv("MEDVLM_TEST_KEY");
  CHECK(holds(complaint(refuse), "name the environment variable that holds it in api_key_env"));
  const auto google = [](const StubCall&) {
    return StubReply{
        400, R"({"error": {"code": 400, "message": "API key not valid", "details": [{"reason": "API_KEY_INVALID"}]}})"};
  };
  CHECK(holds(complaint(google, [](Settings& s) { s.api = Api::google; }), "api_key_env"));
}

TEST_CASE("a wrong model is told with the nearest that is served") {
  const std::string told = complaint(serves_others);
  CHECK(holds(told, "no such model"));
  CHECK(holds(told, "did you mean 'stubb'?"));
  CHECK(holds(complaint(serves_others, [](Settings& s) { s.model = "something else"; }), "it serves: stubb, gpt"));
}

TEST_CASE("a wrong address") {
  CHECK(
      holds(complaint([](const StubCall&) { return StubReply{404, "<html>nothing here</html>"}; }), "most end in /v1"));
  CHECK(holds(complaint([](const StubCall&) { return StubReply{200, "<html>a page</html>"}; }),
              "check what answers at base_url"));
}

TEST_CASE("no credit") {
  const StubReply reply{429,
                        R"({"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}})"};
  CHECK(holds(complaint([reply](const StubCall&) { return reply; }), "quota is used up"));
}

TEST_CASE("a served model that does not like the test question, and a busy server, are let through") {
  CHECK(complaint([](const StubCall& call) {
          return call.method == "GET" ? StubReply{200, R"({"data": [{"id": "stub"}]})"}
                                      : error_with(400, "max_tokens is too small");
        }) == "");
  CHECK(complaint([](const StubCall&) { return error_with(429, "busy"); }) == "");
}
