// Answers that must have a form.
#include <doctest/doctest.h>

#include "chat_bench.hpp"

using namespace medvlm;
using namespace medvlm::sdk::chat;
using namespace medvlm::test;

namespace {

Form number_form(int reasks = 2) {
  return {[](const std::string& text) {
            return text.find_first_not_of("0123456789") == text.npos ? "" : "'" + text + "' is no number";
          },
          "only a number, please", reasks};
}

}  // namespace

TEST_CASE("a malformed answer is asked for again with the reminder, in the same conversation") {
  const TemporaryFolder folder;
  StubChatServer server([](const StubCall& call) {
    return answer_with(call, question_of(call) == "only a number, please" ? "42" : "forty-two");
  });
  Client client(quick_settings(server));
  ReplyStore store(folder.path() / "replies.jsonl");
  const Request request = request_of("how many?");
  const Answers answers = client.ask(std::span(&request, 1), number_form(), &store);
  CHECK(answers.outcomes[0].reply.text == "42");
  CHECK(answers.usage.calls == 2);
  CHECK(answers.usage.malformed == 1);
  CHECK(answers.usage.answered == 1);
  CHECK(answers.usage.prompt_tokens == 14);
  const auto messages = server.calls().at(1).json().at("messages");
  CHECK(messages.size() == 3);
  CHECK(messages[1] == nlohmann::json{{"role", "assistant"}, {"content", "forty-two"}});
  // Both raw replies are kept; the good one answers the question from now on.
  CHECK(holds(content_of(folder.path() / "replies.jsonl"), "forty-two"));
  CHECK(ReplyStore(folder.path() / "replies.jsonl").find(client.key(request))->text == "42");
}

TEST_CASE("an answer that never gets its form is an error, not kept as an answer, and asked anew another time") {
  const TemporaryFolder folder;
  StubChatServer server([](const StubCall& call) { return answer_with(call, "well"); });
  Client client(quick_settings(server));
  ReplyStore store(folder.path() / "replies.jsonl");
  const Outcome outcome = ask_once(client, request_of("how many?"), number_form(1), &store);
  REQUIRE(outcome.error);
  CHECK(outcome.error->code() == ErrorCode::data);
  CHECK(holds(outcome.error->what(), "was asked 2 times"));
  CHECK(holds(outcome.error->what(), "'well' is no number"));
  CHECK(server.calls().size() == 2);
  CHECK(store.size() == 0);
  CHECK(ask_once(client, request_of("how many?"), number_form(1), &store).error);
  CHECK(server.calls().size() == 4);
}

TEST_CASE("an answer that was kept for another form is not taken") {
  const TemporaryFolder folder;
  StubChatServer server([](const StubCall& call) { return answer_with(call, "7 or so"); });
  Client client(quick_settings(server));
  ReplyStore store(folder.path() / "replies.jsonl");
  CHECK(!ask_once(client, request_of("how many?"), {}, &store).error);
  CHECK(ask_once(client, request_of("how many?"), number_form(0), &store).error);
}
