#include "text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace medvlm::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// The length of the valid UTF-8 character at `at`, or 0.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0 || first > 0xF4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(at + 1);  // overlong forms, surrogates, beyond U+10FFFF
  if (first == 0xE0 && second < 0xA0) return 0;
  if (first == 0xED && second > 0x9F) return 0;
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second > 0x8F) return 0;
  return length;
}

std::string replaced(std::string_view text, auto&& replacement) {
  std::string result;
  result.reserve(text.size() + text.size() / 8);
  for (const char letter : text) {
    const std::string_view other = replacement(letter);
    if (other.empty()) {
      result += letter;
    } else {
      result += other;
    }
  }
  return result;
}

std::string formatted(const char* format, double value, int decimals) {
  std::array<char, 512> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), format, decimals, value);
  return {buffer.data(), static_cast<std::size_t>(std::min<int>(length, buffer.size() - 1))};
}

}  // namespace

std::string clean_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    const auto first = static_cast<unsigned char>(text[at]);
    const bool control = (first < 0x20 && first != '\t' && first != '\n' && first != '\r') || first == 0x7F;
    if (length == 0 || control) {
      result += kReplacement;
    } else {
      result += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return result;
}

std::string html_text(std::string_view text) {
  return replaced(clean_utf8(text), [](char letter) -> std::string_view {
    switch (letter) {
      case '&': return "&amp;";
      case '<': return "&lt;";
      case '>': return "&gt;";
      case '"': return "&quot;";
      case '\'': return "&#39;";
      default: return {};
    }
  });
}

std::string script_json(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return replaced(text, [](char letter) -> std::string_view { return letter == '<' ? "\\u003c" : std::string_view{}; });
}

std::string markdown_text(std::string_view text) {
  return replaced(clean_utf8(text), [](char letter) -> std::string_view {
    switch (letter) {
      case '|': return "\\|";
      case '\\': return "\\\\";
      case '*': return "\\*";
      case '_': return "\\_";
      case '`': return "\\`";
      case '[': return "\\[";
      case ']': return "\\]";
      case '<': return "&lt;";
      case '>': return "&gt;";
      case '\n':
      case '\r':
      case '\t': return " ";
      default: return {};
    }
  });
}

std::string latex_text(std::string_view text) {
  struct Symbol {
    std::string_view text, latex;
  };
  // Characters beyond ASCII that reports use themselves; others are left to LaTeX's UTF-8.
  static constexpr std::array kSymbols = {
      Symbol{"\u2212", "$-$"},      Symbol{"\u2013", "--"},        Symbol{"\u2020", "$\\dagger$"},
      Symbol{"\u00a7", "\\S{}"},    Symbol{"\u00d7", "$\\times$"}, Symbol{"\u2264", "$\\le$"},
      Symbol{"\u2265", "$\\ge$"},   Symbol{"\u00b7", "$\\cdot$"},  Symbol{"\u00b1", "$\\pm$"},
      Symbol{"\u2026", "\\dots{}"}, Symbol{"\u202f", "\\,"},       Symbol{"\u00a0", "~"},
      Symbol{"\u2192", "$\\to$"},   Symbol{"\ufffd", "?"},
  };
  std::string result = replaced(clean_utf8(text), [](char letter) -> std::string_view {
    switch (letter) {
      case '\\': return "\\textbackslash{}";
      case '{': return "\\{";
      case '}': return "\\}";
      case '$': return "\\$";
      case '&': return "\\&";
      case '#': return "\\#";
      case '%': return "\\%";
      case '_': return "\\_";
      case '~': return "\\textasciitilde{}";
      case '^': return "\\textasciicircum{}";
      case '<': return "\\textless{}";
      case '>': return "\\textgreater{}";
      case '\n':
      case '\r':
      case '\t': return " ";
      default: return {};
    }
  });
  for (const Symbol& symbol : kSymbols) {
    for (std::size_t at = 0; (at = result.find(symbol.text, at)) != std::string::npos; at += symbol.latex.size()) {
      result.replace(at, symbol.text.size(), symbol.latex);
    }
  }
  return result;
}

std::string csv_text(std::string_view text) {
  std::string cleaned = clean_utf8(text);
  if (!cleaned.empty() && std::string_view("=+-@").find(cleaned[0]) != std::string_view::npos) cleaned.insert(0, "'");
  if (cleaned.find_first_of(",\"\n\r") == std::string::npos) return cleaned;
  return "\"" +
         replaced(cleaned,
                  [](char letter) -> std::string_view { return letter == '"' ? "\"\"" : std::string_view{}; }) +
         "\"";
}

std::string slug(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
    const bool upper = letter >= 'A' && letter <= 'Z';
    if (plain)
      result += letter;
    else if (upper)
      result += static_cast<char>(letter - 'A' + 'a');
    else if (!result.empty() && result.back() != '-')
      result += '-';
  }
  while (!result.empty() && result.back() == '-') result.pop_back();
  return result.empty() ? "x" : result;
}

std::string decimal(double value, int decimals) {
  if (std::isnan(value)) return "\u2013";
  std::string text = formatted("%.*f", std::abs(value), decimals);
  const bool zero = text.find_first_not_of("0.") == std::string::npos;
  return value < 0 && !zero ? "\u2212" + text : text;
}

std::string signed_decimal(double value, int decimals) {
  const std::string text = decimal(value, decimals);
  const bool zero = text.find_first_not_of("0.") == std::string::npos;
  return value > 0 && !zero ? "+" + text : text;
}

std::string exact(double value) {
  if (!std::isfinite(value)) return "";
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

std::string grouped(long long value) {
  std::string digits = std::to_string(value < 0 ? -value : value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, "\u202f");
  }
  return value < 0 ? "\u2212" + digits : digits;
}

std::string p_text(double p) {
  if (std::isnan(p)) return "\u2013";
  return p < 0.001 ? "< 0.001" : decimal(p, 3);
}

std::string amount(double count) {
  if (std::isnan(count) || count <= 0) return "\u2013";
  if (count < 1e3) return decimal(count, 0);
  if (count < 1e6) return decimal(count / 1e3, count < 1e4 ? 2 : 1) + " k";
  if (count < 1e9) return decimal(count / 1e6, count < 1e7 ? 2 : 1) + " M";
  return decimal(count / 1e9, 2) + " B";
}

std::string duration(double seconds) {
  if (std::isnan(seconds) || seconds <= 0) return "\u2013";
  if (seconds < 1) return decimal(seconds * 1000, 0) + " ms";
  if (seconds < 60) return decimal(seconds, 1) + " s";
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return grouped(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

std::string bytes_text(double bytes) {
  if (std::isnan(bytes) || bytes <= 0) return "\u2013";
  if (bytes < 1024) return decimal(bytes, 0) + " B";
  if (bytes < 1024.0 * 1024) return decimal(bytes / 1024, 1) + " KiB";
  if (bytes < 1024.0 * 1024 * 1024) return decimal(bytes / (1024.0 * 1024), 1) + " MiB";
  return decimal(bytes / (1024.0 * 1024 * 1024), 2) + " GiB";
}

}  // namespace medvlm::report
