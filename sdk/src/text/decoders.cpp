// The decoders of tokenizer.json: tokens back to text.
#include <span>

#include "../checkpoint/json_text.hpp"
#include "byte_token.hpp"
#include "json_part.hpp"
#include "medvlm/sdk/text/byte_letters.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "metaspace.hpp"
#include "pattern.hpp"
#include "pipeline.hpp"

namespace medvlm::sdk {

using nlohmann::json;

namespace {

using Tokens = std::vector<std::string>;

Tokens decode_byte_level(Tokens tokens) {
  std::string bytes;
  for (const auto& token : tokens) bytes += letters_to_bytes(token);
  return {repaired_utf8(bytes)};
}

/// A run of byte tokens becomes its text, or one U+FFFD for every byte if the run is not valid as a whole.
Tokens decode_byte_fallback(Tokens tokens) {
  Tokens out;
  std::string run;
  const auto flush = [&] {
    const bool valid = !invalid_utf8_at(run);
    if (!run.empty() && valid) out.push_back(run);
    for (std::size_t i = 0; !valid && i < run.size(); ++i) out.emplace_back("\xef\xbf\xbd");
    run.clear();
  };
  for (auto& token : tokens) {
    if (const auto byte = byte_of_token(token)) {
      run += *byte;
    } else {
      flush();
      out.push_back(std::move(token));
    }
  }
  flush();
  return out;
}

Tokens fuse(Tokens tokens) {
  std::string all;
  for (const auto& token : tokens) all += token;
  return {all};
}

Decoder make_replace(const json& part, const std::string& place) {
  check_keys(part, place, {"pattern", "content"});
  return [regex = make_pattern(part_at(part, "pattern", place), place),
          content = text_at(part, "content", place)](Tokens tokens) {
    for (auto& token : tokens) token = regex.replace_all(token, content);
    return tokens;
  };
}

/// Removes up to `start` copies of `content` from each token's front and up to `stop` from its back.
Decoder make_strip(const json& part, const std::string& place) {
  check_keys(part, place, {"content", "start", "stop"});
  return [content = text_at(part, "content", place), start = id_of(part_at(part, "start", place), place),
          stop = id_of(part_at(part, "stop", place), place)](Tokens tokens) {
    for (auto& token : tokens) {
      for (std::int64_t i = 0; i < start && !content.empty() && token.starts_with(content); ++i) {
        token.erase(0, content.size());
      }
      for (std::int64_t i = 0; i < stop && !content.empty() && token.ends_with(content); ++i) {
        token.resize(token.size() - content.size());
      }
    }
    return tokens;
  };
}

struct CleanUpRule {
  std::string_view from, to;
};

std::string with_rules(std::string text, std::span<const CleanUpRule> rules) {
  for (const auto& [from, to] : rules) {
    for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

/// The clean-up of tokenizer.json's WordPiece decoder; transformers' own knows one rule less.
std::string clean_word_pieces(std::string text) {
  constexpr CleanUpRule kRules[] = {
      {" .", "."},   {" ?", "?"},   {" !", "!"},       {" ,", ","},   {" ' ", "'"},  {" n't", "n't"},
      {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  return with_rules(std::move(text), kRules);
}

/// Pieces inside a word lose their prefix, all others but the first get a space before them.
Decoder make_wordpiece(const json& part, const std::string& place) {
  check_keys(part, place, {"prefix", "cleanup"});
  return [prefix = optional_text_at(part, "prefix", place).value_or("##"),
          cleanup = flag_at(part, "cleanup", true, place)](Tokens tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      std::string& token = tokens[i];
      if (i > 0 && token.starts_with(prefix)) {
        token.erase(0, prefix.size());
      } else if (i > 0) {
        token.insert(token.begin(), ' ');
      }
      if (cleanup) token = clean_word_pieces(std::move(token));
    }
    return tokens;
  };
}

Decoder make_decoder_sequence(const json& part, const std::string& place) {
  check_keys(part, place, {"decoders"});
  std::vector<Decoder> steps;
  for (const auto& step : list_at(part, "decoders", place)) {
    steps.push_back(make_decoder(step, item_place(place, steps.size())));
  }
  return [steps = std::move(steps)](Tokens tokens) {
    for (const auto& step : steps) tokens = step(std::move(tokens));
    return tokens;
  };
}

}  // namespace

std::string without_split_spaces(std::string text) {
  constexpr CleanUpRule kRules[] = {
      {" .", "."},     {" ?", "?"},   {" !", "!"},   {" ,", ","},     {" ' ", "'"},
      {" n't", "n't"}, {" 'm", "'m"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  return with_rules(std::move(text), kRules);
}

Decoder make_decoder(const json& part, const std::string& place) {
  const std::string type = part_type(part, place);
  if (type == "Sequence") return make_decoder_sequence(part, place);
  if (type == "Replace") return make_replace(part, place);
  if (type == "WordPiece") return make_wordpiece(part, place);
  if (type == "Strip") return make_strip(part, place);
  if (type == "Metaspace") return make_metaspace_decoder(part, place);
  if (type == "ByteLevel") {
    check_keys(part, place, {"add_prefix_space", "trim_offsets", "use_regex"});  // of no meaning for a decoder
    return decode_byte_level;
  }
  if (type == "ByteFallback" || type == "Fuse") {
    check_keys(part, place, {});
    return type == "Fuse" ? Decoder(fuse) : Decoder(decode_byte_fallback);
  }
  fail_part(place, "the decoder " + in_quotes(type) + " is not supported");
}

}  // namespace medvlm::sdk
