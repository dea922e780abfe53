// The tokenizer pipeline of a SentencePiece model file, step by step as the SentencePiece library runs it.
#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "../checkpoint/json_text.hpp"
#include "byte_token.hpp"
#include "charsmap.hpp"
#include "json_part.hpp"
#include "medvlm/sdk/text/bpe.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "medvlm/sdk/text/unigram.hpp"
#include "pipeline.hpp"
#include "prefix_index.hpp"
#include "sentencepiece_file.hpp"

namespace medvlm::sdk {
namespace {

using Type = SentencePieceFile::PieceType;
constexpr std::string_view kSpaceSymbol = "\xe2\x96\x81";  // U+2581
constexpr std::string_view kUnreadable = "\xef\xbf\xbd";  // U+FFFD

std::vector<PrefixIndex::Entry> user_defined(const SentencePieceFile& file) {
  std::vector<PrefixIndex::Entry> entries;
  for (std::size_t id = 0; id < file.pieces.size(); ++id) {
    const auto& piece = file.pieces[id];
    if (piece.type == Type::user_defined) entries.emplace_back(piece.text, static_cast<std::int64_t>(id));
  }
  return entries;
}

PrefixIndex::Entry longest_symbol(const PrefixIndex& symbols, std::string_view text) {
  PrefixIndex::Entry found{"", -1};
  symbols.search(text, [&](std::size_t length, std::int64_t id) { found = {std::string(text.substr(0, length)), id}; });
  return found;
}

/// Normalizer::Normalize of the library.
class SentencePieceNormalizer {
 public:
  SentencePieceNormalizer(const SentencePieceFile& file, const std::string& place)
      : map_(file.charsmap, place),
        symbols_(user_defined(file)),
        prefix_(file.add_dummy_prefix),
        squeeze_(file.remove_extra_whitespaces),
        space_(file.escape_whitespaces ? kSpaceSymbol : " ") {}

  std::string operator()(const std::string& text) const {
    std::string_view rest = text;
    while (squeeze_ && !rest.empty()) {
      const auto [replacement, length] = next(rest);
      if (replacement != " ") break;
      rest.remove_prefix(length);
    }
    std::string out;
    if (rest.empty()) return out;
    if (prefix_) out += space_;
    bool after_space = squeeze_;
    while (!rest.empty()) {
      auto [replacement, length] = next(rest);
      while (after_space && replacement.starts_with(' ')) replacement.remove_prefix(1);
      for (const char c : replacement) {
        if (c == ' ') {
          out += space_;
        } else {
          out += c;
        }
      }
      if (!replacement.empty()) after_space = squeeze_ && replacement.ends_with(' ');
      rest.remove_prefix(length);
    }
    while (squeeze_ && out.ends_with(space_)) out.resize(out.size() - space_.size());
    return out;
  }

 private:
  struct Step {
    std::string_view replacement;
    std::size_t length;
  };
  Step next(std::string_view text) const {
    if (const std::size_t length = longest_symbol(symbols_, text).first.size()) return {text.substr(0, length), length};
    if (const auto rule = map_.longest(text)) return {rule->replacement, rule->length};
    const std::size_t length = code_point_at(text, 0).length;
    return {text.substr(0, length), length};
  }

  CharsMap map_;
  PrefixIndex symbols_;
  bool prefix_, squeeze_;
  std::string_view space_;
};

/// Byte pairs between the user-defined symbols, which are taken whole wherever they occur.
class BpeAroundSymbols final : public TokenModel {
 public:
  BpeAroundSymbols(std::unique_ptr<const Bpe> bpe, PrefixIndex symbols)
      : TokenModel(bpe->vocabulary()), bpe_(std::move(bpe)), symbols_(std::move(symbols)) {}

  void encode(std::string_view word, std::vector<std::int64_t>& ids) const override {
    std::size_t covered = 0;
    for (std::size_t at = 0; at < word.size();) {
      const auto [symbol, id] = longest_symbol(symbols_, word.substr(at));
      if (symbol.empty()) {
        at += code_point_at(word, at).length;
        continue;
      }
      bpe_->encode(word.substr(covered, at - covered), ids);
      ids.push_back(id);
      at += symbol.size();
      covered = at;
    }
    bpe_->encode(word.substr(covered), ids);
  }

 private:
  std::unique_ptr<const Bpe> bpe_;
  PrefixIndex symbols_;
};

std::optional<std::int64_t> unknown_id(const SentencePieceFile& file) {
  for (std::size_t id = 0; id < file.pieces.size(); ++id) {
    if (file.pieces[id].type == Type::unknown) return static_cast<std::int64_t>(id);
  }
  return std::nullopt;
}

std::unique_ptr<const TokenModel> make_unigram(const SentencePieceFile& file, const std::string& place) {
  std::vector<UnigramPiece> pieces;
  for (const auto& piece : file.pieces) {
    auto use = UnigramPiece::Use::never;
    if (piece.type == Type::normal) use = UnigramPiece::Use::normal;
    if (piece.type == Type::user_defined) use = UnigramPiece::Use::user_defined;
    pieces.push_back({piece.text, piece.score, use});
  }
  return std::make_unique<const Unigram>(std::move(pieces), UnigramOptions{unknown_id(file), file.byte_fallback, true},
                                         place);
}

/// Every way to make a piece of two others; pieces of equal score have equal rank.
void collect_merges(const SentencePieceFile& file, const Vocabulary& normal, Bpe::Merges& merges,
                    std::vector<std::uint32_t>& ranks) {
  std::set<float, std::greater<>> scores;
  for (const auto& piece : file.pieces) {
    if (piece.type == Type::normal) scores.insert(piece.score);
  }
  std::map<float, std::uint32_t> rank_of;
  for (const float score : scores) rank_of.emplace(score, static_cast<std::uint32_t>(rank_of.size()));
  for (const auto& piece : file.pieces) {
    if (piece.type != Type::normal) continue;
    for (std::size_t at = code_point_at(piece.text, 0).length; at < piece.text.size();) {
      const std::string_view text = piece.text;
      if (normal.id(text.substr(0, at)) && normal.id(text.substr(at))) {
        merges.emplace_back(text.substr(0, at), text.substr(at));
        ranks.push_back(rank_of.at(piece.score));
      }
      at += code_point_at(piece.text, at).length;
    }
  }
}

std::unique_ptr<const TokenModel> make_bpe(const SentencePieceFile& file, const std::string& place) {
  Vocabulary::Ids ids, normal;
  for (std::size_t id = 0; id < file.pieces.size(); ++id) {
    const auto& piece = file.pieces[id];
    if (piece.text.empty() || !ids.emplace(piece.text, static_cast<std::int64_t>(id)).second) {
      fail_part(place, "piece " + std::to_string(id) + ": " + in_quotes(piece.text) + " is empty or appears twice");
    }
    if (piece.type == Type::unused) fail_part(place, "pieces of the type UNUSED are not supported in a BPE model");
    if (piece.type == Type::normal) normal.emplace(piece.text, static_cast<std::int64_t>(id));
  }
  Bpe::Merges merges;
  BpeOptions options;
  collect_merges(file, {std::move(normal), place}, merges, options.ranks);
  if (const auto unknown = unknown_id(file)) options.unk_token = file.pieces[static_cast<std::size_t>(*unknown)].text;
  options.fuse_unk = true;
  options.byte_fallback = file.byte_fallback;
  auto bpe = std::make_unique<const Bpe>(Vocabulary(std::move(ids), place), merges, std::move(options), place);
  return std::make_unique<const BpeAroundSymbols>(std::move(bpe), PrefixIndex(user_defined(file)));
}

/// SentencePieceProcessor::Decode of the library.
class SentencePieceDecoder {
 public:
  SentencePieceDecoder(const SentencePieceFile& file, Vocabulary vocabulary)
      : vocabulary_(std::move(vocabulary)),
        drops_space_(file.add_dummy_prefix || file.remove_extra_whitespaces),
        drops_all_spaces_(file.remove_extra_whitespaces),
        unknown_surface_(file.unknown_surface) {
    for (const auto& piece : file.pieces) {
      if (piece.type != Type::normal) types_.emplace(piece.text, piece.type);
    }
  }

  std::vector<std::string> operator()(const std::vector<std::string>& tokens) const {
    std::string text, bytes;
    bool at_start = true;
    bool space_dropped = false;
    for (const std::string& token : tokens) {
      const auto type = types_.find(token);
      if (type != types_.end() && type->second == Type::byte) {
        bytes += byte_of_token(token).value_or('?');
        continue;
      }
      append_bytes(bytes, text);
      if (space_dropped || !text.empty()) at_start = false;
      if (type != types_.end() && type->second == Type::control) {
        space_dropped = false;
      } else if (type != types_.end() && type->second == Type::unknown) {
        text += unknown_surface_;
        space_dropped = false;
      } else if (!vocabulary_.id(token)) {
        text += token;  // no piece, but what a caller made of one
        space_dropped = false;
      } else {
        space_dropped = append_piece(token, at_start, text);
      }
    }
    append_bytes(bytes, text);
    return {text};
  }

 private:
  bool append_piece(std::string_view piece, bool at_start, std::string& text) const {
    const bool dropped = at_start && drops_space_ && piece.starts_with(kSpaceSymbol);
    if (dropped) piece.remove_prefix(kSpaceSymbol.size());
    for (std::size_t at = 0; at < piece.size();) {
      const bool space = piece.substr(at).starts_with(kSpaceSymbol);
      text += space ? ' ' : piece[at];
      at += space ? kSpaceSymbol.size() : 1;
    }
    return dropped && !drops_all_spaces_;
  }

  /// Valid UTF-8 as it is, U+FFFD for every other byte.
  static void append_bytes(std::string& bytes, std::string& text) {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::string_view next = std::string_view(bytes).substr(at, 4);
      const bool valid = invalid_utf8_at(next) != 0u;
      const std::size_t length = valid ? code_point_at(next, 0).length : 1;
      text += valid ? next.substr(0, length) : kUnreadable;
      at += length;
    }
    bytes.clear();
  }

  Vocabulary vocabulary_;
  std::map<std::string, Type, std::less<>> types_;
  bool drops_space_, drops_all_spaces_;
  std::string unknown_surface_;
};

}  // namespace

PipelineParts sentencepiece_parts(const SentencePieceFile& model, const std::filesystem::path& file) {
  const std::string place = file.string();
  if (model.whitespace_as_suffix) fail_part(place, "white space as a suffix is not supported");
  if (!model.denormalizer_charsmap.empty()) fail_part(place, "a denormaliser is not supported");
  PipelineParts parts;
  parts.file = file;
  switch (model.model) {
    case SentencePieceFile::ModelType::unigram: parts.model = make_unigram(model, place); break;
    case SentencePieceFile::ModelType::bpe: parts.model = make_bpe(model, place); break;
    default: fail_part(place, "it is neither a unigram nor a BPE model; others are not supported");
  }
  parts.normalizer = SentencePieceNormalizer(model, place);
  parts.pre_tokenizer = [](std::vector<std::string> pieces, bool) { return pieces; };
  parts.decoder = SentencePieceDecoder(model, parts.model->vocabulary());
  return parts;
}

PipelineParts sentencepiece_parts(const std::filesystem::path& file) {
  return sentencepiece_parts(read_sentencepiece_file(file), file);
}

}  // namespace medvlm::sdk
