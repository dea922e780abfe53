// The normalisers of tokenizer.json.
#include "../checkpoint/json_text.hpp"
#include "base64.hpp"
#include "bert_text.hpp"
#include "charsmap.hpp"
#include "json_part.hpp"
#include "medvlm/sdk/text/regex.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "pattern.hpp"
#include "pipeline.hpp"

namespace medvlm::sdk {

using nlohmann::json;

namespace {

Normalizer make_replacement(const json& part, const std::string& place) {
  check_keys(part, place, {"pattern", "content"});
  return [regex = make_pattern(part_at(part, "pattern", place), place),
          content = text_at(part, "content", place)](std::string text) { return regex.replace_all(text, content); };
}

Normalizer make_bert_normalizer(const json& part, const std::string& place) {
  check_keys(part, place, {"clean_text", "handle_chinese_chars", "strip_accents", "lowercase"});
  const bool lower = flag_at(part, "lowercase", true, place);
  const auto accents = part.find("strip_accents");
  const bool strip = accents == part.end() || accents->is_null() ? lower : flag_at(part, "strip_accents", lower, place);
  const bool clean = flag_at(part, "clean_text", true, place);
  const bool space_ideographs = flag_at(part, "handle_chinese_chars", true, place);
  return [clean, space_ideographs, strip, lower](std::string text) {
    if (clean) text = clean_bert_text(text);
    if (space_ideographs) text = space_bert_ideographs(text);
    if (strip) text = strip_bert_accents(text);
    return lower ? to_lower(text) : text;
  };
}

Normalizer make_sequence_normalizer(const json& part, const std::string& place) {
  check_keys(part, place, {"normalizers"});
  std::vector<Normalizer> steps;
  for (const auto& step : list_at(part, "normalizers", place)) {
    steps.push_back(make_normalizer(step, item_place(place, steps.size())));
  }
  return [steps = std::move(steps)](std::string text) {
    for (const auto& step : steps) text = step(std::move(text));
    return text;
  };
}

/// White space at the ends.
Normalizer make_stripper(const json& part, const std::string& place) {
  check_keys(part, place, {"strip_left", "strip_right"});
  return [left = flag_at(part, "strip_left", true, place),
          right = flag_at(part, "strip_right", true, place)](std::string text) { return stripped(text, left, right); };
}

}  // namespace

Normalizer make_normalizer(const json& part, const std::string& place) {
  if (part.is_null()) return [](std::string text) { return text; };
  const std::string type = part_type(part, place);
  if (type == "Sequence") return make_sequence_normalizer(part, place);
  if (type == "Replace") return make_replacement(part, place);
  if (type == "BertNormalizer") return make_bert_normalizer(part, place);
  if (type == "NFC") {
    check_keys(part, place, {});
    return [](std::string text) { return to_nfc(text); };
  }
  if (type == "Lowercase") {
    check_keys(part, place, {});
    return [](std::string text) { return to_lower(text); };
  }
  if (type == "Prepend") {
    check_keys(part, place, {"prepend"});
    return [prefix = text_at(part, "prepend", place)](std::string text) { return text.empty() ? text : prefix + text; };
  }
  if (type == "Strip") return make_stripper(part, place);
  if (type == "Precompiled") {
    check_keys(part, place, {"precompiled_charsmap"});
    const std::string blob = from_base64(text_at(part, "precompiled_charsmap", place), place + ": precompiled_charsmap");
    return [map = CharsMap(blob, place)](std::string text) { return apply_by_grapheme(map, text); };
  }
  fail_part(place, "the normalizer " + in_quotes(type) + " is not supported");
}

}  // namespace medvlm::sdk
