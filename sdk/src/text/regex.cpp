// Regular expressions with Unicode classes.
#include "medvlm/sdk/text/regex.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "../checkpoint/json_text.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "newer_unicode.hpp"

namespace medvlm::sdk {
namespace {

// PCRE2's own \s lacks U+0085.
constexpr std::string_view kWhiteSpace =
    R"(\x{9}-\x{D}\x{20}\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000})";

[[noreturn]] void refuse(std::string_view pattern, const std::string& complaint) {
  throw Error(ErrorCode::checkpoint, "the regular expression " + in_quotes(pattern) + ": " + complaint);
}

/// The members of a class escape that is written out, and the number of characters of the escape.
struct Escape {
  std::string members;
  std::size_t length = 0;
  bool negated = false;
};

/// `\s`, `\S`, `\p{L}`, `\P{L}`, `\p{N}`, `\P{N}` at the front of `rest`; length 0 for anything else.
Escape find_escape(std::string_view rest) {
  for (const bool negated : {false, true}) {
    if (rest.starts_with(negated ? "\\S" : "\\s")) return {std::string(kWhiteSpace), 2, negated};
    const std::string property = negated ? "\\P{" : "\\p{";
    if (rest.starts_with(property + "L}")) return {R"(\p{L})" + std::string(kNewerLetters), 5, negated};
    if (rest.starts_with(property + "N}")) return {R"(\p{N})" + std::string(kNewerNumbers), 5, negated};
  }
  return {};
}

/// Writes white space, letters and numbers out, and refuses what PCRE2 and Oniguruma read differently.
std::string translate(std::string_view pattern) {
  std::string result;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (const Escape escape = find_escape(pattern.substr(i)); escape.length > 0) {
      if (in_class && escape.negated) {
        refuse(pattern, std::string(pattern.substr(i, escape.length)) + " inside a class is not supported");
      }
      result += in_class ? escape.members : (escape.negated ? "[^" : "[") + escape.members + "]";
      i += escape.length - 1;
      continue;
    }
    if (c == '\\' && i + 1 < pattern.size()) {
      const char next = pattern[++i];
      if (std::string_view("hHRXKNOyYG").find(next) != std::string_view::npos) {
        refuse(pattern, std::string("\\") + next + " is not supported");
      }
      result += c;
      result += next;
      continue;
    }
    if (in_class && (c == '[' || (c == '&' && pattern.substr(i).starts_with("&&")))) {
      refuse(pattern, "classes within classes are not supported");
    }
    if (c == '[') {
      in_class = true;
      result += c;
      if (pattern.substr(i + 1).starts_with('^')) result += pattern[++i];
      if (pattern.substr(i + 1).starts_with(']')) refuse(pattern, "an empty class is not supported");
      continue;
    }
    if (c == ']') in_class = false;
    result += c;
  }
  return result;
}

}  // namespace

struct Regex::Code {
  explicit Code(pcre2_code* compiled) : code(compiled) {}
  ~Code() { pcre2_code_free(code); }
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  pcre2_code* code;
};

Regex::Regex(std::string_view pattern) {
  const std::string translated = translate(pattern);
  int error = 0;
  PCRE2_SIZE at = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                                   PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error, &at, nullptr);
  if (!code) {
    PCRE2_UCHAR text[200] = {};
    pcre2_get_error_message(error, text, sizeof text);
    refuse(pattern, reinterpret_cast<const char*>(text));
  }
  code_ = std::make_shared<const Code>(code);
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // without it the interpreter is used: slower, the same matches
}

Regex Regex::literal(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (std::string_view("\\^$.[|()?*+{-]}#&~").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return Regex(pattern);
}

std::vector<Regex::Match> Regex::matches(std::string_view text) const {
  using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;
  const MatchData data(pcre2_match_data_create(1, nullptr), &pcre2_match_data_free);
  if (!data) throw std::bad_alloc();
  std::vector<Match> found;
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  std::uint32_t flags = 0;  // the first call checks the UTF-8
  for (std::size_t at = 0; at < text.size();) {
    int count = pcre2_match(code_->code, subject, text.size(), at, flags, data.get(), nullptr);
    if (count == PCRE2_ERROR_JIT_STACKLIMIT) {  // the interpreter has all of the heap
      count = pcre2_match(code_->code, subject, text.size(), at, flags | PCRE2_NO_JIT, data.get(), nullptr);
    }
    if (count == PCRE2_ERROR_NOMATCH) break;
    if (count < 0) {
      PCRE2_UCHAR why[200] = {};
      pcre2_get_error_message(count, why, sizeof why);
      throw Error(ErrorCode::data, std::string("the text cannot be split: ") + reinterpret_cast<const char*>(why));
    }
    flags = PCRE2_NO_UTF_CHECK;
    const PCRE2_SIZE* range = pcre2_get_ovector_pointer(data.get());
    if (range[1] > range[0]) {
      found.push_back({range[0], range[1]});
      at = range[1];
    } else {
      at = range[0] >= text.size() ? text.size() : range[0] + code_point_at(text, range[0]).length;
    }
  }
  return found;
}

std::string Regex::replace_all(std::string_view text, std::string_view replacement) const {
  std::string result;
  std::size_t at = 0;
  for (const Match& match : matches(text)) {
    result += text.substr(at, match.begin - at);
    result += replacement;
    at = match.end;
  }
  result += text.substr(at);
  return result;
}

}  // namespace medvlm::sdk
