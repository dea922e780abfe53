// What a client's parts share.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "gate.hpp"
#include "http.hpp"
#include "medvlm/sdk/chat/client.hpp"
#include "medvlm/sdk/chat/secret.hpp"
#include "protocol.hpp"

namespace medvlm::sdk::chat {

struct Client::State {
  explicit State(Settings given)
      : settings(std::move(given)), secret(Secret::from_environment(settings.key_variable)), gate(settings) {}

  /// One question until it is answered in its form, or has failed.
  Outcome ask_one(const Request& request, const std::string& key, const Form& form, ReplyStore* store);
  /// One call after another until one is answered, or the tries are used up.
  Verdict exchange(const Request& request, const std::string& key);
  /// One call, once the gate lets it through.
  Verdict call(const HttpRequest& request);
  /// What was kept of the question, if it has the form. Kept in both places from now on.
  std::optional<Reply> find_kept(const std::string& key, const Form& form, ReplyStore* store);
  void keep(const std::string& key, const Reply& reply, ReplyStore* store, bool accepted);
  void note_failure(const std::string& reason);
  /// Ends what is counted as one batch.
  void close_books();
  Error error(ErrorCode code, const std::string& message) const;
  std::string endpoint() const {
    return "the chat endpoint " + settings.base_url + " (model '" + settings.model + "')";
  }
  /// Adds to the counts of the batch that this thread works for, and to those of the client.
  template <class Change>
  void count(Change change) {
    const std::lock_guard lock(usage_mutex);
    change(usage);
  }

  const Settings settings;
  const Secret secret;
  Gate gate;
  Http http;
  ReplyStore memory;
  std::mutex ask_mutex;  ///< one batch at a time, so that its usage is its own
  std::mutex usage_mutex;
  Usage usage;                         ///< of the batch under way
  Usage total;                         ///< of the batches before
  std::atomic<int> failed_in_a_row{0};  ///< questions whose tries were all in vain
};

}  // namespace medvlm::sdk::chat
