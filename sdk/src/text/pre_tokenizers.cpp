// The splitters of tokenizer.json.
#include "../checkpoint/json_text.hpp"
#include "bert_text.hpp"
#include "json_part.hpp"
#include "medvlm/sdk/text/byte_letters.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "metaspace.hpp"
#include "pattern.hpp"
#include "pipeline.hpp"

namespace medvlm::sdk {

using nlohmann::json;

namespace {

using Pieces = std::vector<std::string>;

constexpr const char* kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

enum class Delimiter { removed, isolated, merged_with_previous };

Delimiter delimiter_of(const std::string& behavior, const std::string& place) {
  if (behavior == "Removed") return Delimiter::removed;
  if (behavior == "Isolated") return Delimiter::isolated;
  if (behavior == "MergedWithPrevious") return Delimiter::merged_with_previous;
  fail_part(place, "the behavior " + in_quotes(behavior) + " is not supported");
}

struct Stretch {
  std::string_view text;
  bool is_delimiter = false;
};

/// The whole text as alternating matches and gaps; `invert` makes the gaps the delimiters.
std::vector<Stretch> stretches(const Regex& regex, std::string_view text, bool invert) {
  std::vector<Stretch> parts;
  std::size_t at = 0;
  for (const auto& match : regex.matches(text)) {
    if (match.begin > at) parts.push_back({text.substr(at, match.begin - at), invert});
    parts.push_back({text.substr(match.begin, match.end - match.begin), !invert});
    at = match.end;
  }
  if (at < text.size()) parts.push_back({text.substr(at), invert});
  return parts;
}

void split_piece(const Regex& regex, const std::string& piece, Delimiter delimiter, bool invert, Pieces& out) {
  bool after_text = false;  // the last piece is text that a delimiter may join
  for (const Stretch& part : stretches(regex, piece, invert)) {
    if (part.is_delimiter && delimiter == Delimiter::removed) continue;
    if (part.is_delimiter && delimiter == Delimiter::merged_with_previous && after_text) {
      out.back() += part.text;
    } else {
      out.emplace_back(part.text);
    }
    after_text = !part.is_delimiter;
  }
}

PreTokenizer make_split(const json& part, const std::string& place) {
  check_keys(part, place, {"pattern", "behavior", "invert"});
  return [regex = make_pattern(part_at(part, "pattern", place), place),
          delimiter = delimiter_of(text_at(part, "behavior", place), place),
          invert = flag_at(part, "invert", false, place)](const Pieces& pieces, bool) {
    Pieces out;
    for (const auto& piece : pieces) split_piece(regex, piece, delimiter, invert, out);
    return out;
  };
}

PreTokenizer make_byte_level(const json& part, const std::string& place) {
  check_keys(part, place, {"add_prefix_space", "trim_offsets", "use_regex"});  // offsets are not offered here
  return [add_space = flag_at(part, "add_prefix_space", true, place),
          split = flag_at(part, "use_regex", true, place), regex = Regex(kGpt2Pattern)](Pieces pieces, bool) {
    Pieces words;
    for (auto& piece : pieces) {
      if (add_space && !piece.starts_with(' ')) piece.insert(piece.begin(), ' ');
      if (split) {
        split_piece(regex, piece, Delimiter::isolated, false, words);
      } else {
        words.push_back(std::move(piece));
      }
    }
    for (auto& word : words) word = bytes_to_letters(word);
    return words;
  };
}

/// Split at white space, which goes, and around every sign of punctuation.
Pieces split_for_bert(const Pieces& pieces, bool) {
  Pieces words;
  for (const auto& piece : pieces) {
    bool in_word = false;
    for (std::size_t at = 0; at < piece.size();) {
      const CodePoint point = code_point_at(piece, at);
      const std::string_view bytes = std::string_view(piece).substr(at, point.length);
      const bool space = is_white_space(point.value);
      const bool alone = is_bert_punctuation(point.value);
      if (in_word && !space && !alone) {
        words.back() += bytes;
      } else if (!space) {
        words.emplace_back(bytes);
      }
      in_word = !space && !alone;
      at += point.length;
    }
  }
  return words;
}

PreTokenizer make_pre_tokenizer_sequence(const json& part, const std::string& place) {
  check_keys(part, place, {"pretokenizers"});
  std::vector<PreTokenizer> steps;
  for (const auto& step : list_at(part, "pretokenizers", place)) {
    const std::string step_place = item_place(place, steps.size());
    if (!steps.empty() && step.is_object() && step.value("prepend_scheme", json()) == "first") {
      fail_part(step_place, "the prepend_scheme 'first' is not supported behind another step");
    }
    steps.push_back(make_pre_tokenizer(step, step_place));
  }
  return [steps = std::move(steps)](Pieces pieces, bool at_start) {
    for (const auto& step : steps) pieces = step(std::move(pieces), at_start);
    return pieces;
  };
}

}  // namespace

PreTokenizer make_pre_tokenizer(const json& part, const std::string& place) {
  if (part.is_null()) return [](Pieces pieces, bool) { return pieces; };
  const std::string type = part_type(part, place);
  if (type == "Sequence") return make_pre_tokenizer_sequence(part, place);
  if (type == "Split") return make_split(part, place);
  if (type == "BertPreTokenizer") {
    check_keys(part, place, {});
    return split_for_bert;
  }
  if (type == "ByteLevel") return make_byte_level(part, place);
  if (type == "Metaspace") return make_metaspace_splitter(part, place);
  if (type == "WhitespaceSplit") {
    check_keys(part, place, {});
    return [regex = Regex("\\s+")](const Pieces& pieces, bool) {
      Pieces out;
      for (const auto& piece : pieces) split_piece(regex, piece, Delimiter::removed, false, out);
      return out;
    };
  }
  fail_part(place, "the pre-tokenizer " + in_quotes(type) + " is not supported");
}

}  // namespace medvlm::sdk
