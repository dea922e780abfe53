#include "medvlm/core/embedding_cache.hpp"

#include <ATen/ATen.h>

#include "checks.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/hash.hpp"
#include "medvlm/core/identity.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;

namespace {

std::string key(int i) { return sha256_hex(std::to_string(i)); }

std::filesystem::path only_segment(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".bin") return entry.path();
  }
  return {};
}

}  // namespace

TEST_CASE("the cache gives back the bits that were put, in this process and the next") {
  const test::TemporaryFolder folder;
  const ImageEmbeddings batch{at::randn({3, 5}), at::randn({3, 7})};
  {
    EmbeddingCache cache(folder.path(), "k");
    for (int i = 0; i < 3; ++i) cache.put(key(i), batch, i);
    CHECK(at::equal(cache.find(key(1)).joint, batch.joint.narrow(0, 1, 1)));
  }
  const EmbeddingCache cache(folder.path(), "k");
  CHECK(cache.size() == 3);
  for (int i = 0; i < 3; ++i) {
    CHECK(at::equal(cache.find(key(i)).joint, batch.joint.narrow(0, i, 1)));
    CHECK(at::equal(cache.find(key(i)).features, batch.features.narrow(0, i, 1)));
  }
  CHECK_FALSE(cache.contains(key(3)));
  CHECK_FALSE(cache.find(key(3)).joint.defined());
}

TEST_CASE("embeddings of several queries and without features are kept as they are") {
  const test::TemporaryFolder folder;
  const ImageEmbeddings batch{at::randn({2, 4, 3}), {}};
  EmbeddingCache(folder.path(), "k").put(key(0), batch, 1);
  const ImageEmbeddings found = EmbeddingCache(folder.path(), "k").find(key(0));
  CHECK(at::equal(found.joint, batch.joint.narrow(0, 1, 1)));
  CHECK_FALSE(found.features.defined());
}

TEST_CASE("encoders do not see each other's embeddings") {
  const test::TemporaryFolder folder;
  EmbeddingCache(folder.path(), "a").put(key(0), {at::ones({1, 2}), {}}, 0);
  CHECK_FALSE(EmbeddingCache(folder.path(), "b").contains(key(0)));
}

TEST_CASE("a cut or damaged segment loses only what is damaged or behind it") {
  const test::TemporaryFolder folder;
  {
    EmbeddingCache cache(folder.path(), "k");
    for (int i = 0; i < 3; ++i) cache.put(key(i), {at::full({1, 4}, i), {}}, 0);
  }
  const auto file = only_segment(folder.path());
  const std::string whole = read_file(file);
  for (std::size_t length = 0; length < whole.size(); length += 3) {
    write_file_atomically(file, whole.substr(0, length));
    const EmbeddingCache cache(folder.path(), "k");
    CHECK(cache.size() == length / (whole.size() / 3));
  }
  std::string damaged = whole;
  damaged[whole.size() / 2] = static_cast<char>(damaged[whole.size() / 2] ^ 0x10);
  write_file_atomically(file, damaged);
  const EmbeddingCache cache(folder.path(), "k");
  CHECK(cache.contains(key(0)));
  CHECK_FALSE(cache.contains(key(1)));
  CHECK(cache.contains(key(2)));
}

TEST_CASE("an image's identity is its decoder and its bytes") {
  CHECK(image_hash({"file", "abc", "x.png"}) == image_hash({"file", "abc", "elsewhere/y.png"}));
  CHECK(image_hash({"file", "abc", ""}) != image_hash({"file", "abd", ""}));
  CHECK(image_hash({"file", "abc", ""}) != image_hash({"fil", "eabc", ""}));
}

TEST_CASE("a checkpoint's hash follows its contents, remembered or not") {
  const test::TemporaryFolder folder;
  const auto memo = folder.path() / "memo.json";
  const std::vector<std::filesystem::path> files{folder.path() / "a", folder.path() / "b"};
  write_file_atomically(files[0], "1");
  write_file_atomically(files[1], "2");
  const std::string before = hash_files(files, memo);
  CHECK(hash_files(files, memo) == before);
  CHECK(hash_files(files, {}) == before);
  write_file_atomically(files[1], "3");
  CHECK(hash_files(files, memo) != before);
}

TEST_CASE("a sample list's hash notices every field") {
  Sample sample{"1", "a.png", 0, 1, {1, 0}, "q", "a", true, {{"patient", "7"}}};
  const std::string before = hash_samples(std::span(&sample, 1));
  auto changed = [&](auto change) {
    Sample other = sample;
    change(other);
    return hash_samples(std::span(&other, 1)) != before;
  };
  CHECK(changed([](Sample& s) { s.id = "2"; }));
  CHECK(changed([](Sample& s) { s.image = "b.png"; }));
  CHECK(changed([](Sample& s) { s.label = 0; }));
  CHECK(changed([](Sample& s) { s.labels[1] = -1; }));
  CHECK(changed([](Sample& s) { s.question = "w"; }));
  CHECK(changed([](Sample& s) { s.answer = ""; }));
  CHECK(changed([](Sample& s) { s.open = false; }));
  CHECK(changed([](Sample& s) { s.groups[0].second = "8"; }));
}
