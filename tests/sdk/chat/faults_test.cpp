// A thousand questions to a server that fails in thirteen ways at thirty per cent.
#include <set>

#include <doctest/doctest.h>

#include "chat_bench.hpp"

using namespace medvlm;
using namespace medvlm::sdk::chat;
using namespace medvlm::test;

namespace {

constexpr int kQuestions = 1000;
constexpr std::int64_t kCap = 400;
constexpr double kWindow = 1;

std::vector<Request> thousand() {
  std::vector<Request> requests;
  for (int i = 0; i < kQuestions; ++i) requests.push_back(request_of("question " + std::to_string(i)));
  return requests;
}

void check_thousand(Api api) {
  const TemporaryFolder folder;
  Faulty faulty([](const StubCall& call) { return answer_with(call, "echo " + question_of(call)); }, 30);
  StubChatServer server(faulty);
  Settings settings = quick_settings(server, api);
  settings.timeout = 1.5;
  settings.tries = 10;
  settings.concurrency = 32;
  settings.requests_per_minute = kCap;
  settings.window_seconds = kWindow;
  settings.input_price = settings.output_price = 1;
  Client client(settings);
  ReplyStore store(folder.path() / "replies.jsonl");
  const auto requests = thousand();
  const Answers answers = client.ask(requests, {}, &store);

  for (int i = 0; i < kQuestions; ++i) {
    const Outcome& outcome = answers.outcomes[static_cast<std::size_t>(i)];
    CHECK_MESSAGE(!outcome.error, outcome.error->what());
    CHECK(outcome.reply.text == "echo question " + std::to_string(i));
  }
  CHECK(answers.usage.answered == kQuestions);
  CHECK(answers.usage.failed == 0);
  CHECK(answers.usage.prompt_tokens == 7 * kQuestions);
  CHECK(answers.usage.completion_tokens == 3 * kQuestions);
  CHECK(answers.usage.cost == doctest::Approx(10.0 * kQuestions / 1e6));
  CHECK(store.size() == kQuestions);
  CHECK(ReplyStore(folder.path() / "replies.jsonl").size() == kQuestions);
  int faults = 0;
  for (const auto& [kind, count] : faulty.seen()) faults += count;
  CHECK(faulty.seen().size() == kStubFaults);
  CHECK(faults > kQuestions / 5);
  CHECK(server.most_in_window(kWindow) <= static_cast<std::size_t>(kCap));
  // A second time nothing is sent.
  const std::size_t before = server.calls().size();
  CHECK(client.ask(requests, {}, &store).usage.cached == kQuestions);
  CHECK(server.calls().size() == before);
}

}  // namespace

TEST_CASE("none of 1,000 questions is lost or counted twice, and the cap holds: OpenAI's API") {
  check_thousand(Api::openai);
}

TEST_CASE("none of 1,000 questions is lost or counted twice, and the cap holds: Google's API") {
  check_thousand(Api::google);
}

TEST_CASE("a small cap holds, too") {
  StubChatServer server([](const StubCall& call) { return answer_with(call, "yes"); });
  Settings settings = quick_settings(server);
  settings.requests_per_minute = 5;
  settings.window_seconds = 0.2;
  Client client(settings);
  std::vector<Request> requests;
  for (int i = 0; i < 23; ++i) requests.push_back(request_of(std::to_string(i)));
  CHECK(client.ask(requests).usage.answered == 23);
  CHECK(server.most_in_window(0.2) <= 5);
}
