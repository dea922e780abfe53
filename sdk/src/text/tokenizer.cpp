// Text to token ids and back.
#include "medvlm/sdk/text/tokenizer.hpp"

#include <algorithm>
#include <map>

#include "../checkpoint/json_text.hpp"
#include "json_part.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "pipeline.hpp"

namespace medvlm::sdk {

using nlohmann::json;

struct Tokenizer::Pipeline : PipelineParts {
  Pipeline(PipelineParts parts, std::filesystem::path source) : PipelineParts(std::move(parts)), path(std::move(source)) {
    index_added_tokens(path.string() + ": added_tokens: ");
  }

  void index_added_tokens(const std::string& place);
  void encode_piece(std::string_view piece, std::vector<std::int64_t>& ids) const;
  const std::string* token(std::int64_t id, bool skip_special) const;

  std::filesystem::path path;
  std::map<std::string, const AddedToken*, std::less<>> added_by_content;
  std::map<std::int64_t, const AddedToken*> added_by_id;
  TokenFinder raw_finder;         ///< in the text as it is
  TokenFinder normalized_finder;  ///< in the normalised text
};

namespace {

const json& part_or_null(const json& file, const char* key) {
  static const json kNull;
  const auto found = file.find(key);
  return found == file.end() ? kNull : *found;
}

PipelineParts json_parts(const json& file, const std::string& label) {
  check_keys(file, label,
             {"version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor",
              "decoder", "model"});
  PipelineParts parts;
  parts.normalizer = make_normalizer(part_or_null(file, "normalizer"), label + ": normalizer");
  parts.pre_tokenizer = make_pre_tokenizer(part_or_null(file, "pre_tokenizer"), label + ": pre_tokenizer");
  parts.model = make_model(part_at(file, "model", label), label + ": model");
  parts.post_processor = make_post_processor(part_or_null(file, "post_processor"), label + ": post_processor");
  parts.decoder = make_decoder(part_at(file, "decoder", label), label + ": decoder");
  parts.added = make_added_tokens(part_or_null(file, "added_tokens"), label + ": added_tokens");
  return parts;
}

}  // namespace

void Tokenizer::Pipeline::index_added_tokens(const std::string& place) {
  std::sort(added.begin(), added.end(), [](const AddedToken& a, const AddedToken& b) { return a.id < b.id; });
  for (const AddedToken& token : added) {
    const std::string* same_id = model->token(token.id);
    const auto known = model->id(token.content);
    if ((known && *known != token.id) || (same_id && *same_id != token.content)) {
      fail_part(place + in_quotes(token.content), "its id " + std::to_string(token.id) + " contradicts the vocabulary");
    }
    if (!added_by_id.emplace(token.id, &token).second || !added_by_content.emplace(token.content, &token).second) {
      fail_part(place + in_quotes(token.content), "appears twice, or its id does");
    }
    if (token.normalized) {
      normalized_finder.add(normalizer(token.content), token);
    } else {
      raw_finder.add(token.content, token);
    }
  }
}

void Tokenizer::Pipeline::encode_piece(std::string_view piece, std::vector<std::int64_t>& ids) const {
  const std::string text = normalizer(std::string(piece));
  for (const auto& [token, part] : normalized_finder.split(text)) {
    if (token) {
      ids.push_back(token->id);
      continue;
    }
    for (const auto& word : pre_tokenizer({std::string(part)})) model->encode(word, ids);
  }
}

const std::string* Tokenizer::Pipeline::token(std::int64_t id, bool skip_special) const {
  const auto found = added_by_id.find(id);
  if (found == added_by_id.end()) return model->token(id);
  return skip_special && found->second->special ? nullptr : &found->second->content;
}

Tokenizer::Tokenizer(std::shared_ptr<const Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}

Tokenizer Tokenizer::from_folder(const std::filesystem::path& folder) {
  const auto file = folder / "tokenizer.json";
  if (std::filesystem::exists(file)) return from_file(file);
  for (const char* name : {"spiece.model", "tokenizer.model", "vocab.txt"}) {
    if (std::filesystem::exists(folder / name)) return from_file(folder / name);
  }
  const auto vocab = folder / "vocab.json";
  return Tokenizer(std::make_shared<const Pipeline>(json_parts(clip_tokenizer_json(folder), vocab.string()), vocab));
}

Tokenizer Tokenizer::from_file(const std::filesystem::path& file) {
  if (file.extension() == ".model") return Tokenizer(std::make_shared<const Pipeline>(sentencepiece_parts(file), file));
  const bool is_list = file.extension() == ".txt";
  const json content = is_list ? bert_tokenizer_json(file) : parse_strict_json(read_file(file), file.string());
  return Tokenizer(std::make_shared<const Pipeline>(json_parts(content, file.string()), file));
}

std::vector<std::int64_t> Tokenizer::encode(std::string_view text, bool add_special) const {
  if (const auto bad = invalid_utf8_at(text)) {
    throw Error(ErrorCode::data, "the text is not valid UTF-8 (byte " + std::to_string(*bad) + ")");
  }
  const PostProcessor& around = pipeline_->post_processor;
  std::vector<std::int64_t> ids;
  if (add_special) ids = around.before;
  for (const auto& [token, piece] : pipeline_->raw_finder.split(text)) {
    if (token) {
      ids.push_back(token->id);
    } else {
      pipeline_->encode_piece(piece, ids);
    }
  }
  if (add_special) ids.insert(ids.end(), around.after.begin(), around.after.end());
  return ids;
}

std::string Tokenizer::decode(std::span<const std::int64_t> ids, bool skip_special) const {
  std::vector<std::string> tokens;
  for (const auto id : ids) {
    if (const std::string* token = pipeline_->token(id, skip_special)) tokens.push_back(*token);
  }
  std::string text;
  for (const auto& part : pipeline_->decoder(std::move(tokens))) text += part;
  return text;
}

std::optional<std::int64_t> Tokenizer::find_id(std::string_view token) const {
  const auto found = pipeline_->added_by_content.find(token);
  return found != pipeline_->added_by_content.end() ? found->second->id : pipeline_->model->id(token);
}

std::int64_t Tokenizer::id(std::string_view token) const {
  const auto found = find_id(token);
  if (!found) throw Error(ErrorCode::checkpoint, path().string() + ": has no token " + in_quotes(token));
  return *found;
}

std::int64_t Tokenizer::vocabulary_size() const {
  const auto outside = std::count_if(pipeline_->added.begin(), pipeline_->added.end(), [&](const AddedToken& token) {
    return pipeline_->model->token(token.id) == nullptr;
  });
  return static_cast<std::int64_t>(pipeline_->model->vocabulary().size()) + outside;
}

const std::filesystem::path& Tokenizer::path() const { return pipeline_->path; }

}  // namespace medvlm::sdk
