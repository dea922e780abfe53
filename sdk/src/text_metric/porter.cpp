#include "medvlm/sdk/text_metric/porter.hpp"

#include <array>
#include <cstddef>
#include <initializer_list>
#include <utility>

namespace medvlm::sdk {
namespace {

bool is_consonant(std::string_view word, std::size_t at) {
  switch (word[at]) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u': return false;
    case 'y': break;
    default: return true;
  }
  // A y is a consonant at the start and after a vowel, and ys in a row take turns.
  std::size_t first = at;
  while (first > 0 && word[first - 1] == 'y') --first;
  const bool first_is = first == 0 || !is_consonant(word, first - 1);
  return (at - first) % 2 == 0 ? first_is : !first_is;
}

/// m in [C](VC)^m[V].
int porter_measure(std::string_view stem) {
  int measure = 0;
  bool after_vowel = false;
  for (std::size_t i = 0; i < stem.size(); ++i) {
    const bool consonant = is_consonant(stem, i);
    measure += consonant && after_vowel ? 1 : 0;
    after_vowel = !consonant;
  }
  return measure;
}

bool has_vowel(std::string_view stem) {
  for (std::size_t i = 0; i < stem.size(); ++i) {
    if (!is_consonant(stem, i)) return true;
  }
  return false;
}

bool ends_in_double_consonant(std::string_view word) {
  const std::size_t n = word.size();
  return n >= 2 && word[n - 1] == word[n - 2] && is_consonant(word, n - 1);
}

/// *o of the paper (consonant, vowel, consonant other than w, x, y), or NLTK's two-letter "vowel, consonant".
bool ends_cvc(std::string_view word) {
  const std::size_t n = word.size();
  if (n == 2) return !is_consonant(word, 0) && is_consonant(word, 1);
  if (n < 3 || !is_consonant(word, n - 3) || is_consonant(word, n - 2) || !is_consonant(word, n - 1)) return false;
  return word[n - 1] != 'w' && word[n - 1] != 'x' && word[n - 1] != 'y';
}

std::string_view cut_end(std::string_view word, std::size_t count) { return word.substr(0, word.size() - count); }

std::string with_end(std::string_view word, std::size_t count, std::string_view replacement) {
  return std::string(cut_end(word, count)).append(replacement);
}

struct SuffixRule {
  std::string_view suffix;
  std::string_view replacement;
};

/// The first suffix that the word ends in decides, whether its condition (measure of the stem above `above`) holds or
/// not. False if the word has none of them.
template <typename Rules>
bool apply_suffixes(std::string& word, const Rules& rules, int above) {
  for (const SuffixRule& rule : rules) {
    if (!word.ends_with(rule.suffix)) continue;
    if (porter_measure(cut_end(word, rule.suffix.size())) > above) {
      word = with_end(word, rule.suffix.size(), rule.replacement);
    }
    return true;
  }
  return false;
}

std::string porter_step_1a(std::string word) {
  if (word.ends_with("ies")) return with_end(word, word.size() == 4 ? 1 : 2, "");
  if (word.ends_with("sses")) return with_end(word, 2, "");
  if (word.ends_with("ss") || !word.ends_with("s")) return word;
  return with_end(word, 1, "");
}

/// After "ed" or "ing" was taken off.
std::string porter_repair(std::string stem) {
  if (stem.ends_with("at") || stem.ends_with("bl") || stem.ends_with("iz")) return stem + "e";
  if (ends_in_double_consonant(stem)) {
    const char last = stem.back();
    return last == 'l' || last == 's' || last == 'z' ? stem : with_end(stem, 1, "");
  }
  return porter_measure(stem) == 1 && ends_cvc(stem) ? stem + "e" : stem;
}

std::string porter_step_1b(std::string word) {
  if (word.ends_with("ied")) return with_end(word, word.size() == 4 ? 1 : 2, "");
  if (word.ends_with("eed")) return porter_measure(cut_end(word, 3)) > 0 ? with_end(word, 1, "") : word;
  for (const std::string_view suffix : {"ed", "ing"}) {
    if (word.ends_with(suffix) && has_vowel(cut_end(word, suffix.size()))) {
      return porter_repair(with_end(word, suffix.size(), ""));
    }
  }
  return word;
}

std::string porter_step_1c(std::string word) {
  const std::size_t n = word.size();
  return n > 2 && word.ends_with("y") && is_consonant(word, n - 2) ? with_end(word, 1, "i") : word;
}

std::string porter_step_2(std::string word) {
  static constexpr std::array<SuffixRule, 21> kRules{
      {{"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"},    {"anci", "ance"},   {"izer", "ize"},
       {"bli", "ble"},     {"alli", "al"},     {"entli", "ent"},    {"eli", "e"},       {"ousli", "ous"},
       {"ization", "ize"}, {"ation", "ate"},   {"ator", "ate"},     {"alism", "al"},    {"iveness", "ive"},
       {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},     {"iviti", "ive"},   {"biliti", "ble"},
       {"fulli", "ful"}}};
  while (word.ends_with("alli") && porter_measure(cut_end(word, 4)) > 0) word = with_end(word, 2, "");
  if (apply_suffixes(word, kRules, 0)) return word;
  // The l counts for the stem, so that "geologi" becomes "geolog".
  return word.ends_with("logi") && porter_measure(cut_end(word, 3)) > 0 ? with_end(word, 1, "") : word;
}

std::string porter_step_3(std::string word) {
  static constexpr std::array<SuffixRule, 7> kRules{{{"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"},
                                                     {"ical", "ic"},  {"ful", ""},   {"ness", ""}}};
  apply_suffixes(word, kRules, 0);
  return word;
}

std::string porter_step_4(std::string word) {
  static constexpr std::array<SuffixRule, 11> kBeforeIon{
      {{"al", ""}, {"ance", ""}, {"ence", ""}, {"er", ""}, {"ic", ""}, {"able", ""}, {"ible", ""}, {"ant", ""},
       {"ement", ""}, {"ment", ""}, {"ent", ""}}};
  static constexpr std::array<SuffixRule, 7> kAfterIon{
      {{"ou", ""}, {"ism", ""}, {"ate", ""}, {"iti", ""}, {"ous", ""}, {"ive", ""}, {"ize", ""}}};
  if (apply_suffixes(word, kBeforeIon, 1)) return word;
  if (word.ends_with("ion")) {
    const std::string_view stem = cut_end(word, 3);
    const bool fits = porter_measure(stem) > 1 && (stem.back() == 's' || stem.back() == 't');
    return fits ? std::string(stem) : word;
  }
  apply_suffixes(word, kAfterIon, 1);
  return word;
}

std::string porter_step_5(std::string word) {
  if (word.ends_with("e")) {
    const std::string_view stem = cut_end(word, 1);
    const int measure = porter_measure(stem);
    if (measure > 1 || (measure == 1 && !ends_cvc(stem))) word = std::string(stem);
  }
  return word.ends_with("ll") && porter_measure(cut_end(word, 1)) > 1 ? with_end(word, 1, "") : word;
}

/// Null for a word that is not irregular.
const char* irregular_stem(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 16> kForms{
      {{"sky", "sky"},       {"skies", "sky"},       {"dying", "die"},     {"lying", "lie"},
       {"tying", "tie"},     {"news", "news"},       {"innings", "inning"}, {"inning", "inning"},
       {"outings", "outing"}, {"outing", "outing"},  {"cannings", "canning"}, {"canning", "canning"},
       {"howe", "howe"},     {"proceed", "proceed"}, {"exceed", "exceed"}, {"succeed", "succeed"}}};
  for (const auto& [form, stem] : kForms) {
    if (form == word) return stem;
  }
  return nullptr;
}

}  // namespace

std::string porter_stem(std::string_view word) {
  if (const char* stem = irregular_stem(word)) return stem;
  if (word.size() <= 2) return std::string(word);
  return porter_step_5(porter_step_4(porter_step_3(porter_step_2(
      porter_step_1c(porter_step_1b(porter_step_1a(std::string(word))))))));
}

}  // namespace medvlm::sdk
