#include "protocol.hpp"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "encodings.hpp"

namespace medvlm::sdk::chat {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestReason = 300;

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

/// `more` over `body`, objects member by member.
void merge(json& body, const json& more) {
  for (const auto& [name, value] : more.items()) {
    if (value.is_object() && body.contains(name) && body[name].is_object()) {
      merge(body[name], value);
    } else {
      body[name] = value;
    }
  }
}

template <class Part, class Text>
json content_parts(const Message& message, Part picture_part, Text text_part) {
  json parts = json::array();
  if (!message.pictures_first) parts.push_back(text_part(message.text));
  for (const auto& picture : message.pictures) parts.push_back(picture_part(to_base64(picture->png)));
  if (message.pictures_first) parts.push_back(text_part(message.text));
  return parts;
}

json openai_content(const Message& message) {
  if (message.pictures.empty()) return message.text;
  return content_parts(
      message,
      [](const std::string& base64) {
        return json{{"type", "image_url"}, {"image_url", {{"url", "data:image/png;base64," + base64}}}};
      },
      [](const std::string& text) { return json{{"type", "text"}, {"text", text}}; });
}

json openai_body(const Settings& settings, const Request& request) {
  static constexpr const char* kNames[] = {"system", "user", "assistant"};
  json messages = json::array();
  for (const Message& message : request.messages) {
    messages.push_back({{"role", kNames[static_cast<int>(message.role)]}, {"content", openai_content(message)}});
  }
  json body{{"model", settings.model}, {"messages", std::move(messages)}};
  if (request.max_tokens) body[settings.max_tokens_name] = *request.max_tokens;
  if (request.temperature) body["temperature"] = *request.temperature;
  if (request.top_p) body["top_p"] = *request.top_p;
  return body;
}

json google_parts(const Message& message) {
  return content_parts(
      message,
      [](const std::string& base64) { return json{{"inline_data", {{"mime_type", "image/png"}, {"data", base64}}}}; },
      [](const std::string& text) { return json{{"text", text}}; });
}

/// System messages become the one system instruction that this API has, one part each.
json google_body(const Request& request) {
  json body{{"contents", json::array()}};
  for (const Message& message : request.messages) {
    if (message.role == Role::system) {
      for (json& part : google_parts(message)) body["systemInstruction"]["parts"].push_back(part);
      continue;
    }
    body["contents"].push_back(
        {{"role", message.role == Role::user ? "user" : "model"}, {"parts", google_parts(message)}});
  }
  json config = json::object();
  if (request.max_tokens) config["maxOutputTokens"] = *request.max_tokens;
  if (request.temperature) config["temperature"] = *request.temperature;
  if (request.top_p) config["topP"] = *request.top_p;
  if (request.top_k) config["topK"] = *request.top_k;
  if (!config.empty()) body["generationConfig"] = std::move(config);
  return body;
}

std::vector<std::string> key_headers(const Settings& settings, const Secret& secret) {
  if (secret.empty()) return {};
  // Never in the URL, where logs and messages would show it.
  return {(settings.api == Api::google ? "x-goog-api-key: " : "Authorization: Bearer ") + secret.value()};
}

std::string google_name(const std::string& model) { return model.starts_with("models/") ? model.substr(7) : model; }

std::int64_t count_at(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::string text_at(const json& object, const char* name) {
  if (!object.is_object()) return "";
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The member, or null.
const json& at(const json& value, const char* name) {
  static const json nothing;
  if (!value.is_object()) return nothing;
  const auto found = value.find(name);
  return found == value.end() ? nothing : *found;
}

const json& first_of(const json& list) {
  static const json nothing;
  return list.is_array() && !list.empty() ? list.front() : nothing;
}

/// A content that is a text, or a list of parts with texts.
std::string content_text(const json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  if (!content.is_array()) return text;
  for (const json& part : content) {
    if (at(part, "thought") != json(true)) text += text_at(part, "text");  // hidden reasoning is no answer
  }
  return text;
}

/// Fills in the reply. Returns why there is no answer, or nothing.
std::string read_openai(const json& body, Verdict& verdict) {
  const json& choice = first_of(at(body, "choices"));
  if (!choice.is_object()) return "the reply has no choices";
  const json& message = at(choice, "message");
  verdict.reply.text = content_text(at(message, "content"));
  verdict.reply.prompt_tokens = count_at(at(body, "usage"), "prompt_tokens");
  verdict.reply.completion_tokens = count_at(at(body, "usage"), "completion_tokens");
  verdict.reply.served_model = text_at(body, "model");
  if (text_at(choice, "finish_reason") == "content_filter" || !text_at(message, "refusal").empty()) {
    verdict.kind = Verdict::Kind::refused;
    const std::string refusal = text_at(message, "refusal");
    return "the endpoint refused to answer: " + (refusal.empty() ? "its content filter" : refusal);
  }
  return trim(verdict.reply.text).empty()
             ? "the answer is empty (finish_reason '" + text_at(choice, "finish_reason") + "')"
             : "";
}

std::string read_google(const json& body, Verdict& verdict) {
  const std::string blocked = text_at(at(body, "promptFeedback"), "blockReason");
  const json& candidate = first_of(at(body, "candidates"));
  const std::string finish = text_at(candidate, "finishReason");
  const bool filtered =
      finish == "SAFETY" || finish == "PROHIBITED_CONTENT" || finish == "BLOCKLIST" || finish == "SPII";
  if (!blocked.empty() || filtered) {
    verdict.kind = Verdict::Kind::refused;
    return "the endpoint refused to answer: " + (blocked.empty() ? finish : blocked);
  }
  if (!candidate.is_object()) return "the reply has no candidates";
  verdict.reply.text = content_text(at(at(candidate, "content"), "parts"));
  const json& usage = at(body, "usageMetadata");
  verdict.reply.prompt_tokens = count_at(usage, "promptTokenCount");
  verdict.reply.completion_tokens = count_at(usage, "candidatesTokenCount") + count_at(usage, "thoughtsTokenCount");
  verdict.reply.served_model = text_at(body, "modelVersion");
  return trim(verdict.reply.text).empty() ? "the answer is empty (finishReason '" + finish + "')" : "";
}

/// Google's RetryInfo: {"error": {"details": [{"retryDelay": "34.07s"}]}}.
std::optional<double> google_delay(const json& error) {
  const json& details = at(error, "details");
  if (!details.is_array()) return std::nullopt;
  for (const json& detail : details) {
    const std::string text = text_at(detail, "retryDelay");
    double seconds = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (code == std::errc() && std::string_view(end, text.data() + text.size()) == "s" && seconds >= 0) return seconds;
  }
  return std::nullopt;
}

/// The error object of a body; some servers send a list of one. Null if there is none.
const json& error_in(const json& body) { return at(body.is_array() ? first_of(body) : body, "error"); }

std::string error_message(const json& error) {
  if (error.is_string()) return error.get<std::string>();
  return text_at(error, "message");
}

/// The status that an error inside a reply with status 200 stands for; 0 if it tells none.
long inner_status(const json& error) {
  const json& code = at(error, "code");
  if (code.is_number_integer()) return code.get<long>();
  const std::string text = code.is_string() ? code.get<std::string>() : "";
  long status = 0;
  std::from_chars(text.data(), text.data() + text.size(), status);
  return status;
}

bool quota_is_used_up(const json& error) {
  return text_at(error, "code") == "insufficient_quota" || text_at(error, "type") == "insufficient_quota";
}

/// Google tells a wrong key with status 400.
bool key_is_invalid(const json& error) {
  const json& details = at(error, "details");
  return details.is_array() && std::any_of(details.begin(), details.end(), [](const json& detail) {
           return text_at(detail, "reason") == "API_KEY_INVALID";
         });
}

/// Sets kind and reason for a response that is an error.
void classify(Verdict& verdict, long status, const json& error, const std::string& body) {
  std::string told = error_message(error);
  if (told.empty()) told = body;
  verdict.reason = (status == 0 ? "" : "HTTP " + std::to_string(status) + (told.empty() ? "" : ": ")) + told;
  verdict.rate_limited = status == 429;
  using Kind = Verdict::Kind;
  if (status == 401 || status == 402 || (status == 429 && quota_is_used_up(error)) || key_is_invalid(error)) {
    verdict.kind = Kind::closed;
  } else if (status == 408 || status == 409 || status == 425 || status == 429 || status >= 500 || status == 0) {
    verdict.kind = Kind::again;
  } else {
    verdict.kind = Kind::refused;
  }
}

void read_delay(Verdict& verdict, const HttpResponse& response, const json& error) {
  verdict.delay = retry_after_seconds(response.retry_after);
  if (const auto milliseconds = retry_after_seconds(response.retry_after_ms)) verdict.delay = *milliseconds / 1000;
  if (const auto told = google_delay(error)) verdict.delay = std::max(*told, verdict.delay.value_or(0));
}

/// The verdict on a response, its texts still as received.
Verdict read_response(const Settings& settings, HttpResponse& response) {
  Verdict verdict;
  verdict.status = response.status;
  if (!response.failure.empty()) {
    verdict.status = 0;
    verdict.reason = response.failure;
    return verdict;
  }
  const json body = json::parse(response.body, nullptr, false);
  const json& error = error_in(body);
  read_delay(verdict, response, error);
  if (response.status != 200) {
    classify(verdict, response.status, error, response.body);
  } else if (body.is_discarded()) {
    verdict.reason = response.body.empty() ? "the reply is empty" : "the reply is no JSON: " + response.body;
  } else if (!error.is_null()) {
    classify(verdict, inner_status(error), error, response.body);
    verdict.reason = "an error inside a reply with status 200: " + verdict.reason;
  } else {
    verdict.reason = settings.api == Api::google ? read_google(body, verdict) : read_openai(body, verdict);
    if (verdict.reason.empty()) verdict.kind = Verdict::Kind::answered;
  }
  return verdict;
}

}  // namespace

HttpRequest ask_request(const Settings& settings, const Secret& secret, const Request& request) {
  const bool google = settings.api == Api::google;
  json body = google ? google_body(request) : openai_body(settings, request);
  merge(body, json::parse(settings.parameters));
  const std::string path = google ? "/models/" + google_name(settings.model) + ":generateContent" : "/chat/completions";
  return {settings.base_url + path, key_headers(settings, secret), dump(body), settings.timeout};
}

HttpRequest models_request(const Settings& settings, const Secret& secret) {
  const std::string path = settings.api == Api::google ? "/models?pageSize=1000" : "/models";
  return {settings.base_url + path, key_headers(settings, secret), std::nullopt, settings.timeout};
}

std::vector<std::string> models_in(const Settings& settings, const std::string& body) {
  const bool google = settings.api == Api::google;
  const json parsed = json::parse(body, nullptr, false);
  const json& list = at(parsed, google ? "models" : "data");
  std::vector<std::string> names;
  if (!list.is_array()) return names;
  for (const json& entry : list) {
    const std::string name = text_at(entry, google ? "name" : "id");
    if (!name.empty()) names.push_back(google ? google_name(name) : name);
  }
  return names;
}

Verdict understand(const Settings& settings, const Secret& secret, HttpResponse response) {
  // First, so that nothing made of it can hold the key; again for what was escaped within.
  response.body = secret.redact(std::move(response.body));
  Verdict verdict = read_response(settings, response);
  verdict.reason = shortened(secret.redact(std::move(verdict.reason)), kLongestReason);
  verdict.reply.text = trim(secret.redact(std::move(verdict.reply.text)));
  verdict.reply.served_model = secret.redact(std::move(verdict.reply.served_model));
  verdict.reply.raw = std::move(response.body);
  return verdict;
}

}  // namespace medvlm::sdk::chat
