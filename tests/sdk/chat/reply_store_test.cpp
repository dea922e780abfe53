#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "chat_bench.hpp"
#include "medvlm/base/error.hpp"

using namespace medvlm;
using namespace medvlm::sdk::chat;
using namespace medvlm::test;

namespace {

Reply reply_with(const std::string& text) { return {text, 3, 4, 0.25, "stub", "{\"raw\": \"" + text + " \xc3\xa9\"}"}; }

}  // namespace

TEST_CASE("a reply is found again by a later store, whole") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "deep" / "replies.jsonl";
  ReplyStore(file).add("k1", reply_with("one"));
  const ReplyStore later(file);
  CHECK(later.size() == 1);
  const auto found = later.find("k1");
  REQUIRE(found);
  CHECK(found->text == "one");
  CHECK(found->prompt_tokens == 3);
  CHECK(found->completion_tokens == 4);
  CHECK(found->seconds == 0.25);
  CHECK(found->served_model == "stub");
  CHECK(found->raw == reply_with("one").raw);
  CHECK(!later.find("k2"));
}

TEST_CASE("the first reply to a question stays, and a malformed one is kept but not given out") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "replies.jsonl";
  ReplyStore store(file);
  store.add("k", reply_with("bad"), false);
  CHECK(!store.find("k"));
  store.add("k", reply_with("first"));
  const std::string before = content_of(file);
  CHECK(holds(before, "bad"));
  store.add("k", reply_with("second"));
  CHECK(content_of(file) == before);
  CHECK(ReplyStore(file).find("k")->text == "first");
}

TEST_CASE("a record cut anywhere is not used, and what is written after it is") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "replies.jsonl";
  {
    ReplyStore store(file);
    store.add("k1", reply_with("one"));
    store.add("k2", reply_with("two"));
  }
  const std::string whole = content_of(file);
  const std::size_t first = whole.find('\n') + 1;
  for (std::size_t length = first; length < whole.size(); length += 7) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.substr(0, length);
    ReplyStore store(file);
    CHECK(store.find("k1"));
    CHECK(!store.find("k2"));
    store.add("k3", reply_with("three"));
    CHECK(content_of(file).starts_with(whole.substr(0, length)));
    CHECK(ReplyStore(file).find("k3"));
  }
}

TEST_CASE("any changed byte makes a record unused, and harms no other") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "replies.jsonl";
  {
    ReplyStore store(file);
    store.add("k1", reply_with("one"));
    store.add("k2", reply_with("two"));
  }
  const std::string whole = content_of(file);
  const std::size_t first = whole.find('\n');
  for (std::size_t at = 0; at < first; at += 3) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << damaged;
    const ReplyStore store(file);
    CHECK(!store.find("k1"));
    CHECK(store.find("k2"));
  }
}

TEST_CASE("users of one file share one store, and may add at once") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "replies.jsonl";
  const auto store = ReplyStore::open(file);
  CHECK(ReplyStore::open(folder.path() / "x" / ".." / "replies.jsonl") == store);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&store, t] {
      for (int i = 0; i < 25; ++i) store->add("k" + std::to_string(t * 25 + i), reply_with("text"));
    });
  }
  threads.clear();
  CHECK(store->size() == 100);
  CHECK(ReplyStore(file).size() == 100);
}

TEST_CASE("a folder that cannot be made is told") {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "x";
  CHECK_THROWS_AS(ReplyStore(folder.path() / "file" / "replies.jsonl"), Error);
}
