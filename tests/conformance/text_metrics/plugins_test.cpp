// The text metrics' plugins on the goldens: each answer alone, the groups' means, and the bootstrap tables.
#include "text_goldens.hpp"

#include "answers.hpp"
#include "golden_arrays.hpp"
#include "medvlm/core/bootstrap.hpp"

using namespace medvlm;
using namespace medvlm::test;
using nlohmann::json;

namespace {

const AnswerSet& golden_answers() {
  static const AnswerSet set = [] {
    AnswerSet answers;
    for (const AnswerCase& each : answer_cases()) answers.add(each.open, each.reference, each.answer);
    return answers;
  }();
  return set;
}

std::unique_ptr<PreparedMetric> prepared_on_goldens(const Metric& metric) {
  return metric.prepare({questions(), golden_answers().scored()});
}

/// The metric's value of each answer alone against the golden number that `expected` picks.
template <typename Expected>
void check_each(const Metric& metric, const std::string& value, double tolerance, Expected expected) {
  const auto prepared = prepared_on_goldens(metric);
  std::vector<std::uint32_t> alone(answer_cases().size(), 0);
  for (std::size_t i = 0; i < alone.size(); ++i) {
    alone[i] = 1;
    CAPTURE(i);
    check_close(value_of(*prepared, evaluate(*prepared, alone), value), expected(answer_cases()[i].expected), tolerance,
                value);
    alone[i] = 0;
  }
}

/// What compat_vqa calls a golden metric of a group.
std::string compat_name(const std::string& metric, const std::string& group) {
  const std::string name = metric == "rougeL_fmeasure" ? "rougeL" : metric;
  return "compat." + name + (group == "overall" ? "" : "[" + group + "]");
}

double compat_tolerance(const std::string& metric) { return metric.starts_with("bleu") ? kSingle : kExact; }

/// How often each answer of `rows` was drawn in one row of an index matrix.
std::vector<std::uint32_t> drawn(const std::vector<double>& indices, std::size_t round,
                                 const std::vector<std::size_t>& rows) {
  std::vector<std::uint32_t> multiplicity(answer_cases().size(), 0);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    ++multiplicity[rows[static_cast<std::size_t>(indices[round * rows.size() + k])]];
  }
  return multiplicity;
}

/// The rows of a group: "open", "closed", "overall".
std::vector<std::size_t> rows_of(const std::string& group) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < answer_cases().size(); ++i) {
    if (group == "overall" || answer_cases()[i].open == (group == "open")) rows.push_back(i);
  }
  return rows;
}

/// The metric's values in every round of an index matrix: [round][value].
std::vector<std::vector<double>> rounds_of(const PreparedMetric& metric, const std::vector<double>& indices,
                                           const std::vector<std::size_t>& rows) {
  std::vector<std::vector<double>> rounds;
  for (std::size_t round = 0; round < indices.size() / rows.size(); ++round) {
    rounds.push_back(evaluate(metric, drawn(indices, round, rows)));
  }
  return rounds;
}

std::vector<double> column(const PreparedMetric& metric, const std::vector<std::vector<double>>& rounds,
                           const std::string& name) {
  std::vector<double> values;
  for (const auto& round : rounds) values.push_back(value_of(metric, round, name));
  return values;
}

void check_summary(const std::vector<double>& rounds, const json& expected, double tolerance) {
  const Interval interval = summarise(rounds, 0.95);
  CHECK(interval.valid_rounds == expected.at("n_valid").get<std::size_t>());
  check_close(interval.mean, expected.at("mean"), tolerance, "mean");
  check_close(interval.low, expected.at("lo"), tolerance, "low");
  check_close(interval.high, expected.at("hi"), tolerance, "high");
  check_close(interval.std, expected.at("std0"), tolerance, "std");
}

}  // namespace

TEST_CASE("every answer alone has the fixed scores") {
  if (!text_goldens_present()) return;
  const auto fixed = [](const char* key) { return [key](const json& each) { return each.at("fixed").at(key); }; };
  const auto plain = [](const json& each) { return each.at("plain_vqa").at("accuracy"); };
  check_each(*exact_match(), "exact_match", 0, fixed("exact_match"));
  check_each(*exact_match("plain"), "exact_match", 0, plain);
  check_each(*token_f1(), "token_precision", kExact, fixed("precision"));
  check_each(*token_f1(), "token_recall", kExact, fixed("recall"));
  check_each(*token_f1(), "token_f1", kExact, fixed("f1"));
  check_each(*bleu(), "unigram_precision", kExact, fixed("unigram_precision"));
}

TEST_CASE("every answer alone has its BLEU and ROUGE") {
  if (!text_goldens_present()) return;
  for (const char* name : {"bleu1", "sentence_bleu1"}) {  // of one answer they are the same
    check_each(*bleu(), name, kExact, [](const json& each) { return each.at("nltk").at("bleu1"); });
    check_each(*bleu("13a"), name, kExact, [](const json& each) { return each.at("sacrebleu").at("bleu1_13a"); });
  }
  for (const std::string key : {"rouge1", "rouge2", "rougeL"}) {
    const auto score = [&](const char* kind, int part) {
      return [&key, kind, part](const json& each) { return each.at("rouge_score").at(kind).at(key).at(part); };
    };
    check_each(*rouge(), key + "_precision", kExact, score("norm", 0));
    check_each(*rouge(), key + "_recall", kExact, score("norm", 1));
    check_each(*rouge(), key, kExact, score("norm", 2));
    check_each(*rouge("normalised", true), key, kExact, score("norm_stem", 2));
    check_each(*rouge("raw"), key, kExact, score("raw", 2));
    check_each(*rouge("raw", true), key, kExact, score("raw_stem", 2));
  }
}

TEST_CASE("every answer alone has the original benchmark's scores") {
  if (!text_goldens_present()) return;
  const auto bench = [](const std::string& key) {
    return [key](const json& each) { return each.at("bench").at(key); };
  };
  const auto rouge_part = [](const std::string& key, int part) {
    return [key, part](const json& each) { return each.at("bench").at(key).at(part); };
  };
  const auto metric = compat_vqa();
  for (const char* name : {"exact_match", "precision", "recall", "f1"}) {
    check_each(*metric, std::string("compat.") + name, kExact, bench(name));
  }
  for (const char* name : {"bleu1", "bleu2", "bleu3", "bleu4"}) {
    check_each(*metric, std::string("compat.") + name, kSingle, bench(name));
  }
  for (const char* name : {"rouge1", "rouge2", "rougeL"}) {
    check_each(*metric, std::string("compat.") + name, 0, rouge_part(name, 2));
  }
  check_each(*metric, "compat.rougeL_recall", 0, rouge_part("rougeL", 1));
}

TEST_CASE("the original's accuracies of open and closed questions") {
  if (!text_goldens_present()) return;
  for (const bool open : {true, false}) {
    AnswerSet all;
    for (const AnswerCase& each : answer_cases()) all.add(open, each.reference, each.answer);
    const auto prepared = compat_vqa()->prepare({questions(), all.scored()});
    const std::string key = open ? "accuracy_open" : "accuracy_closed";
    const std::string name = open ? "compat.accuracy[open]" : "compat.accuracy[closed]";
    std::vector<std::uint32_t> alone(all.size(), 0);
    for (std::size_t i = 0; i < alone.size(); ++i) {
      alone[i] = 1;
      const AnswerCase& each = answer_cases()[i];
      const double value = value_of(*prepared, evaluate(*prepared, alone), name);
      check_close(value, each.expected.at("bench").at(key), 0, each.answer);
      alone[i] = 0;
    }
  }
}

TEST_CASE("the original's group means and its bootstrap tables") {
  if (!text_goldens_present()) return;
  const auto prepared = prepared_on_goldens(*compat_vqa());
  const auto aggregate = json::parse(read_file(text_golden("text_aggregate.json")));
  const GoldenArrays arrays(text_golden("text_bootstrap.safetensors"));
  const auto full = evaluate(*prepared, std::vector<std::uint32_t>(answer_cases().size(), 1U));
  const auto pooled = rounds_of(*prepared, arrays.get("pooled.idx"), rows_of("overall"));
  for (const auto& [group, metrics] : aggregate.at("groups").items()) {
    std::vector<std::vector<double>> within;
    if (group != "overall") within = rounds_of(*prepared, arrays.get(group + ".idx"), rows_of(group));
    for (const auto& [metric, expected] : metrics.items()) {
      const std::string name = compat_name(metric, group);
      CAPTURE(name);
      const double tolerance = compat_tolerance(metric);
      check_close(value_of(*prepared, full, name), expected.at("mean"), tolerance, "mean over the group");
      const auto values = column(*prepared, pooled, name);
      const auto table = arrays.get("pooled." + group + "." + metric);
      REQUIRE(values.size() == table.size());
      for (std::size_t round = 0; round < table.size(); ++round) {
        CHECK(std::abs(values[round] - table[round]) <= tolerance);
      }
      check_summary(values, expected.at("pooled"), tolerance);
      if (group != "overall") check_summary(column(*prepared, within, name), expected.at("within_group"), tolerance);
    }
  }
}

TEST_CASE("BLEU of the corpus equals sacrebleu") {
  if (!text_goldens_present()) return;
  const auto aggregate = json::parse(read_file(text_golden("text_aggregate.json")));
  for (const auto& [group, expected] : aggregate.at("corpus_bleu1").items()) {
    const std::string name = group == "overall" ? "bleu1" : "bleu1[" + group + "]";
    CAPTURE(name);
    const double normalised = answer_value(*bleu(), golden_answers(), name);
    check_close(normalised, expected.at("sacrebleu_none_norm"), kExact, "normalised");
    const double raw = answer_value(*bleu("13a"), golden_answers(), name);
    check_close(raw, expected.at("sacrebleu_13a_raw"), kExact, "13a");
  }
}
