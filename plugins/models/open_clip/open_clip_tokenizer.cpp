#include "open_clip_tokenizer.hpp"

#include <ATen/ATen.h>

#include <sstream>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/text/batch.hpp"
#include "medvlm/sdk/text/bpe.hpp"
#include "medvlm/sdk/text/byte_letters.hpp"
#include "medvlm/sdk/text/regex.hpp"
#include "medvlm/sdk/text/tokenizer.hpp"
#include "text_cleaning.hpp"

namespace medvlm::open_clip {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSuffix = "</w>";
constexpr const char* kStart = "<start_of_text>";
constexpr const char* kEnd = "<end_of_text>";
constexpr std::size_t kMostMerges = 48894;  // open_clip reads no more of its file

sdk::Bpe::Merges read_merges(const fs::path& file) {
  if (!fs::exists(file)) {
    throw Error(ErrorCode::checkpoint,
                "'" + file.string() + "' is missing: the text tower's byte pairs; copy it from the checkpoint's original " +
                    "folder (or unpack open_clip's bpe_simple_vocab_16e6.txt.gz)");
  }
  std::istringstream lines(read_file(file));
  sdk::Bpe::Merges merges;
  std::string line;
  std::getline(lines, line);  // the version
  for (std::size_t number = 2; merges.size() < kMostMerges && std::getline(lines, line); ++number) {
    std::istringstream words(line);
    std::string left, right, more;
    if (!(words >> left)) continue;
    if (!(words >> right) || words >> more) {
      throw Error(ErrorCode::checkpoint,
                  file.string() + ":" + std::to_string(number) + ": expected two tokens, found '" + line + "'");
    }
    merges.emplace_back(std::move(left), std::move(right));
  }
  return merges;
}

/// The letters of the bytes in the order of their ids: printable ones first.
std::vector<std::string> letters_by_id() {
  const auto printable = [](unsigned b) { return (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || b >= 0xae; };
  std::vector<std::string> letters;
  for (const bool wanted : {true, false}) {
    for (unsigned b = 0; b < 256; ++b) {
      if (printable(b) == wanted) letters.push_back(sdk::bytes_to_letters(std::string(1, static_cast<char>(b))));
    }
  }
  return letters;
}

/// The byte letters, the same at the end of a word, the merged tokens, the two special tokens.
sdk::Vocabulary make_vocabulary(const sdk::Bpe::Merges& merges, const std::string& label) {
  sdk::Vocabulary::Ids ids;
  std::int64_t next = 0;
  for (const std::string ending : {"", kSuffix}) {
    for (const std::string& letter : letters_by_id()) ids.insert_or_assign(letter + ending, next++);
  }
  for (const auto& [left, right] : merges) ids.insert_or_assign(left + right, next++);
  for (const char* special : {kStart, kEnd}) ids.insert_or_assign(special, next++);
  return sdk::Vocabulary(std::move(ids), label);
}

}  // namespace

class OpenClipTokenizer::Kind {
 public:
  virtual ~Kind() = default;
  virtual std::vector<std::int64_t> encode(const std::string& cleaned) const = 0;
  virtual std::int64_t padding() const = 0;
  virtual bool ends_with_special() const = 0;
  /// The id of the token that separates and ends texts, if there is one.
  virtual std::optional<std::int64_t> separator() const { return std::nullopt; }
};

/// open_clip.tokenizer.SimpleTokenizer. Its special tokens are not those of the Hugging Face files.
class OpenClipTokenizer::BytePairs final : public Kind {
 public:
  BytePairs(const fs::path& file, const sdk::Bpe::Merges& merges)
      : bpe_(make_vocabulary(merges, file.string()), merges, options(), file.string()),
        words_(R"((?i:<start_of_text>|<end_of_text>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+))"),
        start_(bpe_.id(kStart).value()),
        end_(bpe_.id(kEnd).value()) {}

  std::vector<std::int64_t> encode(const std::string& cleaned) const override {
    std::vector<std::int64_t> ids{start_};
    for (const auto& match : words_.matches(cleaned)) {
      const std::string word = cleaned.substr(match.begin, match.end - match.begin);
      if (word == kStart || word == kEnd) {
        ids.push_back(word == kStart ? start_ : end_);
      } else {
        bpe_.encode(sdk::bytes_to_letters(word), ids);
      }
    }
    ids.push_back(end_);
    return ids;
  }
  std::int64_t padding() const override { return 0; }
  bool ends_with_special() const override { return true; }
  std::int64_t largest_id() const { return end_; }

 private:
  static sdk::BpeOptions options() {
    sdk::BpeOptions options;
    options.end_of_word_suffix = kSuffix;
    return options;
  }

  sdk::Bpe bpe_;
  sdk::Regex words_;
  std::int64_t start_, end_;
};

/// open_clip.tokenizer.HFTokenizer.
class OpenClipTokenizer::HuggingFace final : public Kind {
 public:
  explicit HuggingFace(const fs::path& folder) : tokenizer_(sdk::Tokenizer::from_folder(folder)) {
    padding_ = special_token(folder, "pad_token", "[PAD]").value_or(0);
    separator_ = special_token(folder, "sep_token", "[SEP]");
  }

  std::vector<std::int64_t> encode(const std::string& cleaned) const override { return tokenizer_.encode(cleaned); }
  std::int64_t padding() const override { return padding_; }
  bool ends_with_special() const override { return !tokenizer_.encode("").empty(); }
  std::optional<std::int64_t> separator() const override { return separator_; }

 private:
  /// As the tokenizer's files name it, or else BERT's name for it.
  std::optional<std::int64_t> special_token(const fs::path& folder, const std::string& role,
                                            const std::string& usual) const {
    for (const char* name : {"tokenizer_config.json", "special_tokens_map.json"}) {
      if (!fs::exists(folder / name)) continue;
      const auto config = sdk::HfConfig::from_file(folder / name);
      if (!config.has(role)) continue;
      return tokenizer_.id(config.type_of(role) == "table" ? config.text(role + ".content") : config.text(role));
    }
    return tokenizer_.find_id(usual);
  }

  sdk::Tokenizer tokenizer_;
  std::int64_t padding_ = 0;
  std::optional<std::int64_t> separator_;
};

OpenClipTokenizer::OpenClipTokenizer(const fs::path& folder, const OpenClipConfig& config)
    : context_(config.text.context), config_(config.tokenizer) {
  const auto add = [&](const char* name) {
    if (fs::exists(folder / name)) files_.push_back(folder / name);
  };
  if (config_.hugging_face) {
    kind_ = std::make_unique<HuggingFace>(folder);
    for (const char* name : {"tokenizer.json", "vocab.txt", "vocab.json", "merges.txt", "spiece.model",
                             "tokenizer_config.json", "special_tokens_map.json"}) {
      add(name);
    }
    return;
  }
  const fs::path file = folder / "merges.txt";
  auto pairs = std::make_unique<BytePairs>(file, read_merges(file));
  if (pairs->largest_id() >= config.text.vocabulary()) {
    throw Error(ErrorCode::checkpoint,
                "'" + file.string() + "' makes ids up to " + std::to_string(pairs->largest_id()) +
                    ", beyond the vocabulary of open_clip_config.json (" + std::to_string(config.text.vocabulary()) +
                    "): they belong to different checkpoints");
  }
  kind_ = std::move(pairs);
  add("merges.txt");
}

OpenClipTokenizer::~OpenClipTokenizer() = default;

std::vector<std::int64_t> OpenClipTokenizer::encode(const std::string& text) const {
  return kind_->encode(clean_text(text, config_.clean));
}

at::Tensor OpenClipTokenizer::operator()(std::span<const std::string> texts) const {
  std::vector<std::vector<std::int64_t>> ids;
  for (const std::string& text : texts) ids.push_back(encode(text));
  const bool keep_last = kind_->ends_with_special();
  at::Tensor batch =
      sdk::pad_and_truncate(ids, context_, kind_->padding(), keep_last, sdk::PadTo::max_length).input_ids;
  if (config_.strip_sep && kind_->separator()) batch.masked_fill_(batch == *kind_->separator(), 0);
  return batch;
}

}  // namespace medvlm::open_clip
