// Client::check(): one small request before the work begins.
#include <algorithm>

#include "client_state.hpp"
#include "medvlm/base/log.hpp"
#include "medvlm/base/options.hpp"

namespace medvlm::sdk::chat {
namespace {

constexpr int kCheckTries = 3;
// Reasoning models refuse a budget of a single token.
constexpr std::int64_t kCheckTokens = 16;

std::string key_advice(const Settings& settings) {
  if (settings.key_variable.empty()) {
    return "it wants a key: name the environment variable that holds it in api_key_env";
  }
  return "check the key in the environment variable " + settings.key_variable;
}

std::vector<std::string> served_models(const Settings& settings, const Secret& secret, Http& http) {
  const HttpResponse response = http.perform(models_request(settings, secret));
  if (!response.failure.empty() || response.status != 200) return {};
  return models_in(settings, secret.redact(response.body));
}

bool is_served(const std::vector<std::string>& models, const std::string& model) {
  const std::string bare = model.starts_with("models/") ? model.substr(7) : model;
  return std::find_if(models.begin(), models.end(), [&](const auto& each) { return each == model || each == bare; }) !=
         models.end();
}

std::string first_names(std::vector<std::string> names) {
  constexpr std::size_t kMost = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return text + (names.size() > kMost ? ", ..." : "");
}

}  // namespace

void Client::check() {
  State& state = *state_;
  const Settings& settings = state.settings;
  Request request{{{Role::user, "Reply with the word yes."}}};
  request.max_tokens = kCheckTokens;
  const HttpRequest http_request = ask_request(settings, state.secret, request);
  Verdict verdict;
  for (int tries = 1; tries <= kCheckTries; ++tries) {
    verdict = state.call(http_request);
    // An answer that the small budget left empty is an answer.
    if (verdict.kind == Verdict::Kind::answered || verdict.reply.prompt_tokens > 0) return;
    if (verdict.kind != Verdict::Kind::again || tries == kCheckTries) break;
    const double delay = std::min(verdict.delay.value_or(0), settings.longest_delay);
    state.gate.pause(std::max(delay, backoff_seconds(0, tries, settings.first_backoff, settings.longest_backoff)));
  }
  const auto fail = [&](const std::string& cure) {
    throw state.error(ErrorCode::network, state.endpoint() + " cannot be used: " + verdict.reason + "; " + cure);
  };
  if (verdict.kind == Verdict::Kind::closed && verdict.status != 401) {
    fail("the account's credit or quota is used up, or " + key_advice(settings));
  }
  if (verdict.status == 401 || verdict.status == 403 || verdict.kind == Verdict::Kind::closed) {
    fail(key_advice(settings));
  }
  if (verdict.status == 0)
    fail("check base_url, the network and the proxy (https_proxy), and whether the server is up");
  if (verdict.rate_limited) {
    log(LogLevel::warning,
        state.endpoint() + " turns requests away already (" + verdict.reason + "); they will be repeated");
    return;
  }
  const std::vector<std::string> models = served_models(settings, state.secret, state.http);
  if (!models.empty() && !is_served(models, settings.model)) {
    const auto near = nearest_name(settings.model, models);
    fail("it does not serve this model" +
         (near ? "; did you mean '" + *near + "'?" : "; it serves: " + first_names(models)));
  }
  if (verdict.status == 404) fail("check base_url (most end in /v1) and the model's name");
  if (verdict.status >= 500 || verdict.status == 200)
    fail("the server fails; try again later, or check what answers at base_url");
  if (models.empty()) fail("check model and parameters");
  log(LogLevel::warning, state.endpoint() + " serves the model but did not like the test question: " + verdict.reason);
}

}  // namespace medvlm::sdk::chat
