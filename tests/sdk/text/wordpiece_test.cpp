// BERT's tokenizers: word pieces, the text before them, both forms of the files, and what is refused. Expected values
// are those of the library `tokenizers` 0.23.
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"
#include "medvlm/sdk/text/wordpiece.hpp"
#include "temporary_folder.hpp"

using namespace medvlm::sdk;
using nlohmann::json;

namespace {

using Ids = std::vector<std::int64_t>;

const std::vector<std::string> kWords = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "##a", "a",
                                         "cafe",  ",",     ".",     "'",     "s",      "野", "##s",   "-",      "b"};

class Files {
 public:
  Files() { write("vocab.txt", vocabulary(kWords)); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
  }
  static std::string vocabulary(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += word + "\n";
    return text;
  }
  Tokenizer load() const { return Tokenizer::from_folder(folder_.path()); }
  std::string error() const {
    try {
      load();
    } catch (const medvlm::Error& error) {
      CHECK(error.code() == medvlm::ErrorCode::checkpoint);
      return error.what();
    }
    return "none";
  }
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  medvlm::test::TemporaryFolder folder_;
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

json bert_file() {
  json vocab;
  for (std::size_t i = 0; i < kWords.size(); ++i) vocab[kWords[i]] = i;
  return {{"version", "1.0"},
          {"truncation", {{"max_length", 4}}},
          {"padding", {{"length", 4}}},
          {"added_tokens", {{{"id", 2}, {"content", "[CLS]"}, {"special", true}}, {{"id", 3}, {"content", "[SEP]"}, {"special", true}}}},
          {"normalizer",
           {{"type", "BertNormalizer"},
            {"clean_text", true},
            {"handle_chinese_chars", true},
            {"strip_accents", nullptr},
            {"lowercase", true}}},
          {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
          {"post_processor", {{"type", "BertProcessing"}, {"sep", {"[SEP]", 3}}, {"cls", {"[CLS]", 2}}}},
          {"decoder", {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}},
          {"model",
           {{"type", "WordPiece"},
            {"unk_token", "[UNK]"},
            {"continuing_subword_prefix", "##"},
            {"max_input_chars_per_word", 100},
            {"vocab", vocab}}}};
}

}  // namespace

TEST_CASE("a word is cut into the longest pieces from the left, or is unknown as a whole") {
  const Tokenizer tokenizer = Files().load();
  CHECK(tokenizer.encode("unaffable", false) == Ids{5, 6, 7});
  CHECK(tokenizer.encode("unaffx", false) == Ids{1});
  CHECK(tokenizer.encode("unaffx a", false) == Ids{1, 9});
  CHECK(tokenizer.encode("aa", false) == Ids{9, 8});
  CHECK(tokenizer.encode("", true) == Ids{2, 3});
}

TEST_CASE("a word of more than 100 letters is unknown") {
  const Tokenizer tokenizer = Files().load();
  CHECK(tokenizer.encode(std::string(100, 'a'), false).size() == 100);
  CHECK(tokenizer.encode(std::string(101, 'a'), false) == Ids{1});
}

TEST_CASE("letters are counted, not bytes") {
  json file = bert_file();
  file["model"]["max_input_chars_per_word"] = 1;
  const Files files;
  files.write("tokenizer.json", file.dump());
  CHECK(files.load().encode("野 aa", false) == Ids{15, 1});
}

TEST_CASE("the text is cleaned, ideographs stand alone, accents and case go, punctuation is split off") {
  const Tokenizer tokenizer = Files().load();
  CHECK(tokenizer.encode("CAF\xc3\x89", false) == Ids{10});                            // É
  CHECK(tokenizer.encode("cafe\xcc\x81", false) == Ids{10});                           // e and a combining accent
  CHECK(tokenizer.encode("\xef\xbb\xbf" "a\xc2\xad\xe2\x80\x8b" "a", false) == Ids{9, 8});  // BOM, soft hyphen, ZWSP
  CHECK(tokenizer.encode("a\xe9\x87\x8e" "b", false) == Ids{9, 15, 18});
  CHECK(tokenizer.encode("a's,a-a.", false) == Ids{9, 13, 14, 11, 9, 17, 9, 12});
  CHECK(tokenizer.encode("a\xc2\xa0\xe3\x80\x80\xe2\x80\xa8" "b", false) == Ids{9, 18});
  CHECK(tokenizer.encode("a\x0b" "b", false) == Ids{1});  // U+000B is a control character: removed, no space
}

TEST_CASE("characters that came after Unicode 8 are to the reference library no marks, signs or controls") {
  const Tokenizer tokenizer = Files().load();
  CHECK(tokenizer.encode("a\xf0\x90\xbd\x86" "b", false) == Ids{1});  // U+10F46, a mark since Unicode 11
  CHECK(tokenizer.encode("a\xe2\xb9\x8f" "b", false) == Ids{1});      // U+2E4F, punctuation since Unicode 12
  CHECK(tokenizer.encode("a\xe1\x99\xad" "b", false) == Ids{9, 1, 18});  // U+166D was punctuation then
}

TEST_CASE("special tokens in a text become their ids, the others are ordinary") {
  const Tokenizer tokenizer = Files().load();
  CHECK(tokenizer.encode("a[SEP]b [MASK]", false) == Ids{9, 3, 18, 4});
  CHECK(tokenizer.encode("[cls]", false) == Ids{1, 1, 1});
}

TEST_CASE("both forms of the files give the same") {
  const Files list;
  const Files table;
  table.write("tokenizer.json", bert_file().dump());
  for (const char* text : {"unaffable caf\xc3\xa9, a", "  a\tb\n", "[CLS] a"}) {
    CHECK(list.load().encode(text) == table.load().encode(text));
  }
  CHECK(table.load().encode("a a a a a a") == Ids{2, 9, 9, 9, 9, 9, 9, 3});  // truncation is left to the caller
}

TEST_CASE("TemplateProcessing is understood as well") {
  json file = bert_file();
  const json around = {{"[CLS]", {{"id", "[CLS]"}, {"ids", {2}}, {"tokens", {"[CLS]"}}}},
                       {"[SEP]", {{"id", "[SEP]"}, {"ids", {3}}, {"tokens", {"[SEP]"}}}}};
  file["post_processor"] = {{"type", "TemplateProcessing"},
                            {"single",
                             {{{"SpecialToken", {{"id", "[CLS]"}, {"type_id", 0}}}},
                              {{"Sequence", {{"id", "A"}, {"type_id", 0}}}},
                              {{"SpecialToken", {{"id", "[SEP]"}, {"type_id", 0}}}}}},
                            {"pair", json::array()},
                            {"special_tokens", around}};
  const Files files;
  files.write("tokenizer.json", file.dump());
  CHECK(files.load().encode("a") == Ids{2, 9, 3});
}

TEST_CASE("ids become text again, without the spaces that splitting made") {
  const Tokenizer tokenizer = Files().load();
  CHECK(tokenizer.decode(Ids{2, 5, 6, 7, 11, 9, 12, 3}) == "[CLS] unaffable, a. [SEP]");
  CHECK(tokenizer.decode(Ids{2, 5, 6, 7, 11, 9, 12, 3}, true) == "unaffable, a.");
  CHECK(tokenizer.decode(Ids{9, 13, 14}) == "a ' s");
  CHECK(tokenizer.decode(Ids{6, 6}) == "##affaff");  // the first token keeps its prefix
}

TEST_CASE("lower-casing is the default and may be switched off") {
  const Files files;
  CHECK(files.load().encode("A", false) == Ids{9});
  files.write("tokenizer_config.json", R"({"do_lower_case": false, "tokenizer_class": "BertTokenizer"})");
  CHECK(files.load().encode("A", false) == Ids{1});
  CHECK(files.load().encode("caf\xc3\xa9", false) == Ids{1});  // accents stay with the case
  files.write("tokenizer_config.json", R"({"do_lower_case": false, "strip_accents": true})");
  CHECK(files.load().encode("caf\xc3\xa9", false) == Ids{10});
  files.write("tokenizer_config.json", R"({"tokenize_chinese_chars": false})");
  CHECK(files.load().encode("a\xe9\x87\x8e", false) == Ids{1});
}

TEST_CASE("roles come from special_tokens_map.json, then tokenizer_config.json") {
  const Files files;
  files.write("tokenizer_config.json", R"({"cls_token": "b", "sep_token": {"content": ".", "__type": "AddedToken"}})");
  CHECK(files.load().encode("a") == Ids{18, 9, 12});
  files.write("special_tokens_map.json", R"({"cls_token": "-"})");
  CHECK(files.load().encode("a") == Ids{17, 9, 12});
  files.write("tokenizer_config.json",
              R"({"cls_token": "b", "added_tokens_decoder": {"18": {"content": "b", "lstrip": false, "special": true}}})");
  CHECK(files.load().encode("a") == Ids{18, 9, 3});
}

TEST_CASE("line endings of Windows and a last line without end are read") {
  const Files files;
  files.write("vocab.txt", "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\na");
  CHECK(files.load().encode("a [MASK]") == Ids{2, 4, 1, 1, 1, 3});  // without [MASK] this is ordinary text
  CHECK(files.load().vocabulary_size() == 5);
}

TEST_CASE("damaged vocabularies are refused with file and line") {
  const Files files;
  const auto refused = [&](const std::string& text, const std::string& part) {
    files.write("vocab.txt", text);
    const std::string error = files.error();
    CHECK_MESSAGE(contains(error, part), error);
  };
  const std::string good = Files::vocabulary(kWords);
  refused("", "vocab.txt: is empty");
  refused(good + "a\n", "vocab.txt:20: 'a' is on line 10 already");
  refused("[PAD]\n\n[UNK]\n", "vocab.txt:2: the line is empty");
  refused("[PAD]\n\xff\n", "vocab.txt:2: is not valid UTF-8");
  refused("[PAD]\n[CLS]\n[SEP]\n", "unk_token: '[UNK]' is not in vocab.txt");
  refused("[PAD]\n[UNK]\n[SEP]\n", "cls_token: '[CLS]' is not in vocab.txt");
}

TEST_CASE("files of other tokenizers are refused") {
  const Files files;
  files.write("tokenizer_config.json", R"({"tokenizer_class": "BertJapaneseTokenizer"})");
  CHECK(contains(files.error(), "of the class 'BertJapaneseTokenizer'; save it with tokenizer.json"));
  files.write("tokenizer_config.json", R"({"do_lower_case": "yes"})");
  CHECK(contains(files.error(), "tokenizer_config.json: do_lower_case: expected a boolean"));
  files.write("tokenizer_config.json", R"({"added_tokens_decoder": {"x": {"content": "b"}}})");
  CHECK(contains(files.error(), "added_tokens_decoder: 'x': expected a token id"));
  files.write("tokenizer_config.json", R"({"added_tokens_decoder": {"7": {"content": "b"}}})");
  CHECK(contains(files.error(), "contradicts the vocabulary"));
  files.write("tokenizer_config.json", "{}");
  files.write("added_tokens.json", "{}");
  CHECK(contains(files.error(), "added_tokens.json: is not read"));
}

TEST_CASE("a tokenizer.json with a damaged WordPiece model is refused") {
  const Files files;
  const auto refused = [&](const char* part, const char* key, const json& value, const std::string& message) {
    json file = bert_file();
    file[part][key] = value;
    files.write("tokenizer.json", file.dump());
    const std::string error = files.error();
    CHECK_MESSAGE(contains(error, message), error);
  };
  refused("model", "unk_token", "<unk>", "model: unk_token: '<unk>' is not in the vocabulary");
  refused("model", "vocab", {{"a", 0}, {"b", 0}}, "two tokens have the id 0");
  refused("model", "vocab", json::array(), "vocab: expected a table, found list");
  refused("model", "max_input_chars_per_word", -1, "max_input_chars_per_word: expected a count");
  refused("model", "dropout", 0.1, "the key 'dropout' is not understood");
  refused("normalizer", "strip_accents", 1, "strip_accents: expected a boolean");
  refused("post_processor", "cls", "[CLS]", "cls: expected a list");
  refused("decoder", "fuse", true, "the key 'fuse' is not understood");
}
