// Asks a chat endpoint many questions: paced, retried, kept, counted.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "medvlm/sdk/chat/message.hpp"
#include "medvlm/sdk/chat/reply_store.hpp"
#include "medvlm/sdk/chat/settings.hpp"

namespace medvlm::sdk::chat {

/// What asking came to.
struct Usage {
  std::int64_t questions = 0;     ///< answered + cached + failed
  std::int64_t answered = 0;      ///< by calls, well formed
  std::int64_t cached = 0;        ///< without a call, equal questions of one batch included
  std::int64_t failed = 0;
  std::int64_t calls = 0;         ///< sent, whatever came back
  std::int64_t rate_limited = 0;  ///< calls turned away with 429
  std::int64_t malformed = 0;     ///< replies that did not have the form asked for
  std::int64_t prompt_tokens = 0, completion_tokens = 0;  ///< of all replies to calls
  double cost = 0;                ///< of these tokens, by the prices of the settings
  std::set<std::string> served_models;

  MEDVLM_API Usage& operator+=(const Usage& other);
};

/// "12 questions: 10 answered, 2 from the cache; 11 calls, 3,456 + 78 tokens, cost 0.0123"
MEDVLM_API std::string to_string(const Usage& usage);
/// A JSON object with the members of Usage.
MEDVLM_API std::string to_json(const Usage& usage);

/// The outcomes of one batch, in the order of the questions, and what they took.
struct Answers {
  std::vector<Outcome> outcomes;
  Usage usage;
};

/// One endpoint and model. Thread safe.
class MEDVLM_API Client {
 public:
  /// Reads the key. Throws Error(config) if its variable is not set.
  explicit Client(Settings settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends one small request, so that a wrong address, key or model is told now. Throws Error(network) that says what
  /// to do.
  void check();

  /// Asks all questions, several at once; returns when each has its answer or has failed. Nothing is thrown for a
  /// single question: its outcome has the error, code `network` for the endpoint's faults, `data` for an answer that
  /// never had the form, `io` if it could not be kept. A question that was answered before (in this client, or in
  /// `store`) is not sent. Throws Error(network) if the endpoint is closed for all questions (its key is refused, or
  /// nothing was answered for long) and some of these have no answer; what was answered is kept.
  Answers ask(std::span<const Request> requests, const Form& form = {}, ReplyStore* store = nullptr);

  /// SHA-256 of everything that determines a reply but chance.
  std::string key(const Request& request) const;

  const Settings& settings() const;
  Usage usage() const;  ///< since the client was made
  /// The text without the key, in any form.
  std::string redact(std::string text) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace medvlm::sdk::chat
