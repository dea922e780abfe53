// LLaMA's tokenizer that comes as a SentencePiece model with a few small files beside it: what transformers' Python
// class LlamaTokenizer (4.46) makes of it, step by step. The ids differ from those of a tokenizer.json where text
// follows an added token.
#include "llama_files.hpp"

#include <set>

#include "json_part.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "named_tokens.hpp"
#include "sentencepiece_file.hpp"

namespace medvlm::sdk {
namespace {

using nlohmann::json;

constexpr std::string_view kMark = "\xe2\x96\x81";  // U+2581, stands for a space

std::string with_spaces_for_marks(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const bool mark = text.substr(at).starts_with(kMark);
    result += mark ? ' ' : text[at];
    at += mark ? kMark.size() : 1;
  }
  return result;
}

/// The pieces of the text between two added tokens. The newer behaviour has switched off the model's own mark in front;
/// the library might then strip a space in front, so that the unknown token is put before it and its pieces are taken
/// away again.
class LlamaPieces final : public TokenModel {
 public:
  LlamaPieces(Normalizer normalizer, std::unique_ptr<const TokenModel> model, std::string guard)
      : TokenModel(model->vocabulary()), normalizer_(std::move(normalizer)), model_(std::move(model)),
        guard_(std::move(guard)) {
    if (!guard_.empty()) guard_length_ = pieces(guard_).size();
  }

  void encode(std::string_view word, std::vector<std::int64_t>& ids) const override {
    const bool guarded = !guard_.empty() && (word.starts_with(kMark) || word.starts_with(' '));
    const auto found = pieces(guarded ? guard_ + std::string(word) : std::string(word));
    const std::size_t dropped = guarded && found.size() >= guard_length_ ? guard_length_ : 0;
    ids.insert(ids.end(), found.begin() + static_cast<std::ptrdiff_t>(dropped), found.end());
  }

 private:
  std::vector<std::int64_t> pieces(std::string text) const {
    std::vector<std::int64_t> ids;
    model_->encode(normalizer_(std::move(text)), ids);
    return ids;
  }

  Normalizer normalizer_;
  std::unique_ptr<const TokenModel> model_;
  std::string guard_;  ///< empty: the older behaviour
  std::size_t guard_length_ = 0;
};

/// PreTrainedTokenizer._decode and LlamaTokenizer.convert_tokens_to_string.
class LlamaDecoder {
 public:
  struct Options {
    bool legacy = true;
    bool prefix = true;
  };

  LlamaDecoder(Decoder pieces, const std::vector<AddedToken>& added, const NamedTokens& names, std::size_t vocabulary,
               Options options)
      : pieces_(std::move(pieces)), legacy_(options.legacy), prefix_(options.prefix) {
    for (const AddedToken& token : added) {
      const bool outside = token.id >= static_cast<std::int64_t>(vocabulary);
      const bool apart = !names.is_named(token.content) || (outside && !names.has_role(token.content));
      (apart ? apart_ : special_).insert(token.content);
    }
  }

  /// Added tokens without a role stand between spaces.
  std::vector<std::string> operator()(const std::vector<std::string>& tokens) const {
    std::string text;
    std::vector<std::string> run;
    bool any = false;
    const auto append = [&](const std::string& part) {
      if (any) text += ' ';
      text += part;
      any = true;
    };
    for (const std::string& token : tokens) {
      if (!apart_.contains(token)) {
        run.push_back(token);
        continue;
      }
      if (const std::string part = text_of(run); !part.empty()) append(part);
      run.clear();
      append(token);
    }
    if (!run.empty()) append(text_of(run));
    return {text};
  }

 private:
  std::string text_of(std::vector<std::string> tokens) const {
    if (tokens.empty()) return "";
    if (prefix_ && tokens[0].starts_with(kMark)) tokens[0].erase(0, kMark.size());
    std::string text;
    std::vector<std::string> run;
    bool after_special = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (special_.contains(tokens[i])) {
        if (!after_special && i > 0 && legacy_) text += ' ';
        text += decoded(run) + tokens[i];
        run.clear();
        after_special = true;
      } else {
        if (after_special && i == 1 && prefix_ && !tokens[i].starts_with(kMark)) text += ' ';
        run.push_back(tokens[i]);
        after_special = false;
      }
    }
    return text + decoded(run);
  }
  std::string decoded(const std::vector<std::string>& tokens) const {
    std::string text;
    for (const auto& part : pieces_(tokens)) text += part;
    return text;
  }

  Decoder pieces_;
  std::set<std::string> special_, apart_;
  bool legacy_, prefix_;
};

/// True or false; absent and null are two further cases.
bool flag_or(const json& config, const char* key, bool if_absent, bool if_null, const std::string& place) {
  const auto found = config.find(key);
  if (found != config.end() && found->is_null()) return if_null;
  return flag_at(config, key, if_absent, place);
}

std::int64_t id_of_role(const NamedTokens& names, const char* role, const std::vector<AddedToken>& added,
                        const std::string& place) {
  const auto content = names.role(role);
  for (const AddedToken& token : added) {
    if (content && token.content == *content) return token.id;
  }
  fail_part(place, std::string("add_") + role + " is set, but there is no " + role);
}

}  // namespace

PipelineParts llama_parts(const std::filesystem::path& file, const json& config) {
  const auto folder = file.parent_path();
  const std::string place = (folder / "tokenizer_config.json").string();
  const bool legacy = flag_or(config, "legacy", true, true, place);
  const bool prefix = flag_or(config, "add_prefix_space", true, false, place);

  SentencePieceFile model = read_sentencepiece_file(file);
  if (!legacy) model.add_dummy_prefix = false;
  PipelineParts parts = sentencepiece_parts(model, file);
  const NamedTokens names(folder, config, {{"bos_token", "<s>"}, {"eos_token", "</s>"}, {"unk_token", "<unk>"}});
  names.complete(parts.added, parts.model->vocabulary());
  for (AddedToken& token : parts.added) token.normalized = false;  // the Python class looks for all of them in the text

  const std::string guard = legacy ? "" : names.role("unk_token").value_or("");
  parts.model = std::make_unique<const LlamaPieces>(std::move(parts.normalizer), std::move(parts.model), guard);
  parts.normalizer = [](std::string text) { return text; };
  parts.decoder = LlamaDecoder(std::move(parts.decoder), parts.added, names, parts.model->vocabulary().size(),
                               {legacy, prefix});
  parts.clean_up = flag_at(config, "clean_up_tokenization_spaces", false, place);
  if (!legacy) {
    parts.mark_before_special = parts.model->id(kMark);
    parts.whole_text = [prefix](const std::string& text) {
      return text.empty() ? text : (prefix ? std::string(kMark) : std::string()) + with_spaces_for_marks(text);
    };
  }
  if (flag_at(config, "add_bos_token", true, place)) {
    parts.post_processor.before = {id_of_role(names, "bos_token", parts.added, place)};
  }
  if (flag_at(config, "add_eos_token", false, place)) {
    parts.post_processor.after = {id_of_role(names, "eos_token", parts.added, place)};
  }
  return parts;
}

}  // namespace medvlm::sdk
