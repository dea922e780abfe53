// Plugins that ask the stub server.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "built_plugins.hpp"
#include "stub_chat_server.hpp"
#include "temporary_folder.hpp"

namespace medvlm::test {

/// The options of an endpoint, quick ones.
inline Value::Table endpoint(const StubChatServer& server, Value::Table more = {}) {
  Value::Table options{
      {"base_url", Value(server.url())}, {"model", Value("stub")}, {"tries", Value(2)}, {"timeout", Value(20.0)}};
  for (auto& [name, value] : more) options[name] = std::move(value);
  return options;
}

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// What the action throws: its code and message. Internal without an error.
template <class Action>
std::pair<ErrorCode, std::string> thrown_by(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ErrorCode::internal, "no error"};
}

}  // namespace medvlm::test
