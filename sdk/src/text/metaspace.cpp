// The Metaspace steps of tokenizer.json.
#include "metaspace.hpp"

#include "../checkpoint/json_text.hpp"
#include "json_part.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {

using nlohmann::json;

namespace {

/// Where a letter is put in front of the text.
enum class Prepend { always, first, never };

struct Metaspace {
  std::string letter;
  Prepend prepend = Prepend::always;
  bool split = true;
};

/// Files of early versions say add_prefix_space instead of prepend_scheme.
Metaspace read_metaspace(const json& part, const std::string& place) {
  check_keys(part, place, {"replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"});
  Metaspace step;
  step.letter = text_at(part, "replacement", place);
  if (step.letter.empty() || code_point_at(step.letter, 0).length != step.letter.size()) {
    fail_part(place, "replacement: expected one letter, found " + in_quotes(step.letter));
  }
  const std::string scheme = optional_text_at(part, "prepend_scheme", place).value_or("always");
  if (scheme != "always" && scheme != "first" && scheme != "never") {
    fail_part(place, "the prepend_scheme " + in_quotes(scheme) + " is not supported");
  }
  if (scheme == "first") step.prepend = Prepend::first;
  if (scheme == "never" || !flag_at(part, "add_prefix_space", true, place)) step.prepend = Prepend::never;
  step.split = flag_at(part, "split", true, place);
  return step;
}

/// Every letter begins a piece.
void split_before(const std::string& text, const std::string& letter, std::vector<std::string>& pieces) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(letter, begin + 1), text.size());
    pieces.push_back(text.substr(begin, end - begin));
    begin = end;
  }
}

std::string replaced(const std::string& text, std::string_view what, std::string_view with) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = std::min(text.find(what, at), text.size());
    result.append(text, at, next - at);
    if (next < text.size()) result += with;
    at = next < text.size() ? next + what.size() : next;
  }
  return result;
}

}  // namespace

PreTokenizer make_metaspace_splitter(const json& part, const std::string& place) {
  return [step = read_metaspace(part, place)](const std::vector<std::string>& pieces, bool at_start) {
    std::vector<std::string> out;
    for (const std::string& piece : pieces) {
      const bool first = at_start && &piece == &pieces.front();
      const bool prepend = step.prepend == Prepend::always || (step.prepend == Prepend::first && first);
      std::string text = replaced(piece, " ", step.letter);
      if (prepend && !text.empty() && !text.starts_with(step.letter)) text.insert(0, step.letter);
      if (step.split) {
        split_before(text, step.letter, out);
      } else if (!text.empty()) {
        out.push_back(std::move(text));
      }
    }
    return out;
  };
}

Decoder make_metaspace_decoder(const json& part, const std::string& place) {
  return [step = read_metaspace(part, place)](std::vector<std::string> tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      tokens[i] = replaced(tokens[i], step.letter, i == 0 && step.prepend != Prepend::never ? "" : " ");
    }
    return tokens;
  };
}

}  // namespace medvlm::sdk
