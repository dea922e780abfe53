#include "medvlm/sdk/chat/secret.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "encodings.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::sdk::chat {
namespace {

// Servers that need no key are given "EMPTY" or "anything": no secrets, and blotting them out would garble answers.
constexpr std::size_t kShortest = 8;
constexpr std::size_t kShortestWord = 16;
constexpr std::size_t kPrefix = 6;
constexpr std::string_view kBlot = "[key]";

bool is_secret(const std::string& key) {
  const bool word =
      std::all_of(key.begin(), key.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  return key.size() >= (word ? kShortestWord : kShortest);
}

std::string each_formatted(const std::string& text, const char* format) {
  std::string encoded;
  for (const char c : text) {
    char code[8];
    std::snprintf(code, sizeof code, format, static_cast<unsigned>(static_cast<unsigned char>(c)));
    encoded += code;
  }
  return encoded;
}

/// True if the text has the two hexadecimal digits of `c` there.
bool has_code(std::string_view text, std::size_t at, char c) {
  const char digits[] = {text[at], text[at + 1]};
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits, digits + 2, value, 16);
  return error == std::errc() && end == digits + 2 && value == static_cast<unsigned char>(c);
}

/// How many bytes of the text at `at` stand for `c`: itself, percent-encoded, or escaped as in JSON. 0: it is something
/// else.
std::size_t bytes_for(std::string_view text, std::size_t at, char c) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("\\u00") && rest.size() >= 6 && has_code(rest, 4, c)) return 6;
  if (rest.size() >= 3 && rest[0] == '%' && has_code(rest, 1, c)) return 3;
  if (rest.size() >= 2 && rest[0] == '\\' && rest[1] == c) return 2;
  return !rest.empty() && rest[0] == c ? 1 : 0;
}

/// What of the key's base64 is the same whatever follows, when `offset` bytes precede it.
std::string base64_core(const std::string& key, std::size_t offset) {
  const std::string text = to_base64(std::string(offset, '\0') + key);
  const std::size_t first = offset == 0 ? 0 : offset + 1;
  const std::size_t last = (offset + key.size()) * 8 / 6;
  return text.substr(first, last - first);
}

std::string with_url_alphabet(std::string base64) {
  std::replace(base64.begin(), base64.end(), '+', '-');
  std::replace(base64.begin(), base64.end(), '/', '_');
  return base64;
}

/// The key itself, and the forms that are not made character by character.
std::vector<std::string> whole_forms(const std::string& key) {
  std::vector<std::string> forms{key};
  for (const char* format : {"%02x", "%02X"}) forms.push_back(each_formatted(key, format));
  for (std::size_t offset = 0; offset < 3; ++offset) {
    forms.push_back(base64_core(key, offset));
    forms.push_back(with_url_alphabet(forms.back()));
  }
  return forms;
}

void replace_all(std::string& text, const std::string& part) {
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + kBlot.size())) {
    text.replace(at, part.size(), kBlot);
  }
}

/// The key as it is or encoded character by character, whole or its beginning: providers show "sk-abc12***".
std::string without_beginnings(const std::string& text, const std::string& key) {
  const std::size_t enough = key.size() >= 2 * kPrefix ? kPrefix : key.size();
  std::string clean;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t matched = 0, end = at;
    while (matched < key.size()) {
      const std::size_t bytes = bytes_for(text, end, key[matched]);
      if (bytes == 0) break;
      end += bytes;
      ++matched;
    }
    if (matched < enough) {
      clean += text[at++];
    } else {
      clean += kBlot;
      at = end;
    }
  }
  return clean;
}

}  // namespace

bool is_variable_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

Secret::Secret(std::string value) : value_(std::move(value)) {
  if (is_secret(value_)) forms_ = whole_forms(value_);
}

Secret Secret::from_environment(const std::string& name) {
  if (name.empty()) return {};
  if (!is_variable_name(name)) {
    throw Error(ErrorCode::config,
                "api_key_env is the name of an environment variable, in capital letters; what is written "
                "there is none (not shown, because it may be a key)");
  }
  const char* found = std::getenv(name.c_str());
  if (!found || !*found) {
    throw Error(ErrorCode::config, "the environment variable " + name +
                                       ", which api_key_env names, is not set; set it to the "
                                       "key of the endpoint (export " +
                                       name + "=...), or leave api_key_env out if it needs none");
  }
  Secret secret(trim(found));
  const bool printable =
      std::all_of(secret.value_.begin(), secret.value_.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!printable || secret.empty()) {
    throw Error(ErrorCode::config, "the value of the environment variable " + name +
                                       " cannot be a key: it is blank, or holds "
                                       "white space or characters beyond ASCII (not shown)");
  }
  secret.variable_ = name;
  return secret;
}

std::string Secret::redact(std::string text) const {
  if (forms_.empty()) return text;
  for (const std::string& form : forms_) replace_all(text, form);
  return without_beginnings(text, value_);
}

}  // namespace medvlm::sdk::chat
