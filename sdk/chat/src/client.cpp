#include "medvlm/sdk/chat/client.hpp"

#include <algorithm>
#include <cmath>
#include <system_error>
#include <thread>
#include <unordered_map>

#include "client_state.hpp"
#include "medvlm/base/hash.hpp"

namespace medvlm::sdk::chat {
namespace {

// So many questions in a row, each after all its tries: the endpoint is down.
constexpr int kMostFailures = 10;

std::uint64_t seed_of(const std::string& key) {
  std::uint64_t seed = 0;
  for (const char c : key.substr(0, 16)) {
    seed = seed << 4 | static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return seed;
}

/// The questions of a batch, equal ones together.
struct Distinct {
  std::vector<std::string> keys;            ///< of each question
  std::vector<std::size_t> first;           ///< the first question with each key
  std::unordered_map<std::string, std::size_t> place;  ///< of a key in `first`
};

template <class Work>
void run_in_threads(std::size_t items, int threads, Work work) {
  std::atomic<std::size_t> next{0};
  const auto loop = [&] {
    for (std::size_t i = next++; i < items; i = next++) work(i);
  };
  std::vector<std::jthread> workers;
  const std::size_t count = std::min<std::size_t>(items, static_cast<std::size_t>(threads));
  for (std::size_t i = 1; i < count; ++i) {
    try {
      workers.emplace_back(loop);
    } catch (const std::system_error&) {
      break;  // no more threads to be had: those that there are do it
    }
  }
  loop();
}

}  // namespace

Client::Client(Settings settings) : state_(std::make_unique<State>(std::move(settings))) {
  const Settings& kept = state_->settings;
  for (const std::string* text : {&kept.base_url, &kept.model, &kept.parameters}) {
    if (redact(*text) == *text) continue;
    throw Error(ErrorCode::config, "the key in " + kept.key_variable +
                                       " is written in base_url, model or parameters as well, from "
                                       "where it would come into results; take it out");
  }
}
Client::~Client() = default;

const Settings& Client::settings() const { return state_->settings; }

std::string Client::redact(std::string text) const { return state_->secret.redact(std::move(text)); }

Usage Client::usage() const {
  const std::lock_guard lock(state_->usage_mutex);
  Usage all = state_->total;
  all += state_->usage;
  return all;
}

std::string Client::key(const Request& request) const {
  const Settings& settings = state_->settings;
  Sha256 hash;
  hash.add_field("medvlm-chat-1")
      .add_field(settings.api == Api::google ? "google" : "openai")
      .add_field(settings.base_url);
  hash.add_field(settings.model).add_field(settings.parameters).add_field(settings.max_tokens_name);
  for (const Message& message : request.messages) {
    hash.add_field(std::to_string(static_cast<int>(message.role))).add_field(message.text);
    hash.add_field(std::to_string(message.pictures.size()))
        .add_field(message.pictures_first ? "pictures first" : "text first");
    for (const auto& picture : message.pictures) hash.add_field(picture->sha256);
  }
  const auto add = [&](const auto& value) { hash.add_field(value ? Value(*value).to_json() : ""); };
  add(request.max_tokens);
  add(request.temperature);
  add(request.top_p);
  add(request.top_k);
  return hash.hex();
}

Error Client::State::error(ErrorCode code, const std::string& message) const {
  return Error(code, secret.redact(message));
}

void Client::State::close_books() {
  const std::lock_guard lock(usage_mutex);
  total += usage;
  usage = {};
}

void Client::State::note_failure(const std::string& reason) {
  if (++failed_in_a_row < kMostFailures) return;
  gate.close("the last " + std::to_string(kMostFailures) + " questions had no answer after " +
             std::to_string(settings.tries) + " tries each; the last fault: " + reason);
}

Verdict Client::State::call(const HttpRequest& request) {
  Verdict verdict;
  double started = 0;
  if (!gate.enter(started)) {
    verdict.kind = Verdict::Kind::closed;
    verdict.reason = gate.closed();
    return verdict;
  }
  try {
    verdict = understand(settings, secret, http.perform(request));
  } catch (const std::exception& error) {
    verdict.reason = error.what();
  }
  const double delay = verdict.delay.value_or(0);
  const Ended how = verdict.rate_limited                             ? Ended::turned_away
                    : verdict.kind == Verdict::Kind::answered ? Ended::answered
                                                                     : Ended::failed;
  gate.leave(started, how, verdict.rate_limited && delay <= settings.longest_delay ? delay : 0);
  count([&](Usage& all) {
    ++all.calls;
    all.rate_limited += verdict.rate_limited ? 1 : 0;
    all.prompt_tokens += verdict.reply.prompt_tokens;
    all.completion_tokens += verdict.reply.completion_tokens;
    all.cost += (static_cast<double>(verdict.reply.prompt_tokens) * settings.input_price +
                 static_cast<double>(verdict.reply.completion_tokens) * settings.output_price) / 1e6;
    if (!verdict.reply.served_model.empty()) all.served_models.insert(verdict.reply.served_model);
  });
  return verdict;
}

Verdict Client::State::exchange(const Request& request, const std::string& key) {
  const HttpRequest http_request = ask_request(settings, secret, request);
  for (int tries = 1;; ++tries) {
    const auto start = std::chrono::steady_clock::now();
    Verdict verdict = call(http_request);
    verdict.reply.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (verdict.kind != Verdict::Kind::again) return verdict;
    if (tries >= settings.tries) {
      verdict.reason = "no answer after " + std::to_string(tries) + " tries: " + verdict.reason;
      return verdict;
    }
    const double delay = verdict.delay.value_or(0);
    if (delay > settings.longest_delay) {
      verdict.reason = "the server asks to wait " + std::to_string(std::llround(delay)) + " s: " + verdict.reason;
      return verdict;
    }
    const double wait =
        std::max(delay, backoff_seconds(seed_of(key), tries, settings.first_backoff, settings.longest_backoff));
    if (!gate.pause(wait)) {
      verdict.kind = Verdict::Kind::closed;
      verdict.reason = gate.closed();
      return verdict;
    }
  }
}

std::optional<Reply> Client::State::find_kept(const std::string& key, const Form& form, ReplyStore* store) {
  const auto fits = [&](const std::optional<Reply>& reply) {
    return reply && (!form.complaint || form.complaint(reply->text).empty());
  };
  auto kept = memory.find(key);
  if (fits(kept)) {
    if (store) store->add(key, *kept);
    return kept;
  }
  if (store) kept = store->find(key);
  if (!store || !fits(kept)) return std::nullopt;
  memory.add(key, *kept);
  return kept;
}

void Client::State::keep(const std::string& key, const Reply& reply, ReplyStore* store, bool accepted) {
  memory.add(key, reply, accepted);
  if (store) store->add(key, reply, accepted);
}

Outcome Client::State::ask_one(const Request& request, const std::string& key, const Form& form, ReplyStore* store) {
  if (auto kept = find_kept(key, form, store)) return {std::move(*kept), true, {}};
  Request conversation = request;
  std::string complaint;
  for (int ask = 0; ask <= form.reasks; ++ask) {
    Verdict verdict = exchange(conversation, key);
    if (verdict.kind == Verdict::Kind::closed) gate.close(verdict.reason);
    if (verdict.kind == Verdict::Kind::again) note_failure(verdict.reason);
    if (verdict.kind != Verdict::Kind::answered)
      return {{}, false, error(ErrorCode::network, endpoint() + ": " + verdict.reason)};
    failed_in_a_row = 0;
    complaint = form.complaint ? form.complaint(verdict.reply.text) : "";
    keep(key, verdict.reply, store, complaint.empty());
    if (complaint.empty()) return {std::move(verdict.reply), false, {}};
    count([](Usage& all) { ++all.malformed; });
    conversation.messages.push_back({Role::assistant, verdict.reply.text});
    conversation.messages.push_back({Role::user, form.reminder});
  }
  return {{}, false, error(ErrorCode::data, endpoint() + " was asked " + std::to_string(form.reasks + 1) +
                                                " times and gave no well-formed answer: " + complaint)};
}

Answers Client::ask(std::span<const Request> requests, const Form& form, ReplyStore* store) {
  const std::lock_guard one_batch(state_->ask_mutex);
  state_->close_books();
  Distinct distinct;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    distinct.keys.push_back(key(requests[i]));
    if (distinct.place.emplace(distinct.keys.back(), distinct.first.size()).second) distinct.first.push_back(i);
  }
  std::vector<Outcome> outcomes(distinct.first.size());
  run_in_threads(outcomes.size(), state_->settings.concurrency, [&](std::size_t i) {
    const std::size_t question = distinct.first[i];
    try {
      outcomes[i] = state_->ask_one(requests[question], distinct.keys[question], form, store);
    } catch (const Error& error) {
      outcomes[i].error = state_->error(error.code(), error.message());
    } catch (const std::exception& error) {
      outcomes[i].error = state_->error(ErrorCode::internal, error.what());
    }
  });
  Answers answers;
  bool any_failed = false;
  std::unique_lock lock(state_->usage_mutex);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::size_t place = distinct.place.at(distinct.keys[i]);
    Outcome outcome = outcomes[place];
    outcome.cached = outcome.cached || distinct.first[place] != i;
    ++state_->usage.questions;
    ++(outcome.error ? state_->usage.failed : outcome.cached ? state_->usage.cached : state_->usage.answered);
    any_failed = any_failed || outcome.error;
    answers.outcomes.push_back(std::move(outcome));
  }
  answers.usage = state_->usage;
  lock.unlock();
  state_->close_books();
  if (const std::string closed = state_->gate.closed(); any_failed && !closed.empty()) {
    throw state_->error(ErrorCode::network, state_->endpoint() + " is given up: " + closed +
                                                "; what was answered is kept: run again when it works");
  }
  return answers;
}

}  // namespace medvlm::sdk::chat
