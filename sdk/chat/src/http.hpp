// One HTTP call through libcurl.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace medvlm::sdk::chat {

struct HttpRequest {
  std::string url;
  std::vector<std::string> headers;   ///< "Name: value"
  std::optional<std::string> body;    ///< given: a POST of JSON; else a GET
  double timeout = 0;                 ///< seconds for everything
};

struct HttpResponse {
  std::string failure;  ///< why there is no response (no connection, a timeout, a body cut short); empty: there is one
  long status = 0;
  std::string body;
  std::string retry_after;     ///< the header as sent
  std::string retry_after_ms;  ///< OpenAI's, in milliseconds
};

/// Keeps connections for later calls. Follows no redirection, because a key would go to wherever it points. Thread
/// safe.
class Http {
 public:
  Http();
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;
  HttpResponse perform(const HttpRequest& request);

 private:
  void* take();
  void give(void* handle);

  std::mutex mutex_;
  std::vector<void*> idle_;
};

/// Seconds that a Retry-After header asks for: a number, or a date. Nothing for anything else.
std::optional<double> retry_after_seconds(const std::string& header);

}  // namespace medvlm::sdk::chat
