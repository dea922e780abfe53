// The steps of a tokenizer, each built from its part of tokenizer.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "added_tokens.hpp"
#include "medvlm/sdk/text/token_model.hpp"
#include "sentencepiece_file.hpp"
#include "tokenizer_json.hpp"

namespace medvlm::sdk {

using Normalizer = std::function<std::string(std::string)>;
/// Pieces in, smaller pieces out. `at_start`: the first piece begins the whole text.
using PreTokenizer = std::function<std::vector<std::string>(std::vector<std::string>, bool at_start)>;
/// Tokens in, parts of the text out.
using Decoder = std::function<std::vector<std::string>(std::vector<std::string>)>;

/// What is put around the ids of one text.
struct PostProcessor {
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> after;
};

/// The whole way from text to ids and back.
struct PipelineParts {
  std::filesystem::path file;  ///< that was read, for messages
  Normalizer whole_text;       ///< of the text before added tokens are cut out; may be empty
  Normalizer normalizer;       ///< of the text between them
  PreTokenizer pre_tokenizer;
  std::unique_ptr<const TokenModel> model;
  PostProcessor post_processor;
  Decoder decoder;
  std::vector<AddedToken> added;
  /// This token is left out where it begins a text all alone, before a special token.
  std::optional<std::int64_t> mark_before_special;
  bool clean_up = false;  ///< decoded text, see without_split_spaces()
};

// Each throws Error(checkpoint), beginning with `place`, for a type, key or value that is not known here.
Normalizer make_normalizer(const nlohmann::json& part, const std::string& place);
PreTokenizer make_pre_tokenizer(const nlohmann::json& part, const std::string& place);
PostProcessor make_post_processor(const nlohmann::json& part, const std::string& place);
Decoder make_decoder(const nlohmann::json& part, const std::string& place);
/// The model of any known type; `lists` are used up.
std::unique_ptr<const TokenModel> make_model(const nlohmann::json& part, LongLists& lists, const std::string& place);
std::vector<AddedToken> make_added_tokens(const nlohmann::json& part, const std::string& place);
/// All of a tokenizer.json; `lists` has what parse_tokenizer_json() took out of it.
PipelineParts json_parts(const nlohmann::json& file, LongLists& lists, const std::string& label);

/// The white space before punctuation and English suffixes, as the reference takes it out of decoded texts.
std::string without_split_spaces(std::string text);

// Pipelines of files. Each throws Error(checkpoint).
PipelineParts tokenizer_json_parts(const std::filesystem::path& file);
PipelineParts bert_parts(const std::filesystem::path& vocabulary);
/// A SentencePiece model alone, of either kind.
PipelineParts sentencepiece_parts(const std::filesystem::path& file);
PipelineParts sentencepiece_parts(const SentencePieceFile& model, const std::filesystem::path& file);
PipelineParts folder_parts(const std::filesystem::path& folder);

}  // namespace medvlm::sdk
