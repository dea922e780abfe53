// A key in the forms in which it might leak.
#pragma once

#include <cctype>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

namespace medvlm::test {

inline std::string base64_of(const std::string& bytes) {
  static const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = held << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) text += digits[held >> (bits - 6) & 63];
  }
  if (bits > 0) text += digits[held << (6 - bits) & 63];
  return text;
}

inline std::string each_as(const std::string& text, const char* format) {
  std::string encoded;
  for (const char c : text) {
    char code[8];
    std::snprintf(code, sizeof code, format, static_cast<unsigned>(static_cast<unsigned char>(c)));
    encoded += code;
  }
  return encoded;
}

inline std::string percent_encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) encoded += std::isalnum(static_cast<unsigned char>(c)) ? std::string(1, c) : each_as({c}, "%%%02X");
  return encoded;
}

/// By name. The base64 forms lack the last digit, which depends on what follows.
inline std::map<std::string, std::string> key_forms(const std::string& key) {
  const std::string json = nlohmann::json(key).dump();
  const std::string plain64 = base64_of(key), bearer64 = base64_of("Bearer " + key);
  return {{"raw", key},
          {"quoted", json.substr(1, json.size() - 2)},
          {"unicode escapes", each_as(key, "\\u%04x")},
          {"percent", percent_encoded(key)},
          {"percent, every character", each_as(key, "%%%02x")},
          {"base64", plain64.substr(0, key.size() * 8 / 6)},
          {"base64 of the header", bearer64.substr(10, (key.size() + 1) * 8 / 6 - 2)},
          {"hexadecimal", each_as(key, "%02x")},
          {"capital hexadecimal", each_as(key, "%02X")},
          {"beginning", key.substr(0, key.size() / 2)}};
}

}  // namespace medvlm::test
