// The quick looks that overviews are made of say what the thorough ones say.
#include <ATen/ATen.h>

#include "checks.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/hash.hpp"
#include "medvlm/core/embedding_cache.hpp"
#include "medvlm/core/journal.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;

namespace {

const std::string kIdentity = R"({"model":{"id":"m"},"run":{"seed":1}})";

void append(Journal& journal, std::size_t index, const std::string& text, bool failed) {
  JournalRecord record{index, "id with \"index\":7 and \"error\": in it", {}};
  record.prediction.text = text;
  if (failed) record.prediction.error = SampleError{"read", ErrorCode::data, text};
  journal.append(std::span(&record, 1));
}

void check_same(const std::filesystem::path& folder, const std::string& identity) {
  const JournalState whole = inspect_journal(folder, identity), glance = glance_at_journal(folder, identity);
  CHECK(glance.exists == whole.exists);
  CHECK(glance.records == whole.records);
  CHECK(glance.errored == whole.errored);
  CHECK(glance.differences == whole.differences);
}

}  // namespace

TEST_CASE("a glance at a journal counts what reading it counts") {
  const test::TemporaryFolder folder;
  check_same(folder.path(), kIdentity);
  {
    Journal journal(folder.path(), kIdentity, JournalMode::resume);
    check_same(folder.path(), kIdentity);
    append(journal, 0, "plain", false);
    append(journal, 4, "a text that says \"error\":1 and \"index\":99,\n{\"error\":{}}", false);
    append(journal, 2, "gone: \"index\":3", true);
    append(journal, 1, "failed at first", true);
    append(journal, 1, "then done", false);
  }
  check_same(folder.path(), kIdentity);
  CHECK(glance_at_journal(folder.path(), kIdentity).records == 4);
  CHECK(glance_at_journal(folder.path(), kIdentity).errored == 1);
  const std::string other = R"({"model":{"id":"n"},"run":{"seed":2}})";
  check_same(folder.path(), other);
  CHECK(glance_at_journal(folder.path(), other).differences.size() == 2);
}

TEST_CASE("a torn last record is not counted, and half a header is no journal") {
  const test::TemporaryFolder folder;
  {
    Journal journal(folder.path(), kIdentity, JournalMode::resume);
    for (std::size_t i = 0; i < 3; ++i) append(journal, i, "text", false);
  }
  const auto file = folder.path() / "journal.jsonl";
  const std::string bytes = read_file(file);
  write_file_atomically(file, bytes.substr(0, bytes.size() - 5));
  check_same(folder.path(), kIdentity);
  CHECK(glance_at_journal(folder.path(), kIdentity).records == 2);
  write_file_atomically(file, bytes.substr(0, 20));
  check_same(folder.path(), kIdentity);
  CHECK_FALSE(glance_at_journal(folder.path(), kIdentity).exists);
  write_file_atomically(file, "");
  CHECK_FALSE(glance_at_journal(folder.path(), kIdentity).exists);
}

TEST_CASE("embeddings in the cache are counted over all segments of one encoder") {
  const test::TemporaryFolder folder;
  CHECK(cached_embeddings(folder.path(), "k").count == 0);
  const ImageEmbeddings batch{at::randn({3, 5}), at::randn({3, 7})};
  for (int segment = 0; segment < 2; ++segment) {
    EmbeddingCache cache(folder.path(), "k");
    for (int row = 0; row < 2 + segment; ++row) cache.put(sha256_hex(std::to_string(10 * segment + row)), batch, row);
  }
  EmbeddingCache(folder.path(), "another").put(sha256_hex("x"), batch, 0);
  CHECK(cached_embeddings(folder.path(), "k").count == 5);
  CHECK(EmbeddingCache(folder.path(), "k").size() == 5);
  CHECK(cached_embeddings(folder.path(), "k").bytes_each >= 12 * sizeof(float) + 64);
}
