// The steps of a tokenizer, each built from its part of tokenizer.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "added_tokens.hpp"
#include "medvlm/sdk/text/token_model.hpp"

namespace medvlm::sdk {

using Normalizer = std::function<std::string(std::string)>;
/// Pieces in, smaller pieces out.
using PreTokenizer = std::function<std::vector<std::string>(std::vector<std::string>)>;
/// Tokens in, parts of the text out.
using Decoder = std::function<std::vector<std::string>(std::vector<std::string>)>;

/// What is put around the ids of one text.
struct PostProcessor {
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> after;
};

/// The whole way from text to ids and back.
struct PipelineParts {
  Normalizer normalizer;
  PreTokenizer pre_tokenizer;
  std::unique_ptr<const TokenModel> model;
  PostProcessor post_processor;
  Decoder decoder;
  std::vector<AddedToken> added;
};

// Each throws Error(checkpoint), beginning with `place`, for a type, key or value that is not known here.
Normalizer make_normalizer(const nlohmann::json& part, const std::string& place);
PreTokenizer make_pre_tokenizer(const nlohmann::json& part, const std::string& place);
PostProcessor make_post_processor(const nlohmann::json& part, const std::string& place);
Decoder make_decoder(const nlohmann::json& part, const std::string& place);
/// The model of any known type.
std::unique_ptr<const TokenModel> make_model(const nlohmann::json& part, const std::string& place);
std::vector<AddedToken> make_added_tokens(const nlohmann::json& part, const std::string& place);

/// The pipeline of a SentencePiece model file (unigram or BPE). Throws Error(checkpoint).
PipelineParts sentencepiece_parts(const std::filesystem::path& file);

/// What tokenizer.json would say for a folder with vocab.json and merges.txt. Throws Error(checkpoint).
nlohmann::json clip_tokenizer_json(const std::filesystem::path& folder);
/// What it would say for BERT's vocab.txt and the files beside it. Throws Error(checkpoint).
nlohmann::json bert_tokenizer_json(const std::filesystem::path& vocabulary);

}  // namespace medvlm::sdk
