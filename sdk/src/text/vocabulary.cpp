// Tokens and their ids, both ways.
#include "medvlm/sdk/text/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "../checkpoint/json_text.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/token_model.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::int64_t kLargestId = std::numeric_limits<std::int32_t>::max();

}  // namespace

/// The entries in the order of their ids, and a table of their places by the tokens' hashes (open addressing, at most
/// half full): a file of 260,000 tokens and twice as many merges is to be read in a fraction of a second.
struct Vocabulary::Tables {
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = 0;  ///< from 1; 0 is a free slot
  };

  static std::uint32_t hash_of(std::string_view token) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>()(token));
  }
  const Slot& first_slot(std::uint32_t hash) const { return slots[hash & (slots.size() - 1)]; }
  /// Where the token is, or the free slot where it belongs.
  std::size_t slot_of(std::string_view token, std::uint32_t hash) const {
    std::size_t slot = hash & (slots.size() - 1);
    while (slots[slot].place != 0 && (slots[slot].hash != hash || entries[slots[slot].place - 1].first != token)) {
      slot = (slot + 1) & (slots.size() - 1);
    }
    return slot;
  }

  Entries entries;
  std::vector<Slot> slots;
  std::size_t longest = 0;
};

std::shared_ptr<const Vocabulary::Tables> Vocabulary::make_tables(Entries entries, const std::string& label) {
  const auto fail = [&](const std::string& complaint) {
    throw Error(ErrorCode::checkpoint, label + ": vocab: " + complaint);
  };
  auto tables = std::make_shared<Tables>();
  const auto by_id = [](const auto& a, const auto& b) { return a.second < b.second; };
  if (!std::is_sorted(entries.begin(), entries.end(), by_id)) std::sort(entries.begin(), entries.end(), by_id);
  tables->entries = std::move(entries);
  tables->slots.resize(std::bit_ceil(2 * tables->entries.size() + 1));
  std::int64_t previous = -1;
  for (std::size_t place = 0; place < tables->entries.size(); ++place) {
    const auto& [token, id] = tables->entries[place];
    if (id < 0 || id > kLargestId) fail(in_quotes(token) + " has the id " + std::to_string(id));
    if (id == previous) fail("two tokens have the id " + std::to_string(id));
    previous = id;
    const std::uint32_t hash = Tables::hash_of(token);
    auto& slot = tables->slots[tables->slot_of(token, hash)];
    if (slot.place != 0) fail(in_quotes(token) + " appears twice");
    slot = {hash, static_cast<std::uint32_t>(place + 1)};
    tables->longest = std::max(tables->longest, token.size());
  }
  return tables;
}

Vocabulary::Vocabulary(Entries entries, const std::string& label) : tables_(make_tables(std::move(entries), label)) {}

Vocabulary::Vocabulary(const Ids& ids, const std::string& label) : Vocabulary(Entries(ids.begin(), ids.end()), label) {}

std::optional<std::int64_t> Vocabulary::id(std::string_view token) const {
  const auto slot = tables_->slots[tables_->slot_of(token, Tables::hash_of(token))];
  return slot.place == 0 ? std::nullopt : std::optional(tables_->entries[slot.place - 1].second);
}

/// The memory that each of a block of tokens needs is asked for before any of it is waited for.
void Vocabulary::find_ids(std::span<const std::string_view> tokens, std::span<std::int64_t> ids) const {
  constexpr std::size_t kBlock = 64;
  std::array<std::uint32_t, kBlock> hashes{};
  const Tables& tables = *tables_;
  for (std::size_t begin = 0; begin < tokens.size(); begin += kBlock) {
    const std::size_t count = std::min(kBlock, tokens.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      hashes[i] = Tables::hash_of(tokens[begin + i]);
      __builtin_prefetch(&tables.first_slot(hashes[i]));
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (const auto place = tables.first_slot(hashes[i]).place) __builtin_prefetch(&tables.entries[place - 1]);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const auto place = tables.slots[tables.slot_of(tokens[begin + i], hashes[i])].place;
      ids[begin + i] = place == 0 ? -1 : tables.entries[place - 1].second;
    }
  }
}

const std::string* Vocabulary::token(std::int64_t id) const {
  const Entries& entries = tables_->entries;
  const auto place = static_cast<std::size_t>(id);  // mostly the ids are 0, 1, 2 and so on
  if (place < entries.size() && entries[place].second == id) return &entries[place].first;
  const auto found = std::lower_bound(entries.begin(), entries.end(), id,
                                      [](const auto& entry, std::int64_t wanted) { return entry.second < wanted; });
  return found == entries.end() || found->second != id ? nullptr : &found->first;
}

std::size_t Vocabulary::size() const { return tables_->entries.size(); }

std::size_t Vocabulary::longest_token() const { return tables_->longest; }

TokenModel::~TokenModel() = default;

}  // namespace medvlm::sdk
