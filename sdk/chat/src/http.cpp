#include "http.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>

#include <curl/curl.h>

#include "encodings.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/version.hpp"

namespace medvlm::sdk::chat {
namespace {

constexpr std::size_t kLargestBody = 32u << 20;
constexpr double kConnectSeconds = 20;

std::size_t append_body(char* data, std::size_t size, std::size_t count, void* to) {
  auto& body = static_cast<HttpResponse*>(to)->body;
  if (body.size() + size * count > kLargestBody) return 0;
  body.append(data, size * count);
  return size * count;
}

std::size_t read_header(char* data, std::size_t size, std::size_t count, void* to) {
  auto& response = *static_cast<HttpResponse*>(to);
  const std::string line(data, size * count);
  const std::size_t colon = line.find(':');
  if (colon != line.npos) {
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (name == "retry-after") response.retry_after = trim(line.substr(colon + 1));
    if (name == "retry-after-ms") response.retry_after_ms = trim(line.substr(colon + 1));
  }
  return size * count;
}

struct HeaderList {
  curl_slist* list = nullptr;
  void add(const std::string& line) {
    curl_slist* longer = curl_slist_append(list, line.c_str());
    if (!longer) throw std::bad_alloc();
    list = longer;
  }
  ~HeaderList() { curl_slist_free_all(list); }
};

/// Loopback addresses are never reached through a proxy.
bool is_loopback(const std::string& url) {
  for (const char* host : {"//localhost", "//127.", "//[::1]"}) {
    if (url.find(host) != url.npos && url.find(host) < 8) return true;
  }
  return false;
}

void set_common(CURL* curl, const HttpRequest& request, HttpResponse& response, char* error_text) {
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error_text);
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(curl, CURLOPT_USERAGENT, (std::string("medvlm/") + kVersion).c_str());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, std::max(1L, std::lround(request.timeout * 1000)));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, std::lround(std::min(request.timeout, kConnectSeconds) * 1000));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, read_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &response);
  if (is_loopback(request.url)) curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

}  // namespace

Http::Http() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) {
    throw Error(ErrorCode::internal, std::string("libcurl cannot start: ") + curl_easy_strerror(ready));
  }
}

Http::~Http() {
  for (void* handle : idle_) curl_easy_cleanup(handle);
}

void* Http::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) {
    void* handle = curl_easy_init();
    if (!handle) throw std::bad_alloc();
    return handle;
  }
  void* handle = idle_.back();
  idle_.pop_back();
  return handle;
}

void Http::give(void* handle) {
  curl_easy_reset(handle);  // keeps its connections
  const std::lock_guard lock(mutex_);
  idle_.push_back(handle);
}

HttpResponse Http::perform(const HttpRequest& request) {
  HttpResponse response;
  HeaderList headers;
  for (const std::string& header : request.headers) headers.add(header);
  if (request.body) {
    headers.add("Content-Type: application/json");
    headers.add("Expect:");
  }
  char error_text[CURL_ERROR_SIZE] = "";
  void* const curl = take();
  set_common(curl, request, response, error_text);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.list);
  if (request.body) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body->data());
  }
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response.status);
  give(curl);
  if (code != CURLE_OK) {
    response.failure = *error_text ? error_text : curl_easy_strerror(code);
    if (code == CURLE_WRITE_ERROR) {
      response.failure = "the response is larger than " + std::to_string(kLargestBody >> 20) + " MiB";
    }
  }
  return response;
}

std::optional<double> retry_after_seconds(const std::string& header) {
  if (header.empty()) return std::nullopt;
  double seconds = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), seconds);
  if (error == std::errc() && end == header.data() + header.size()) {
    return std::isfinite(seconds) && seconds >= 0 ? std::optional(seconds) : std::nullopt;
  }
  const std::time_t date = curl_getdate(header.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return std::max(0.0, std::difftime(date, std::time(nullptr)));
}

}  // namespace medvlm::sdk::chat
