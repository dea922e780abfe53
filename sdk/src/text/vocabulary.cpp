// Tokens and their ids, both ways.
#include "medvlm/sdk/text/vocabulary.hpp"

#include <algorithm>
#include <limits>

#include "../checkpoint/json_text.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/token_model.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::int64_t kLargestId = std::numeric_limits<std::int32_t>::max();

}  // namespace

struct Vocabulary::Tables {
  Ids ids;
  std::unordered_map<std::int64_t, const std::string*> tokens;
  std::size_t longest = 0;
};

Vocabulary::Vocabulary(Ids ids, const std::string& label) {
  const auto fail = [&](const std::string& complaint) { throw Error(ErrorCode::checkpoint, label + ": " + complaint); };
  auto tables = std::make_shared<Tables>();
  tables->ids = std::move(ids);
  tables->tokens.reserve(tables->ids.size());
  for (const auto& [token, id] : tables->ids) {
    if (id < 0 || id > kLargestId) fail("vocab: " + in_quotes(token) + " has the id " + std::to_string(id));
    if (!tables->tokens.emplace(id, &token).second) fail("vocab: two tokens have the id " + std::to_string(id));
    tables->longest = std::max(tables->longest, token.size());
  }
  tables_ = std::move(tables);
}

std::optional<std::int64_t> Vocabulary::id(std::string_view token) const {
  const auto found = tables_->ids.find(std::string(token));
  return found == tables_->ids.end() ? std::nullopt : std::optional(found->second);
}

const std::string* Vocabulary::token(std::int64_t id) const {
  const auto found = tables_->tokens.find(id);
  return found == tables_->tokens.end() ? nullptr : found->second;
}

std::size_t Vocabulary::size() const { return tables_->ids.size(); }

std::size_t Vocabulary::longest_token() const { return tables_->longest; }

TokenModel::~TokenModel() = default;

}  // namespace medvlm::sdk
