// Text to token ids and back.
#include "medvlm/sdk/text/tokenizer.hpp"

#include <algorithm>
#include <map>

#include "../checkpoint/json_text.hpp"
#include "json_part.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "pipeline.hpp"

namespace medvlm::sdk {

struct Tokenizer::Pipeline : PipelineParts {
  explicit Pipeline(PipelineParts parts) : PipelineParts(std::move(parts)) {
    index_added_tokens(file.string() + ": added_tokens: ");
  }

  void index_added_tokens(const std::string& place);
  std::vector<std::int64_t> encode(std::string_view text) const;
  void encode_piece(std::string_view piece, bool at_start, std::vector<std::int64_t>& ids) const;
  const std::string* token(std::int64_t id, bool skip_special) const;

  std::map<std::string, const AddedToken*, std::less<>> added_by_content;
  std::map<std::int64_t, const AddedToken*> added_by_id;
  TokenFinder raw_finder;         ///< in the text as it is
  TokenFinder normalized_finder;  ///< in the normalised text
};

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

void Tokenizer::Pipeline::encode_piece(std::string_view piece, bool at_start, std::vector<std::int64_t>& ids) const {
  const std::string text = normalizer(std::string(piece));
  for (const auto& [token, part] : normalized_finder.split(text)) {
    if (token) {
      ids.push_back(token->id);
    } else {
      for (const auto& word : pre_tokenizer({std::string(part)}, at_start)) model->encode(word, ids);
    }
    at_start = false;
  }
}

std::vector<std::int64_t> Tokenizer::Pipeline::encode(std::string_view text) const {
  const std::string changed = whole_text ? whole_text(std::string(text)) : std::string();
  if (whole_text) text = changed;
  std::vector<std::int64_t> ids;
  bool at_start = true;
  for (const auto& [token, piece] : raw_finder.split(text)) {
    if (!token) {
      encode_piece(piece, at_start, ids);
    } else {
      if (token->special && mark_before_special && ids.size() == 1 && ids[0] == *mark_before_special) ids.clear();
      ids.push_back(token->id);
    }
    at_start = false;
  }
  return ids;
}

const std::string* Tokenizer::Pipeline::token(std::int64_t id, bool skip_special) const {
  const auto found = added_by_id.find(id);
  if (found == added_by_id.end()) return model->token(id);
  return skip_special && found->second->special ? nullptr : &found->second->content;
}

Tokenizer::Tokenizer(std::shared_ptr<const Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}

Tokenizer Tokenizer::from_folder(const std::filesystem::path& folder) {
  return Tokenizer(std::make_shared<const Pipeline>(folder_parts(folder)));
}

Tokenizer Tokenizer::from_file(const std::filesystem::path& file) {
  const auto kind = file.extension();
  return Tokenizer(std::make_shared<const Pipeline>(kind == ".model"  ? sentencepiece_parts(file)
                                                    : kind == ".txt" ? bert_parts(file)
                                                                     : tokenizer_json_parts(file)));
}

std::vector<std::int64_t> Tokenizer::encode(std::string_view text, bool add_special) const {
  if (const auto bad = invalid_utf8_at(text)) {
    throw Error(ErrorCode::data, "the text is not valid UTF-8 (byte " + std::to_string(*bad) + ")");
  }
  std::vector<std::int64_t> ids = pipeline_->encode(text);
  if (!add_special) return ids;
  const PostProcessor& around = pipeline_->post_processor;
  ids.insert(ids.begin(), around.before.begin(), around.before.end());
  ids.insert(ids.end(), around.after.begin(), around.after.end());
  return ids;
}

std::string Tokenizer::decode(std::span<const std::int64_t> ids, bool skip_special) const {
  std::vector<std::string> tokens;
  for (const auto id : ids) {
    if (const std::string* token = pipeline_->token(id, skip_special)) tokens.push_back(*token);
  }
  std::string text;
  for (const auto& part : pipeline_->decoder(std::move(tokens))) text += part;
  return pipeline_->clean_up ? without_split_spaces(std::move(text)) : text;
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

std::span<const AddedToken> Tokenizer::added_tokens() const { return pipeline_->added; }

bool Tokenizer::is_special(std::int64_t id) const {
  const auto found = pipeline_->added_by_id.find(id);
  return found != pipeline_->added_by_id.end() && found->second->special;
}

std::int64_t Tokenizer::vocabulary_size() const {
  const auto outside = std::count_if(pipeline_->added.begin(), pipeline_->added.end(), [&](const AddedToken& token) {
    return pipeline_->model->token(token.id) == nullptr;
  });
  return static_cast<std::int64_t>(pipeline_->model->vocabulary().size()) + outside;
}

const std::filesystem::path& Tokenizer::path() const { return pipeline_->file; }

}  // namespace medvlm::sdk
