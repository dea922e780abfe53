// What is said to a chat endpoint, and what comes back.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "medvlm/base/error.hpp"

namespace medvlm::sdk::chat {

/// A picture as it is sent.
struct Picture {
  std::string png;
  std::string sha256;  ///< of the pixels: the picture's identity in keys
};

enum class Role { system, user, assistant };

/// One turn. Its parts go in the order text, pictures, unless `pictures_first`.
struct Message {
  Role role = Role::user;
  std::string text;
  std::vector<std::shared_ptr<const Picture>> pictures = {};
  bool pictures_first = false;
};

/// One question. What is not set is left to the provider.
struct Request {
  std::vector<Message> messages;
  std::optional<std::int64_t> max_tokens = {};
  std::optional<double> temperature = {};
  std::optional<double> top_p = {};
  std::optional<std::int64_t> top_k = {};  ///< Google's API only
};

/// One answer.
struct Reply {
  std::string text;  ///< without white space at both ends
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;  ///< with those of the model's hidden reasoning
  double seconds = 0;                  ///< of the call that gave it
  std::string served_model;            ///< as the endpoint names what answered; may be empty
  std::string raw;                     ///< the body as received; the key, if it was in there, is blotted out
};

/// What an answer must look like. An answer that does not is asked for again, with the complaint's reminder.
struct Form {
  /// What is wrong with the text; empty: nothing. Called from several threads.
  std::function<std::string(const std::string& text)> complaint = {};
  std::string reminder = {};  ///< said after a malformed answer
  int reasks = 2;             ///< how often; after that the question has no answer
};

/// The outcome for one question: a reply, or why there is none.
struct Outcome {
  Reply reply = {};
  bool cached = false;
  std::optional<Error> error = {};
};

}  // namespace medvlm::sdk::chat
