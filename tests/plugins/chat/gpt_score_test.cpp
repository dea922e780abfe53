#include <cmath>

#include "chat_plugin_bench.hpp"
#include "medvlm/base/hash.hpp"
#include "medvlm/core/metric.hpp"

#include "checks.hpp"

using namespace medvlm;
using namespace medvlm::test;

namespace {

/// Questions with answers, owned here.
class AnsweredSet {
 public:
  AnsweredSet() { info_.task = Task::vqa; }

  AnsweredSet& add(bool open, const std::string& reference, const std::string& answer) {
    Sample sample;
    sample.id = "q" + std::to_string(samples_.size());
    sample.question = "question " + sample.id;
    sample.answer = reference;
    sample.open = open;
    samples_.push_back(std::move(sample));
    predictions_.emplace_back().text = answer;
    return *this;
  }

  std::unique_ptr<PreparedMetric> prepare(const Metric& metric, const std::filesystem::path& folder = {}) const {
    std::vector<Scored> scored;
    for (std::size_t i = 0; i < samples_.size(); ++i) scored.push_back({&samples_[i], &predictions_[i]});
    return metric.prepare({info_, scored, {}, folder});
  }

 private:
  DatasetInfo info_;
  std::vector<Sample> samples_;
  std::vector<Prediction> predictions_;
};

auto judge(const StubChatServer& server, Value::Table more = {}) {
  return make_plugin<Metric>("metric", "gpt_score", endpoint(server, std::move(more)));
}

/// A judge that gives the number that the prediction ends in.
StubReply rate(const StubCall& call) {
  const std::string text = question_of(call);
  const std::size_t begin = text.find("[Prediction]\n") + 13;
  const std::string prediction = text.substr(begin, text.find('\n', begin) - begin);
  return answer_with(call, prediction.substr(prediction.find_last_of(' ') + 1) + "\nBecause.", 100, 10);
}

std::vector<double> values_of(const PreparedMetric& metric, const std::vector<std::uint32_t>& multiplicity) {
  std::vector<double> values(3, -1);
  metric.evaluate(multiplicity, values);
  return values;
}

nlohmann::json report_of(const PreparedMetric& metric) { return nlohmann::json::parse(metric.report()); }

}  // namespace

TEST_CASE("gpt_score: open items are judged, closed ones are not, and the whole is weighted") {
  StubChatServer server(rate);
  AnsweredSet set;
  set.add(true, "a cup", "a thing 40")
      .add(true, "a disc", "a thing 80")
      .add(false, "yes", "Yes, it is.")
      .add(false, "no", "Normal.");
  set.add(true, "equal", "equal");
  const auto metric = judge(server);
  const auto prepared = set.prepare(*metric);
  CHECK(server.calls().size() == 2);
  const auto all = values_of(*prepared, {1, 1, 1, 1, 1});
  CHECK(prepared->values()[0].name == "gpt_score");
  CHECK(prepared->values()[1].name == "gpt_score[open]");
  CHECK(prepared->values()[2].name == "gpt_score[closed]");
  CHECK(all[1] == doctest::Approx((0.4 + 0.8 + 1) / 3));
  CHECK(all[2] == 0.5);
  CHECK(all[0] == doctest::Approx((0.4 + 0.8 + 1 + 1 + 0) / 5));
  const auto drawn = values_of(*prepared, {3, 0, 1, 0, 1});
  CHECK(drawn[1] == doctest::Approx((3 * 0.4 + 1) / 4));
  CHECK(drawn[2] == 1.0);
  CHECK(drawn[0] == doctest::Approx((3 * 0.4 + 1 + 1) / 5));
  CHECK(std::isnan(values_of(*prepared, {0, 0, 1, 0, 0})[1]));
  CHECK(values_of(*prepared, {0, 0, 1, 0, 0})[0] == 1.0);
  const auto report = report_of(*prepared);
  CHECK(report["judge"] == "stub");
  CHECK(report["open_items"] == 3);
  CHECK(report["equal_to_reference"] == 1);
  CHECK(report["scored_by_judge"] == 2);
  CHECK(report["without_score"] == 0);
  CHECK(report["usage"]["calls"] == 2);
  CHECK(report["usage"]["prompt_tokens"] == 200);
  CHECK(report["usage"]["served_models"][0] == "stub-1");
}

TEST_CASE("gpt_score: closed items as the paper scores them") {
  StubChatServer server(rate);
  AnsweredSet set;
  set.add(false, "no", "Normal.").add(false, "Left", "on the left side").add(false, "yes", "no");
  const auto metric = judge(server, {{"closed", Value("substring")}});
  CHECK(values_of(*set.prepare(*metric), {1, 1, 1})[2] == doctest::Approx(2.0 / 3));
  CHECK(values_of(*set.prepare(*judge(server)), {1, 1, 1})[2] == doctest::Approx(1.0 / 3));
  CHECK(server.calls().empty());
}

TEST_CASE("gpt_score: a reply without a score is asked for again; then the item is left out, never 0") {
  StubChatServer server([](const StubCall& call) {
    return holds(call.body, "stubborn") ? answer_with(call, "I cannot say.") : rate(call);
  });
  AnsweredSet set;
  set.add(true, "a cup", "a thing 40").add(true, "a disc", "stubborn 80").add(false, "yes", "yes");
  const auto metric = judge(server, {{"reasks", Value(1)}});
  const auto prepared = set.prepare(*metric);
  CHECK(server.calls().size() == 3);
  const auto all = values_of(*prepared, {1, 1, 1});
  CHECK(all[1] == doctest::Approx(0.4));
  CHECK(all[0] == doctest::Approx((2 * 0.4 + 1) / 3));  // the weight is that of all open items
  const auto report = report_of(*prepared);
  CHECK(report["without_score"] == 1);
  CHECK(report["without_score_items"][0]["id"] == "q1");
  CHECK(holds(report["without_score_items"][0]["reason"], "I cannot say."));
  CHECK(report["usage"]["malformed"] == 2);
}

TEST_CASE("gpt_score: a score out of range is no score") {
  StubChatServer server(rate);
  AnsweredSet set;
  set.add(true, "a cup", "a thing 0").add(true, "a cup", "a thing 250");
  const auto prepared = set.prepare(*judge(server));
  CHECK(std::isnan(values_of(*prepared, {1, 1})[1]));
  CHECK(holds(prepared->undefined_reason(1), "no score for any of 2"));
  CHECK(holds(prepared->undefined_reason(0), "no score for any of 2"));
}

TEST_CASE("gpt_score: a judge that fails for single items, and one that never gives a score") {
  StubChatServer server([](const StubCall&) { return error_with(400, "I am broken"); });
  AnsweredSet set;
  set.add(true, "a", "b").add(true, "c", "d").add(false, "yes", "yes");
  const auto prepared = set.prepare(*judge(server));
  const auto all = values_of(*prepared, {1, 1, 1});
  CHECK(std::isnan(all[0]));
  CHECK(std::isnan(all[1]));
  CHECK(all[2] == 1.0);
  CHECK(holds(prepared->undefined_reason(0), "I am broken"));
  CHECK(report_of(*prepared)["without_score"] == 2);
}

TEST_CASE("gpt_score: an item is judged once per study, and every scenario keeps its raw replies with their hashes") {
  const TemporaryFolder folder;
  StubChatServer server(rate);
  AnsweredSet set;
  set.add(true, "a cup", "a thing 40");
  {
    const auto metric = judge(server);
    for (const char* name : {"one", "two"}) {
      CHECK(values_of(*set.prepare(*metric, folder.path() / name), {1})[0] == doctest::Approx(0.4));
      const std::string line = text_of(folder.path() / name / "replies.jsonl");
      const auto record = nlohmann::json::parse(line.substr(9));
      CHECK(record["raw_sha256"] == sha256_hex(record["raw"].get<std::string>()));
      CHECK(holds(record["raw"], "Because."));
    }
    CHECK(server.calls().size() == 1);
  }
  // Another run: the scenario's folder knows it.
  const auto later = set.prepare(*judge(server), folder.path() / "two");
  CHECK(server.calls().size() == 1);
  CHECK(values_of(*later, {1})[0] == doctest::Approx(0.4));
  CHECK(report_of(*later)["usage"]["cached"] == 1);
}

TEST_CASE("gpt_score: the judge is tried before the run") {
  StubChatServer server([](const StubCall&) { return error_with(401, "wrong key"); });
  const auto refused = thrown_by([&] { judge(server)->preflight(); });
  CHECK(refused.first == ErrorCode::network);
  CHECK(holds(refused.second, "wrong key"));
}

TEST_CASE("gpt_score: no questions, no values; diagnosis is refused") {
  StubChatServer server(rate);
  const auto prepared = AnsweredSet().prepare(*judge(server));
  for (const double value : values_of(*prepared, {})) CHECK(std::isnan(value));
  for (std::size_t i = 0; i < 3; ++i) CHECK(prepared->undefined_reason(i) == "no question was answered");
  CHECK(thrown_by([&] { judge(server)->check(DatasetInfo{}); }).first == ErrorCode::config);
}
