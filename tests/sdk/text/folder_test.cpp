// Folders of tokenizer files: what the small files beside a vocabulary add, and what is refused.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"
#include "temporary_folder.hpp"

using namespace medvlm::sdk;

namespace {

using FolderIds = std::vector<std::int64_t>;

/// A pair of files that any of the classes could have: letters, one merge and the letter of a space.
constexpr const char* kVocabulary = R"({"a":0,"b":1,"c":2,"ab":3,"\u0120":4})";
constexpr const char* kMerges = "#version: 0.2\na b\n";
constexpr const char* kFile = R"({"version":"1.0","added_tokens":[{"id":5,"content":"<s>","special":true}],
  "normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},"decoder":{"type":"ByteLevel"},
  "model":{"type":"BPE","vocab":{"a":0,"b":1,"c":2,"ab":3,"\u0120":4,".":6},"merges":[["a","b"]]}})";

class TokenizerFolder {
 public:
  TokenizerFolder& write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name) << text;
    return *this;
  }
  TokenizerFolder& remove(const std::string& name) {
    std::filesystem::remove(folder_.path() / name);
    return *this;
  }
  /// One of the golden SentencePiece models, as tokenizer.model.
  TokenizerFolder& copy_model(const std::string& name) {
    std::filesystem::copy_file(std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "tokenizers" / "sentencepiece" / name,
                               folder_.path() / "tokenizer.model");
    return *this;
  }
  Tokenizer load() const { return Tokenizer::from_folder(folder_.path()); }
  std::string error() const {
    try {
      load();
    } catch (const medvlm::Error& error) {
      CHECK(error.code() == medvlm::ErrorCode::checkpoint);
      return error.message();
    }
    return "(no error)";
  }

 private:
  medvlm::test::TemporaryFolder folder_;
};

void check_refused(const TokenizerFolder& folder, const char* reason) {
  const std::string message = folder.error();
  CAPTURE(message);
  CHECK(message.find(reason) != std::string::npos);
}

std::string listed(const char* id, const char* content, const char* more = "") {
  return std::string(R"({"added_tokens_decoder":{")") + id + R"(":{"content":")" + content + R"(")" + more + "}}}";
}

}  // namespace

TEST_CASE("added tokens are listed with their flags, and special ones are known by id") {
  TokenizerFolder folder;
  folder.write("tokenizer.json", kFile);
  folder.write("tokenizer_config.json", listed("7", "<x>", R"(,"special":false,"lstrip":true)"));
  const Tokenizer tokenizer = folder.load();
  REQUIRE(tokenizer.added_tokens().size() == 2);
  const AddedToken& start = tokenizer.added_tokens()[0];
  CHECK(start.content == "<s>");
  CHECK(start.id == 5);
  CHECK(start.special);
  CHECK_FALSE(start.normalized);
  const AddedToken& plain = tokenizer.added_tokens()[1];
  CHECK(plain.content == "<x>");
  CHECK(plain.id == 7);
  CHECK(plain.strip_left);
  CHECK_FALSE(plain.special);
  CHECK(tokenizer.is_special(5));
  CHECK_FALSE(tokenizer.is_special(7));
  CHECK_FALSE(tokenizer.is_special(0));
  CHECK_FALSE(tokenizer.is_special(-1));
  CHECK(tokenizer.encode("a <x>b") == FolderIds{0, 7, 1});
  CHECK(tokenizer.decode(FolderIds{5, 0, 7}, true) == "a<x>");
}

TEST_CASE("a token that only has a role gets the next free id; a file alone has none of the neighbours' tokens") {
  TokenizerFolder folder;
  folder.write("tokenizer.json", kFile).write("tokenizer_config.json", R"({"pad_token":"[PAD]","eos_token":"c"})");
  const Tokenizer tokenizer = folder.load();
  CHECK(tokenizer.id("[PAD]") == 7);
  CHECK(tokenizer.is_special(7));
  CHECK(tokenizer.is_special(2));
  CHECK(tokenizer.encode("a[PAD]b") == FolderIds{0, 7, 1});
  CHECK_FALSE(Tokenizer::from_file(tokenizer.path()).find_id("[PAD]"));
}

TEST_CASE("the older files count where tokenizer_config.json does not list its tokens, and only there") {
  TokenizerFolder folder;
  folder.write("tokenizer.json", kFile);
  folder.write("added_tokens.json", R"({"<x>":7,"<y>":8})");
  folder.write("special_tokens_map.json", R"({"additional_special_tokens":["<y>"]})");
  CHECK(folder.load().encode("<x><y>") == FolderIds{7, 8});
  CHECK_FALSE(folder.load().is_special(7));
  CHECK(folder.load().is_special(8));
  folder.write("tokenizer_config.json", listed("9", "<z>"));
  CHECK_FALSE(folder.load().find_id("<x>"));
  CHECK(folder.load().id("<z>") == 9);
}

TEST_CASE("decoded text is cleaned up if tokenizer_config.json says so") {
  TokenizerFolder folder;
  folder.write("tokenizer.json", kFile);
  const FolderIds ids{0, 4, 6, 4, 1};
  CHECK(folder.load().decode(ids) == "a . b");
  folder.write("tokenizer_config.json", R"({"clean_up_tokenization_spaces":true})");
  CHECK(folder.load().decode(ids) == "a. b");
  CHECK(folder.load().decode(ids, true) == "a. b");
}

TEST_CASE("vocab.json and merges.txt are read as Qwen2's where its class is named") {
  TokenizerFolder folder;
  folder.write("vocab.json", kVocabulary).write("merges.txt", kMerges);
  check_refused(folder, "without tokenizer_class");
  folder.write("tokenizer_config.json", R"({"tokenizer_class":"Qwen2Tokenizer"})");
  folder.write("added_tokens.json", R"({"<|endoftext|>":5,"<img>":6})");
  const Tokenizer tokenizer = folder.load();
  CHECK(tokenizer.encode("ab<img> c<|endoftext|>") == FolderIds{3, 6, 4, 2, 5});
  CHECK(tokenizer.decode(FolderIds{3, 6, 4, 2, 5}, true) == "ab<img> c");
  CHECK(tokenizer.path().filename() == "vocab.json");
  folder.write("tokenizer_config.json", R"({"tokenizer_class":"Qwen2TokenizerFast"})");
  CHECK(folder.load().encode("ab") == FolderIds{3});
  folder.write("tokenizer_config.json", R"({"tokenizer_class":"RobertaTokenizer"})");
  check_refused(folder, "of the class 'RobertaTokenizer'");
}

TEST_CASE("tokenizer.model is LLaMA's where a file of a checkpoint lies beside it") {
  TokenizerFolder folder;
  folder.copy_model("bpe_squeeze.model");
  const FolderIds bare = folder.load().encode("the lung");
  CHECK(folder.load().added_tokens().empty());
  folder.write("config.json", "{}");
  const Tokenizer tokenizer = folder.load();
  FolderIds with_start = bare;
  with_start.insert(with_start.begin(), tokenizer.id("<s>"));
  CHECK(tokenizer.encode("the lung") == with_start);
  CHECK(tokenizer.encode("the lung", false) == bare);
  CHECK(tokenizer.encode("</s>", false) == FolderIds{tokenizer.id("</s>")});
  CHECK(tokenizer.decode(with_start, true) == "the lung");
  folder.write("tokenizer_config.json",
               R"({"tokenizer_class":"LlamaTokenizer","add_bos_token":false,"add_eos_token":true})");
  FolderIds with_end = bare;
  with_end.push_back(tokenizer.id("</s>"));
  CHECK(folder.load().encode("the lung") == with_end);
  folder.write("tokenizer_config.json", R"({"tokenizer_class":"GemmaTokenizer"})");
  check_refused(folder, "tokenizer.model is read as LLaMA's, and this tokenizer is of the class 'GemmaTokenizer'");
  folder.write("tokenizer_config.json", R"({"bos_token":null})");
  check_refused(folder, "add_bos_token is set, but there is no bos_token");
}

TEST_CASE("the two behaviours of LLaMA's class differ behind an added token") {
  TokenizerFolder folder;
  folder.copy_model("bpe_bytes.model").write("tokenizer_config.json", R"({"legacy":true})");
  const Tokenizer older = folder.load();
  folder.write("tokenizer_config.json", R"({"legacy":false})");
  const Tokenizer newer = folder.load();
  // The model has no mark of its own in front; the newer behaviour puts one there, but not behind a token.
  CHECK(older.decode(older.encode("lung", false)) == "lung");
  CHECK(older.encode("lung", false) != newer.encode("lung", false));
  CHECK(newer.encode("lung", false) == older.encode(" lung", false));
  const FolderIds tail = newer.encode("</s>lung", false);
  CHECK(FolderIds(tail.begin() + 1, tail.end()) == older.encode("lung", false));
}

TEST_CASE("damaged files beside a vocabulary are named") {
  TokenizerFolder folder;
  folder.write("tokenizer.json", kFile);
  const auto refused = [&](const char* name, const std::string& text, const char* reason) {
    folder.write(name, text);
    const std::string message = folder.error();
    CAPTURE(message);
    CHECK(message.find(name) != std::string::npos);
    CHECK(message.find(reason) != std::string::npos);
    folder.remove(name);
  };
  refused("added_tokens.json", "{", "is not valid JSON");
  refused("added_tokens.json", "[1]", "expected a table, found list");
  refused("added_tokens.json", R"({"<x>":"7"})", "'<x>': expected a token id, found \"7\"");
  refused("added_tokens.json", R"({"<x>":-1})", "expected a token id, found -1");
  refused("special_tokens_map.json", R"({"pad_token":3})", "pad_token: expected text or a table, found integer");
  refused("special_tokens_map.json", R"({"pad_token":{"id":3}})", "pad_token: has no content");
  refused("special_tokens_map.json", R"({"additional_special_tokens":"<x>"})", "expected a list, found text");
  refused("tokenizer_config.json", listed("x", "<x>"), "'x': expected a token id");
  refused("tokenizer_config.json", R"({"added_tokens_decoder":[]})", "expected a table, found list");
}

TEST_CASE("tokens that contradict the vocabulary are refused") {
  TokenizerFolder folder;
  folder.write("tokenizer.json", kFile);
  folder.write("tokenizer_config.json", listed("1", "<x>"));
  check_refused(folder, "'<x>': its id 1 contradicts the vocabulary");
  folder.write("tokenizer_config.json", listed("5", "<x>"));
  check_refused(folder, "appears twice, or its id does");
  folder.write("tokenizer_config.json", listed("9", "ab"));
  check_refused(folder, "'ab': its id 9 contradicts the vocabulary");
}
