// Settings and requests for tests with the stub server, which wait for nothing longer than they must.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "medvlm/sdk/chat/client.hpp"
#include "stub_chat_server.hpp"
#include "temporary_folder.hpp"

namespace medvlm::test {

inline sdk::chat::Settings quick_settings(const StubChatServer& server, sdk::chat::Api api = sdk::chat::Api::openai) {
  sdk::chat::Settings settings;
  settings.api = api;
  settings.base_url = server.url();
  settings.model = "stub";
  settings.timeout = 20;
  settings.tries = 4;
  settings.first_backoff = 0.001;
  settings.longest_backoff = 0.01;
  return settings;
}

inline sdk::chat::Request request_of(const std::string& text) { return {{{sdk::chat::Role::user, text}}}; }

inline sdk::chat::Outcome ask_once(sdk::chat::Client& client, const sdk::chat::Request& request,
                                   const sdk::chat::Form& form = {}, sdk::chat::ReplyStore* store = nullptr) {
  return client.ask(std::span(&request, 1), form, store).outcomes.at(0);
}

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace medvlm::test
