#include "siglip_text.hpp"

#include <algorithm>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::siglip {
namespace {

using sdk::HfConfig;

constexpr std::string_view kSpaceSymbol = "\xe2\x96\x81";  // U+2581, SentencePiece's visible space

bool is_python_space(char32_t c) { return (c >= 0x1c && c <= 0x1f) || sdk::is_white_space(c); }

bool is_ascii_punctuation(char32_t c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

std::string_view without_space_before(std::string_view text) {
  while (!text.empty()) {
    const auto point = sdk::code_point_at(text, 0);
    if (!is_python_space(point.value)) break;
    text.remove_prefix(point.length);
  }
  return text;
}

std::string_view without_space_after(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = sdk::code_point_at(text, at);
    at += point.length;
    if (!is_python_space(point.value)) end = at;
  }
  return text.substr(0, end);
}

/// The text of a role ("eos_token"), which is a string or a table with "content".
std::string token_text(const HfConfig& config, const std::string& role, const std::string& fallback) {
  if (!config.has(role)) return fallback;
  return config.type_of(role) == "table" ? config.text(role + ".content") : config.text(role);
}

std::string with_leading_symbol(std::string_view text) {
  std::string result(kSpaceSymbol);
  for (std::size_t at = 0; at < text.size();) {
    const bool symbol = text.substr(at).starts_with(kSpaceSymbol);
    result += symbol ? ' ' : text[at];
    at += symbol ? kSpaceSymbol.size() : 1;
  }
  return result;
}

}  // namespace

std::string clean_text(std::string_view text, bool lower_case) {
  const std::string lower = lower_case ? sdk::to_lower_in_context(text) : std::string(text);
  std::string clean;
  bool space = false;
  for (std::size_t at = 0; at < lower.size();) {
    const auto point = sdk::code_point_at(lower, at);
    if (is_python_space(point.value)) {
      space = true;
    } else if (!is_ascii_punctuation(point.value)) {
      if (space && !clean.empty()) clean += ' ';
      space = false;
      clean += lower.substr(at, point.length);
    }
    at += point.length;
  }
  return clean;
}

SiglipText::SiglipText(const std::filesystem::path& folder)
    : sentencepiece_(std::filesystem::exists(folder / "spiece.model")),
      tokenizer_(sentencepiece_ ? sdk::Tokenizer::from_file(folder / "spiece.model")
                                : sdk::Tokenizer::from_folder(folder)) {
  read_specials(folder);
}

void SiglipText::read_specials(const std::filesystem::path& folder) {
  const auto file = folder / "tokenizer_config.json";
  const bool present = std::filesystem::exists(file);
  const HfConfig config = present ? HfConfig::from_file(file) : HfConfig::from_text("{}", file.string());
  // A number, because "no limit" is written as 1000000000000000019884624838656.
  longest_ = static_cast<std::int64_t>(std::min(config.number("model_max_length", 64), 1e9));
  if (longest_ < 1) config.fail("model_max_length", "must be positive");
  lower_case_ = config.flag("do_lower_case", true);
  unknown_ = token_text(config, "unk_token", "<unk>");
  const HfConfig added = config.object_or_empty("added_tokens_decoder");
  for (const std::string& key : added.keys()) {
    const HfConfig token = added.object(key);
    specials_.push_back({token.text("content"), special_id(token.text("content")), token.flag("lstrip", false),
                         token.flag("rstrip", false)});
  }
  const std::string end = token_text(config, "eos_token", "</s>");
  const std::string pad = token_text(config, "pad_token", "</s>");
  for (const std::string& role : {end, pad, unknown_}) {
    const auto same = [&](const Special& special) { return special.text == role; };
    if (sentencepiece_ && std::none_of(specials_.begin(), specials_.end(), same)) {
      specials_.push_back({role, special_id(role)});
    }
  }
  end_ = special_id(end);
  pad_ = special_id(pad);
}

std::int64_t SiglipText::special_id(const std::string& text) const { return tokenizer_.id(text); }

const SiglipText::Special* SiglipText::special_at(std::string_view text) const {
  const Special* longest = nullptr;
  for (const Special& special : specials_) {
    if (special.text.empty() || !text.starts_with(special.text)) continue;
    if (!longest || special.text.size() > longest->text.size()) longest = &special;
  }
  return longest;
}

void SiglipText::encode_part(std::string_view part, std::vector<std::int64_t>& ids) const {
  // The library would strip a leading space; the reference writes the unknown token in front and drops its pieces again.
  const std::size_t front = tokenizer_.encode(unknown_).size();
  const auto pieces = tokenizer_.encode(unknown_ + clean_text(part, lower_case_));
  const std::size_t dropped = pieces.size() >= front ? front : 0;
  ids.insert(ids.end(), pieces.begin() + static_cast<std::ptrdiff_t>(dropped), pieces.end());
}

std::vector<std::int64_t> SiglipText::encode(const std::string& text, std::int64_t context) const {
  if (!sentencepiece_) return tokenizer_.encode(text);
  if (const auto bad = sdk::invalid_utf8_at(text)) {
    throw Error(ErrorCode::data, "the text is not valid UTF-8 (byte " + std::to_string(*bad) + ")");
  }
  const std::string marked = with_leading_symbol(text);
  std::vector<std::int64_t> ids;
  std::string_view rest = marked;
  const Special* before = nullptr;
  bool first_is_symbol_alone = false;
  for (bool first = true; first || !rest.empty(); first = false) {
    std::size_t at = 0;
    const Special* special = nullptr;
    while (at < rest.size() && !(special = special_at(rest.substr(at)))) ++at;
    std::string_view part = rest.substr(0, at);
    if (before && before->strip_right) part = without_space_before(part);
    if (special && special->strip_left) part = without_space_after(part);
    if (!part.empty()) encode_part(part, ids);
    if (first) first_is_symbol_alone = special && ids.size() == 1 && tokenizer_.find_id(kSpaceSymbol) == ids.front();
    if (special) ids.push_back(special->id);
    rest.remove_prefix(special ? at + special->text.size() : at);
    before = special;
  }
  if (first_is_symbol_alone) ids.erase(ids.begin());
  const auto kept = static_cast<std::size_t>(std::max<std::int64_t>(context - 1, 0));
  if (ids.size() > kept) ids.resize(kept);
  if (ids.empty() || ids.back() != end_) ids.push_back(end_);
  return ids;
}

at::Tensor SiglipText::tokenize(std::span<const std::string> texts, std::int64_t context, sdk::PadTo pad_to) const {
  std::vector<std::vector<std::int64_t>> ids;
  for (const std::string& text : texts) ids.push_back(encode(text, context));
  return sdk::pad_and_truncate(ids, context, pad_, true, pad_to).input_ids;
}

}  // namespace medvlm::siglip
