// Tokenizer files: pipelines, added tokens, and what is refused.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"

using namespace medvlm::sdk;
using nlohmann::json;

namespace {

using Ids = std::vector<std::int64_t>;

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "medvlm-tokenizer-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Byte-level pieces split at white space; ids of "a" to "f" are 0 to 5, "ab" is 6, the space letter is 7.
json small_file() {
  return {{"normalizer", {{"type", "Lowercase"}}},
          {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
          {"post_processor", nullptr},
          {"decoder", {{"type", "ByteLevel"}}},
          {"added_tokens", json::array()},
          {"model",
           {{"type", "BPE"},
            {"vocab", {{"a", 0}, {"b", 1}, {"c", 2}, {"d", 3}, {"e", 4}, {"f", 5}, {"ab", 6}, {"\xc4\xa0", 7}}},
            {"merges", {"a b"}}}}};
}

json token(const std::string& content, int id, bool normalized, const char* flag = nullptr) {
  json added = {{"id", id}, {"content", content}, {"normalized", normalized}, {"special", true}};
  if (flag) added[flag] = true;
  return added;
}

Tokenizer load(const json& file) {
  const Folder folder;
  folder.write("tokenizer.json", file.dump());
  return Tokenizer::from_folder(folder.path());
}

Ids encode_with(const std::vector<json>& added, const std::string& text) {
  json file = small_file();
  file["added_tokens"] = added;
  return load(file).encode(text);
}

std::string refusal(const json& file) {
  try {
    load(file);
  } catch (const medvlm::Error& error) {
    CHECK(error.code() == medvlm::ErrorCode::checkpoint);
    return error.message();
  }
  return "(no error)";
}

}  // namespace

TEST_CASE("a text is normalised, split, merged and decoded") {
  const Tokenizer tokenizer = load(small_file());
  CHECK(tokenizer.encode("AB cab") == Ids{6, 7, 2, 6});
  CHECK(tokenizer.decode(Ids{6, 7, 2, 6}) == "ab cab");
  CHECK(tokenizer.encode("") == Ids{});
  CHECK(tokenizer.vocabulary_size() == 8);
  CHECK(tokenizer.id("ab") == 6);
  CHECK_FALSE(tokenizer.find_id("xyz"));
  CHECK_THROWS_AS(tokenizer.id("xyz"), medvlm::Error);
}

TEST_CASE("added tokens are cut from the raw text, the longest at the leftmost place") {
  CHECK(encode_with({token("<a>", 8, false), token("<a><b>", 9, false)}, "b<a>c<a><b>") == Ids{1, 8, 2, 9});
  CHECK(encode_with({token("<A>", 8, false)}, "b<A>c") == Ids{1, 8, 2});
  CHECK(encode_with({token("bc", 8, false), token("abc", 9, false)}, "abcd") == Ids{9, 3});
}

TEST_CASE("a normalised added token is found in the normalised text by its normalised form") {
  CHECK(encode_with({token("DE", 8, true)}, "aDEb de") == Ids{0, 8, 1, 7, 8});
  CHECK(encode_with({token("DE", 8, false)}, "aDEb de") == Ids{0, 8, 1, 7, 3, 4});
}

TEST_CASE("an added token may ask for word borders and take white space along") {
  CHECK(encode_with({token("de", 8, false, "single_word")}, "ade de") == Ids{0, 3, 4, 7, 8});
  CHECK(encode_with({token("#", 8, false, "lstrip")}, "a #b") == Ids{0, 8, 1});
  CHECK(encode_with({token("#", 8, false, "rstrip")}, "a# b") == Ids{0, 8, 1});
  CHECK(encode_with({token("#", 8, false)}, "a # b") == Ids{0, 7, 8, 7, 1});
}

TEST_CASE("special tokens are skipped in decoding when asked, and unknown ids give nothing") {
  json file = small_file();
  json plain = token("PLAIN", 9, false);
  plain["special"] = false;
  file["added_tokens"] = {token("<s>", 8, false), plain};
  const Tokenizer tokenizer = load(file);
  CHECK(tokenizer.decode(Ids{8, 0, 9, 123, -1}) == "<s>aPLAIN");
  CHECK(tokenizer.decode(Ids{8, 0, 9}, true) == "aPLAIN");
  CHECK(tokenizer.vocabulary_size() == 10);
}

TEST_CASE("post-processors put their tokens around the text") {
  json file = small_file();
  file["added_tokens"] = {token("<s>", 8, false), token("</s>", 9, false)};
  file["post_processor"] = {{"type", "RobertaProcessing"}, {"cls", {"<s>", 8}}, {"sep", {"</s>", 9}}};
  CHECK(load(file).encode("a") == Ids{8, 0, 9});
  CHECK(load(file).encode("a", false) == Ids{0});
  const json start = {{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}};
  const json text = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  file["post_processor"] = {{"type", "TemplateProcessing"}, {"single", {start, text}}, {"pair", json::array()},
                            {"special_tokens", {{"<s>", {{"id", "<s>"}, {"ids", {8}}, {"tokens", {"<s>"}}}}}}};
  CHECK(load(file).encode("a") == Ids{8, 0});
  file["post_processor"] = {{"type", "Sequence"}, {"processors", {{{"type", "ByteLevel"}}, file["post_processor"]}}};
  CHECK(load(file).encode("a") == Ids{8, 0});
}

TEST_CASE("a decoded text is well-formed even when its bytes are not") {
  json file = small_file();
  file["model"]["vocab"]["\xc3\x83"] = 8;  // the letter of the byte C3
  CHECK(load(file).decode(Ids{0, 8, 1}) == "a\xef\xbf\xbd" "b");
}

TEST_CASE("split behaviours keep, isolate or join the delimiter") {
  const auto split = [](const char* behavior, bool invert) {
    json file = small_file();
    file["model"]["merges"] = {"a b"};
    file["pre_tokenizer"] = {{"type", "Split"}, {"pattern", {{"String", "a"}}}, {"behavior", behavior},
                             {"invert", invert}};
    return load(file).encode("bab");
  };
  CHECK(split("Isolated", false) == Ids{1, 0, 1});
  CHECK(split("Removed", false) == Ids{1, 1});
  CHECK(split("Removed", true) == Ids{0});
  CHECK(split("MergedWithPrevious", false) == Ids{1, 0, 1});
}

TEST_CASE("text that is not UTF-8 is an error, not a guess") {
  CHECK_THROWS_AS(load(small_file()).encode("a\xff"), medvlm::Error);
}

TEST_CASE("whatever a tokenizer.json asks for and is not known is named") {
  const auto changed = [](const char* pointer, const json& value) {
    json file = small_file();
    file[json::json_pointer(pointer)] = value;
    return file;
  };
  const std::vector<std::pair<json, const char*>> cases = {
      {changed("/extra", 1), "'extra' is not understood"},
      {changed("/normalizer", {{"type", "NFKD"}}), "normalizer: the normalizer 'NFKD' is not supported"},
      {changed("/normalizer", {{"type", "Lowercase"}, {"locale", "tr"}}), "normalizer: the key 'locale'"},
      {changed("/normalizer", {{"type", "Sequence"}, {"normalizers", {{{"type", "X"}}}}}), 
       "normalizer[0]: the normalizer"},
      {changed("/normalizer", 3), "normalizer: expected a table, found integer"},
      {changed("/pre_tokenizer", {{"type", "Punctuation"}}), "'Punctuation' is not supported"},
      {changed("/pre_tokenizer/add_prefix_space", "no"), "add_prefix_space: expected a boolean"},
      {changed("/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"Regex", "("}}}, {"behavior", "Removed"}}),
       "the regular expression '('"},
      {changed("/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"Regex", "a"}}}, {"behavior", "Odd"}}),
       "the behavior 'Odd'"},
      {changed("/post_processor", {{"type", "LegacyProcessing"}}), "'LegacyProcessing' is not supported"},
      {changed("/post_processor", {{"type", "RobertaProcessing"}, {"cls", {"a", -1}}, {"sep", {"b", 1}}}),
       "expected a token id, found -1"},
      {changed("/post_processor", {{"type", "TemplateProcessing"}, {"single", json::array()}}),
       "expected the sequence once"},
      {changed("/decoder", {{"type", "CTC"}}), "the decoder 'CTC' is not supported"},
      {changed("/model/type", "WordLevel"), "the model 'WordLevel' is not supported"},
      {changed("/model/dropout", 0.1), "dropout is not supported"},
      {changed("/model/continuing_subword_prefix", "##"), "continuing_subword_prefix is not supported"},
      {changed("/model/merges", {"a b c"}), "merges[0]: expected two tokens"},
      {changed("/model/merges", {"a z"}), "merge 1: 'z' is not in the vocabulary"},
      {changed("/model/vocab/a", "x"), "'a': expected a token id"},
      {changed("/model/cache", 1), "'cache' is not understood"},
      {changed("/added_tokens", json::array({token("a", 9, false)})), "its id 9 contradicts the vocabulary"},
      {changed("/added_tokens", json::array({token("<s>", 0, false)})), "its id 0 contradicts the vocabulary"},
      {changed("/added_tokens", {token("<s>", 8, false), token("<s>", 9, false)}), "appears twice"},
      {json::array(), "expected a table, found list"},
  };
  for (const auto& [file, expected] : cases) {
    const std::string message = refusal(file);
    CAPTURE(expected);
    CAPTURE(message);
    CHECK(message.find("tokenizer.json") != std::string::npos);
    CHECK(message.find(expected) != std::string::npos);
  }
}

TEST_CASE("a folder without tokenizer files, or with those of another class, is refused") {
  const Folder folder;
  const auto error = [&] {
    try {
      Tokenizer::from_folder(folder.path());
    } catch (const medvlm::Error& caught) {
      return caught.message();
    }
    return std::string("(no error)");
  };
  CHECK(error().find("(vocab.json is missing)") != std::string::npos);
  folder.write("vocab.json", R"({"a</w>":0,"a":1,"<|startoftext|>":2,"<|endoftext|>":3})");
  CHECK(error().find("(merges.txt is missing)") != std::string::npos);
  folder.write("merges.txt", "#version: 0.2\na a</w> a\n");
  CHECK(error().find("merges.txt:2: expected two tokens") != std::string::npos);
  folder.write("merges.txt", "#version: 0.2\n");
  CHECK(Tokenizer::from_folder(folder.path()).encode("A a") == Ids{2, 0, 0, 3});
  folder.write("tokenizer_config.json", R"({"tokenizer_class":"GPT2Tokenizer"})");
  CHECK(error().find("of the class 'GPT2Tokenizer'") != std::string::npos);
  folder.write("tokenizer_config.json", R"({"tokenizer_class":"CLIPTokenizer","bos_token":"<s>"})");
  CHECK(error().find("bos_token: '<s>' is not in vocab.json") != std::string::npos);
}
