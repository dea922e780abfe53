// The two chat APIs: requests as they are sent, replies as they are understood.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http.hpp"
#include "medvlm/sdk/chat/message.hpp"
#include "medvlm/sdk/chat/secret.hpp"
#include "medvlm/sdk/chat/settings.hpp"

namespace medvlm::sdk::chat {

HttpRequest ask_request(const Settings& settings, const Secret& secret, const Request& request);
/// The list of models that the endpoint serves.
HttpRequest models_request(const Settings& settings, const Secret& secret);
/// The names in such a list, as `Settings::model` spells them; empty if it is none.
std::vector<std::string> models_in(const Settings& settings, const std::string& body);

/// What a response means for the question.
struct Verdict {
  enum class Kind {
    answered,
    again,    ///< a passing fault: ask again
    refused,  ///< this question will never be answered
    closed    ///< no question will be
  };
  Kind kind = Kind::again;
  Reply reply = {};                  ///< if answered
  std::string reason = {};           ///< if not; without the key
  bool rate_limited = false;
  std::optional<double> delay = {};  ///< seconds that the server asks to wait
  long status = 0;                   ///< 0: no response
};

Verdict understand(const Settings& settings, const Secret& secret, HttpResponse response);

}  // namespace medvlm::sdk::chat
