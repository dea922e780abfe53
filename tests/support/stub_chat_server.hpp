// A chat endpoint on this machine for tests: speaks both APIs over plain sockets, and fails in every way that it is told to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

namespace medvlm::test {

/// A request as it arrived.
struct StubCall {
  double arrived = 0;  ///< seconds on the steady clock
  std::string method, path, headers, body;

  nlohmann::json json() const { return nlohmann::json::parse(body); }
  bool google() const { return path.find("generateContent") != path.npos; }
  bool has_header(const std::string& line) const { return headers.find(line + "\r\n") != headers.npos; }
};

/// How a reply goes wrong on its way.
enum class StubFault { none, stall, reset, drip, short_body, hang_up };

struct StubReply {
  int status = 200;
  std::string body;
  std::string headers = {};  ///< lines that end in "\r\n"
  StubFault fault = StubFault::none;
};

/// The text of a call's last user turn.
inline std::string question_of(const StubCall& call) {
  const auto json = call.json();
  const auto& turn = call.google() ? json.at("contents").back() : json.at("messages").back();
  const auto& content = call.google() ? turn.at("parts") : turn.at("content");
  if (content.is_string()) return content.get<std::string>();
  for (const auto& part : content) {
    if (part.contains("text")) return part.at("text").get<std::string>();
  }
  return "";
}

/// A good reply in the API of the call: so many tokens in and out.
inline StubReply answer_with(const StubCall& call, const std::string& text, int prompt_tokens = 7, int completion_tokens = 3) {
  nlohmann::json json;
  if (call.google()) {
    json = {{"candidates", {{{"content", {{"role", "model"}, {"parts", {{{"text", text}}}}}}, {"finishReason", "STOP"}}}},
            {"usageMetadata", {{"promptTokenCount", prompt_tokens}, {"candidatesTokenCount", completion_tokens}}},
            {"modelVersion", "stub-2"}};
  } else {
    json = {{"choices", {{{"index", 0}, {"message", {{"role", "assistant"}, {"content", text}}}, {"finish_reason", "stop"}}}},
            {"usage", {{"prompt_tokens", prompt_tokens}, {"completion_tokens", completion_tokens}}},
            {"model", "stub-1"}};
  }
  return {200, json.dump()};
}

inline StubReply error_with(int status, const std::string& message, const std::string& headers = "") {
  return {status, nlohmann::json{{"error", {{"message", message}, {"code", status}}}}.dump(), headers};
}

/// The ways to fail, numbered from 0. Every one of them passes.
inline constexpr int kStubFaults = 13;

inline StubReply faulty_reply(int kind, const StubCall& call) {
  const StubReply good = answer_with(call, "this must not be counted", 1000000, 1000000);
  switch (kind) {
    case 0: return error_with(429, "slow down", "Retry-After: 0.02\r\n");
    case 1: return error_with(429, "slow down");
    case 2: return error_with(500, "internal");
    case 3: return {502, "<html>bad gateway</html>"};
    case 4: return {503, ""};
    case 5: return {200, good.body, "", StubFault::stall};
    case 6: return {200, good.body, "", StubFault::reset};
    case 7: return {200, good.body, "", StubFault::drip};
    case 8: return {200, good.body, "", StubFault::short_body};
    case 9: return {200, ""};
    case 10: return {200, "{\"choices\": [ this is no JSON"};
    case 11: return {200, R"({"id": "x", "object": "chat.completion", "choices": [], "candidates": []})"};
    default:
      return {200, R"({"error": {"code": 503, "message": "overloaded", "details": [{"retryDelay": "0.02s"}]}})"};
  }
}

class StubChatServer {
 public:
  using Handler = std::function<StubReply(const StubCall&)>;  ///< called from several threads

  explicit StubChatServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(listener_, 256) != 0) {
      throw std::runtime_error("the stub server cannot listen");
    }
    socklen_t length = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~StubChatServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == 0; });
    ::close(listener_);
  }
  StubChatServer(const StubChatServer&) = delete;
  StubChatServer& operator=(const StubChatServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }

  std::vector<StubCall> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

  /// The most calls that arrived within any window of so many seconds.
  std::size_t most_in_window(double seconds) const {
    std::vector<double> times;
    for (const StubCall& call : calls()) times.push_back(call.arrived);
    std::sort(times.begin(), times.end());
    std::size_t most = 0;
    for (std::size_t first = 0, last = 0; first < times.size(); ++first) {
      while (last < times.size() && times[last] < times[first] + seconds) ++last;
      most = std::max(most, last - first);
    }
    return most;
  }

 private:
  void accept_all() {
    while (!stopping_) {
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) {
        if (errno == EINTR || errno == ECONNABORTED) continue;
        return;
      }
      {
        const std::lock_guard lock(mutex_);
        ++open_;
      }
      std::thread([this, connection] {
        serve(connection);
        const std::lock_guard lock(mutex_);
        --open_;
        changed_.notify_all();
      }).detach();
    }
  }

  void serve(int connection) {
    StubCall call;
    if (read_call(connection, call)) {
      {
        const std::lock_guard lock(mutex_);
        calls_.push_back(call);
      }
      StubReply reply{500, "the test's handler failed"};
      try {
        reply = handler_(call);
      } catch (const std::exception& error) {
        reply.body += std::string(": ") + error.what();
      }
      send_reply(connection, reply);
    }
    ::close(connection);
  }

  bool read_call(int connection, StubCall& call) {
    std::string text;
    std::size_t end = text.npos;
    while ((end = text.find("\r\n\r\n")) == text.npos) {
      if (!read_more(connection, text)) return false;
    }
    const std::size_t first = text.find(' '), second = text.find(' ', first + 1);
    call.method = text.substr(0, first);
    call.path = text.substr(first + 1, second - first - 1);
    call.headers = text.substr(0, end + 2);
    const std::size_t named = call.headers.find("Content-Length: ");
    const std::size_t length = named == text.npos ? 0 : std::stoul(call.headers.substr(named + 16));
    while (text.size() < end + 4 + length) {
      if (!read_more(connection, text)) return false;
    }
    call.body = text.substr(end + 4, length);
    call.arrived = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    return true;
  }

  bool read_more(int connection, std::string& text) {
    char block[16384];
    while (!stopping_) {
      pollfd ready{connection, POLLIN, 0};
      if (::poll(&ready, 1, 50) <= 0) continue;
      const ssize_t got = ::recv(connection, block, sizeof block, 0);
      if (got <= 0) return false;
      text.append(block, static_cast<std::size_t>(got));
      return true;
    }
    return false;
  }

  /// Waits until the client goes away, sending a byte now and then if there are any.
  void wait_for_client(int connection, std::string drip) {
    std::string ignored;
    while (!stopping_) {
      pollfd ready{connection, POLLIN, 0};
      if (::poll(&ready, 1, 20) > 0) return;
      if (drip.empty()) continue;
      send_all(connection, drip.substr(0, 1));
      drip.erase(0, 1);
      if (drip.empty()) return;
    }
  }

  static void send_all(int connection, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t sent = ::send(connection, text.data() + done, text.size() - done, MSG_NOSIGNAL);
      if (sent <= 0) return;
      done += static_cast<std::size_t>(sent);
    }
  }

  void send_reply(int connection, const StubReply& reply) {
    const std::size_t length = reply.body.size() + (reply.fault == StubFault::short_body ? 100 : 0);
    const std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " Stub\r\nContent-Type: application/json\r\n" +
                             reply.headers + "Content-Length: " + std::to_string(length) + "\r\nConnection: close\r\n\r\n";
    switch (reply.fault) {
      case StubFault::hang_up: return;
      case StubFault::stall: return wait_for_client(connection, "");
      case StubFault::drip: {
        send_all(connection, head);
        // Long enough for any timeout in the tests.
        return wait_for_client(connection, reply.body + std::string(100000, ' '));
      }
      case StubFault::reset: {
        send_all(connection, head + reply.body.substr(0, reply.body.size() / 2));
        const linger at_once{1, 0};
        ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        return;
      }
      default: send_all(connection, head + reply.body);
    }
  }

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread acceptor_;
  mutable std::mutex mutex_;
  std::vector<StubCall> calls_;
  std::condition_variable changed_;
  int open_ = 0;  ///< connections
};

/// Wraps a handler: `percent` of the calls fail in one of the kStubFaults ways. Which do depends on the question and on how
/// often it was asked, so that a test fails always or never; no question fails more than five times in a row.
class Faulty {
 public:
  Faulty(StubChatServer::Handler good, int percent) : good_(std::move(good)), percent_(percent) {}

  StubReply operator()(const StubCall& call) {
    const std::string question = question_of(call);
    int asked = 0;
    {
      const std::lock_guard lock(state_->mutex);
      asked = ++state_->asked[question];
    }
    const std::size_t draw = std::hash<std::string>{}(question + "#" + std::to_string(asked));
    if (asked % 6 == 0 || static_cast<int>(draw % 100) >= percent_) return good_(call);
    const int kind = static_cast<int>(draw / 100 % kStubFaults);
    {
      const std::lock_guard lock(state_->mutex);
      ++state_->seen[kind];
    }
    return faulty_reply(kind, call);
  }

  /// How often each fault was sent.
  std::map<int, int> seen() const {
    const std::lock_guard lock(state_->mutex);
    return state_->seen;
  }

 private:
  struct State {
    std::mutex mutex;
    std::map<std::string, int> asked;
    std::map<int, int> seen;
  };
  StubChatServer::Handler good_;
  int percent_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace medvlm::test
