// `medvlm build-vqa` against the stub server.
#include <thread>

#include "chat_study.hpp"
#include "program.hpp"

namespace medvlm::e2e {
namespace {

using test::StubCall;
using test::StubChatServer;
using test::StubReply;

/// "note 7", the number of the note in a call; "" for the call that tries the endpoint.
std::string note_in(const StubCall& call) {
  const std::string body = call.body;
  const std::size_t at = body.find("NOTE-");
  return at == body.npos ? "" : body.substr(at + 5, body.find_first_not_of("0123456789", at + 5) - at - 5);
}

StubReply four_lines(const StubCall& call) {
  const std::string number = note_in(call);
  return test::answer_with(call, "[Open Question]: What is in " + number +
                                     ", if anything?\n[Open Answer]: A \"cup\" of " + number +
                                     "\n\n[Closed Question]: Is it " + number + "?\n[Closed Answer]: yes.");
}

fs::path write_notes(const TempFolder& folder, int count, const std::string& more = "") {
  std::string text = "image_path,gpt_summary,filename\n";
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    text += "./Training/data_" + number + ".npz,\"A note, NOTE-" + number + ", with {note}\",data_" + number + ".npz\n";
  }
  return write(folder / "notes.csv", text + more);
}

fs::path write_recipe(const TempFolder& folder, const StubChatServer& server, const std::string& endpoint_lines = "") {
  return write(folder / "recipe.toml",
               "[notes]\nfile = \"notes.csv\"\nnote = \"gpt_summary\"\nimage = \"image_path\"\nkeep = "
               "[\"gpt_summary\", \"filename\"]\n"
               "[output]\nfile = \"vqa_all.csv\"\n[endpoint]\nbase_url = \"" +
                   server.url() + "\"\nmodel = \"stub\"\n" + endpoint_lines +
                   "[[messages]]\nrole = \"system\"\ntext = \"Make questions.\"\n[[messages]]\nrole = \"system\"\ntext "
                   "= \"Notes:\\n{note}\"\n");
}

Outcome build(const fs::path& recipe, const Words& more = {}) {
  Words words{medvlm_program(), "build-vqa", recipe.string()};
  words.insert(words.end(), more.begin(), more.end());
  return start_and_wait(words);
}

std::size_t lines_of(const fs::path& file) {
  const std::string text = fs::exists(file) ? read(file) : "";
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("each note becomes an open and a closed question, in the layout of vqa_all.csv") {
  TempFolder folder;
  StubChatServer server(four_lines);
  write_notes(folder, 3);
  const Outcome outcome = build(write_recipe(folder, server));
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  CHECK(contains(outcome.out, "3 notes: 6 questions"));
  const std::string text = read(folder / "vqa_all.csv");
  CHECK(text.starts_with(
      "image_path,question,answer,question type,gpt_summary,filename\n"
      "./Training/data_0.npz,\"What is in 0, if anything?\",\"A \"\"cup\"\" of 0\",OPEN,\"A note, NOTE-0, with "
      "{note}\",data_0.npz\n./Training/data_0.npz,Is it 0?,Yes,CLOSED,"));
  CHECK(lines_of(folder / "vqa_all.csv") == 7);
  CHECK(!fs::exists(folder / "vqa_all.csv.failed.csv"));
  const auto messages = server.calls().back().json().at("messages");
  CHECK(messages.size() == 2);
  CHECK(contains(messages[1].at("content"), "Notes:\nA note, NOTE-"));
  CHECK(contains(messages[1].at("content"), ", with {note}"));
  // Nothing is asked a second time, not even whether the endpoint works.
  const std::size_t calls = server.calls().size();
  CHECK(build(folder / "recipe.toml").status == 0);
  CHECK(server.calls().size() == calls);
  CHECK(read(folder / "vqa_all.csv") == text);
}

TEST_CASE("a malformed reply is asked for again; what stays malformed is listed, and asked for anew by the next run") {
  TempFolder folder;
  std::atomic<bool> mended{false};
  StubChatServer server([&](const StubCall& call) {
    const bool reminded = contains(call.body, "did not follow the format");
    if (note_in(call) == "1" && !reminded) {
      return test::answer_with(call, "Sure!\n" + std::string("[Open Question]: x"));
    }
    if (note_in(call) == "2" && !mended)
      return test::answer_with(call,
                               "[Open Question]: a\n[Open Answer]: b\n[Closed Question]: c\n[Closed Answer]: maybe");
    return four_lines(call);
  });
  write_notes(folder, 4, "./x.npz,  ,x.npz\n");
  const Outcome outcome = build(write_recipe(folder, server));
  CHECK(outcome.status == 20);
  CHECK(contains(outcome.out, "5 notes: 6 questions"));
  CHECK(contains(outcome.err, "2 notes gave no questions"));
  CHECK(contains(outcome.err, "notes.csv:4: "));
  CHECK(contains(outcome.err, "'maybe', not Yes or No"));
  CHECK(contains(outcome.err, "notes.csv:6: the note is empty"));
  CHECK(lines_of(folder / "vqa_all.csv") == 7);
  CHECK(contains(read(folder / "vqa_all.csv.failed.csv"), "./Training/data_2.npz"));
  mended = true;
  const std::size_t calls = server.calls().size();
  CHECK(build(folder / "recipe.toml").status == 20);
  CHECK(server.calls().size() == calls + 2);  // the endpoint is tried, and the note that failed
  CHECK(lines_of(folder / "vqa_all.csv") == 9);
}

TEST_CASE("killed and run again: the same file, byte by byte, and no answered note is asked again") {
  constexpr int kNotes = 60;
  TempFolder whole, broken;
  StubChatServer server([](const StubCall& call) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return four_lines(call);
  });
  for (const TempFolder* folder : {&whole, &broken}) {
    write_notes(*folder, kNotes);
    write_recipe(*folder, server, "concurrency = 1\n");
  }
  REQUIRE(build(whole / "recipe.toml").status == 0);
  const fs::path replies = broken / "vqa_all.csv.replies.jsonl";
  {
    Process process({medvlm_program(), "build-vqa", (broken / "recipe.toml").string()});
    CHECK(process.wait_until([&] { return lines_of(replies) >= 5; }));
    process.send(SIGKILL);
    CHECK(process.wait().signal == SIGKILL);
  }
  CHECK(!fs::exists(broken / "vqa_all.csv"));
  const std::size_t kept = lines_of(replies), calls = server.calls().size();
  CHECK(kept < kNotes);
  REQUIRE(build(broken / "recipe.toml").status == 0);
  CHECK(server.calls().size() - calls == 1 + kNotes - kept);
  CHECK(read(broken / "vqa_all.csv") == read(whole / "vqa_all.csv"));
}

TEST_CASE("with faults of every kind no note is lost, and the key is nowhere") {
  constexpr int kNotes = 40;
  TempFolder folder;
  const std::string key = sentinel_key();
  test::Faulty faulty([&](const StubCall& call) {
    // A server that says the key back, in every form, in good and bad replies.
    StubReply reply = four_lines(call);
    if (note_in(call) == "3") return test::error_with(400, leaks(key));
    if (note_in(call) == "4") {
      auto json = nlohmann::json::parse(reply.body);
      json["model"] = leaks(key);
      json["debug"] = call.headers;
      reply.body = json.dump();
    }
    return reply;
  }, 30);
  StubChatServer server(faulty);
  write_notes(folder, kNotes);
  write_recipe(folder, server, "api_key_env = \"MEDVLM_E2E_KEY\"\ntimeout = 2\ntries = 10\nconcurrency = 16\n");
  const Outcome outcome =
      Process({medvlm_program(), "build-vqa", (folder / "recipe.toml").string()}, {{"MEDVLM_E2E_KEY", key}}).wait();
  CHECK_MESSAGE(outcome.status == 20, outcome.err);
  CHECK(contains(outcome.out, "40 notes: 78 questions"));
  CHECK(contains(outcome.err, "[key]"));
  CHECK(lines_of(folder / "vqa_all.csv") == 2 * (kNotes - 1) + 1);
  CHECK(server.calls().back().has_header("Authorization: Bearer " + key));
  check_no_key(key, folder.path(), outcome.out + outcome.err);
}

TEST_CASE("bad recipes and endpoints are told before any note is sent") {
  TempFolder folder;
  StubChatServer server([](const StubCall&) { return test::error_with(401, "wrong key"); });
  write_notes(folder, 2);
  const fs::path recipe = write_recipe(folder, server);
  const Outcome refused = build(recipe);
  CHECK(refused.status == 12);
  CHECK(contains(refused.err, "wrong key"));
  CHECK(server.calls().size() == 1);
  CHECK(!contains(server.calls()[0].body, "NOTE-"));
  const Outcome column = build(recipe, {"--set", "notes.note=gpt_sumary"});
  CHECK(column.status == 5);
  CHECK(contains(column.err, "gpt_summary"));
  const Outcome section = build(write(folder / "bad.toml", read(recipe) + "[endpiont]\nx = 1\n"));
  CHECK(section.status == 3);
  CHECK(contains(section.err, "did you mean 'endpoint'?"));
  const Outcome place = build(recipe, {"--set", "messages[1].text=nothing"});
  CHECK(place.status == 3);
  CHECK(contains(place.err, "{note}"));
  CHECK(build(folder / "absent.toml").status == 7);
  CHECK(start_and_wait({medvlm_program(), "build-vqa"}).status == 2);
  CHECK(server.calls().size() == 1);
}

TEST_CASE("FairVLMed's recipe is complete, and sends the original's three messages") {
  TempFolder folder;
  StubChatServer server(four_lines);
  write_notes(folder, 1);
  const fs::path recipe = fs::path(MEDVLM_BUILD_DIR) / "share/medvlm/configs/fairvlmed-vqa.toml";
  const Outcome outcome =
      Process(
          {medvlm_program(), "build-vqa", recipe.string(), "--set", "notes.file=" + (folder / "notes.csv").string(),
           "--set", "output.file=" + (folder / "vqa_all.csv").string(), "--set", "endpoint.base_url=" + server.url()},
          {{"OPENROUTER_API_KEY", sentinel_key()}})
          .wait();
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  const auto messages = server.calls().back().json().at("messages");
  REQUIRE(messages.size() == 3);
  for (const auto& message : messages) CHECK(message.at("role") == "system");
  CHECK(
      messages[1].at("content").get<std::string>().starts_with("You are tasked with generating questions and answers"));
  CHECK(messages[1].at("content").get<std::string>().ends_with("[Closed Answer]: <Yes or No>"));
  CHECK(messages[2].at("content") ==
        "Now, use the following medical notes to generate questions and answers:\n\nMedical Notes:\n"
        "A note, NOTE-0, with {note}");
  CHECK(lines_of(folder / "vqa_all.csv") == 3);
}

}  // namespace medvlm::e2e
