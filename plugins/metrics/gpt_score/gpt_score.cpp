// The metric plugin `gpt_score`.
#include <algorithm>
#include <memory>
#include <mutex>

#include <nlohmann/json.hpp>

#include "judge.hpp"
#include "judged_answers.hpp"
#include "medvlm/base/hash.hpp"
#include "medvlm/base/log.hpp"
#include "medvlm/sdk/chat/client.hpp"
#include "medvlm/sdk/plugin.hpp"
#include "medvlm/sdk/text/unicode.hpp"
#include "medvlm/sdk/text_metric/answer_text.hpp"
#include "medvlm/sdk/text_metric/grouped_metric.hpp"

namespace medvlm::metrics {
namespace {

namespace chat = sdk::chat;

// More are counted, but not listed in the report.
constexpr std::size_t kMostListed = 100;

/// As vqa_accuracy.
bool is_right_parsed(const std::string& reference, const std::string& answer) {
  return sdk::is_right_closed(answer, sdk::answer_words(reference));
}

/// As the original benchmark.
bool is_right_substring(const std::string& reference, const std::string& answer) {
  return sdk::to_lower_in_context(answer).find(sdk::to_lower_in_context(reference)) != std::string::npos;
}

JudgedItem item_of(const Scored& scored) {
  return {scored.sample->question, scored.sample->answer, scored.prediction->text};
}

/// An open item whose answer must be judged: the reference itself has the full score.
bool needs_judge(const Scored& scored) {
  return scored.sample->open && scored.prediction->text != scored.sample->answer;
}

/// What the scenario's folder keeps; nothing without one.
std::shared_ptr<chat::ReplyStore> store_in(const std::filesystem::path& folder) {
  return folder.empty() ? nullptr : chat::ReplyStore::open(folder / "replies.jsonl");
}

class GptScoreMetric final : public Metric {
 public:
  explicit GptScoreMetric(const Options& options)
      : settings_(chat::read_settings(options)),
        substring_(options.text("closed") == "substring"),
        form_(judge_form(static_cast<int>(options.integer("reasks")))) {}

  void check(const DatasetInfo& dataset) const override { sdk::check_answers(dataset, "gpt_score"); }

  void preflight() const override { client().check(); }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    std::vector<chat::Request> requests;
    for (const Scored& each : input.scored) {
      if (needs_judge(each)) requests.push_back({judge_messages(item_of(each))});
    }
    chat::Answers answers;
    if (!requests.empty()) answers = client().ask(requests, form_, store_in(input.folder).get());
    auto prepared = std::make_unique<JudgedAnswers>();
    std::size_t next = 0;
    for (const Scored& each : input.scored) add(each, answers, next, *prepared);
    prepared->set_report(report(input, answers.usage, *prepared));
    tell(requests.size(), answers.usage, *prepared);
    return prepared;
  }

 private:
  /// One client for the whole study: an item that several scenarios have in common is judged once.
  chat::Client& client() const {
    const std::lock_guard lock(mutex_);
    if (!client_) client_ = std::make_unique<chat::Client>(settings_);
    return *client_;
  }

  void add(const Scored& scored, const chat::Answers& answers, std::size_t& next, JudgedAnswers& prepared) const {
    const std::string& reference = scored.sample->answer;
    const std::string& answer = scored.prediction->text;
    if (!scored.sample->open) {
      prepared.add_closed(substring_ ? is_right_substring(reference, answer) : is_right_parsed(reference, answer));
    } else if (!needs_judge(scored)) {
      prepared.add_open(100);
    } else if (const chat::Outcome& outcome = answers.outcomes[next++]; outcome.error) {
      prepared.add_unscored(scored.sample->id, outcome.error->what());
    } else {
      prepared.add_open(read_score(outcome.reply.text).value());
    }
  }

  std::string report(const MetricInput& input, const chat::Usage& usage, const JudgedAnswers& prepared) const {
    const auto open =
        std::count_if(input.scored.begin(), input.scored.end(), [](const Scored& each) { return each.sample->open; });
    const auto judged = std::count_if(input.scored.begin(), input.scored.end(), needs_judge);
    auto unscored = nlohmann::ordered_json::array();
    for (const auto& [id, reason] : prepared.unscored()) {
      if (unscored.size() < kMostListed) unscored.push_back({{"id", id}, {"reason", reason}});
    }
    const nlohmann::ordered_json json{
        {"judge", settings_.model},
        {"endpoint", settings_.base_url},
        {"prompt_sha256", sha256_hex(judge_template())},
        {"closed_rule", substring_ ? "substring" : "parsed"},
        {"open_items", open},
        {"equal_to_reference", open - judged},
        {"scored_by_judge", judged - static_cast<std::ptrdiff_t>(prepared.unscored().size())},
        {"without_score", prepared.unscored().size()},
        {"without_score_items", unscored},
        {"usage", nlohmann::ordered_json::parse(chat::to_json(usage))},
        {"replies", input.folder.empty() ? "" : "replies.jsonl"}};
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  void tell(std::size_t asked, const chat::Usage& usage, const JudgedAnswers& prepared) const {
    if (asked > 0) log(LogLevel::info, "gpt_score, judge " + settings_.model + ": " + chat::to_string(usage));
    if (prepared.unscored().empty()) return;
    log(LogLevel::warning, "gpt_score: " + std::to_string(prepared.unscored().size()) + " of " + std::to_string(asked) +
                               " answers have no score and are left out; the first (" +
                               prepared.unscored().front().first + "): " + prepared.unscored().front().second +
                               "; run again with --rescore to ask for them again");
  }

  chat::Settings settings_;
  bool substring_;
  chat::Form form_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<chat::Client> client_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::GptScoreMetric)
