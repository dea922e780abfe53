// The linear probe from end to end: what it learns, reports, keeps and refuses.
#include "adapter_bench.hpp"
#include "checks.hpp"

using namespace medvlm;
using test::AdapterBench;

namespace {

AdapterBench probe(LabelKind kind, Value::Table options = {}) {
  return AdapterBench("linear_probe", kind, std::move(options));
}

/// Enough steps for the tiny embeddings of the demo's model.
Value::Table quick_adamw(std::int64_t batch = 8) {
  return {{"solver", "adamw"}, {"lr", 0.05}, {"epochs", 30}, {"batch_size", batch}, {"standardise", true}};
}

const LabelKind kKinds[] = {LabelKind::binary, LabelKind::multiclass, LabelKind::multilabel};

}  // namespace

TEST_CASE("both solvers learn every kind of label") {
  for (const LabelKind kind : kKinds) {
    for (const bool adamw : {false, true}) {
      auto bench = probe(kind, adamw ? quick_adamw() : Value::Table{});
      CAPTURE(std::string(to_string(kind)));
      CAPTURE(adamw);
      CHECK(bench.run().scored == 40);
      CHECK(bench.worst_auroc() > 0.9);
      const at::Tensor scores = bench.scores();
      CHECK((scores >= 0).all().item<bool>());
      CHECK((scores <= 1).all().item<bool>());
      if (kind != LabelKind::multilabel) CHECK(at::allclose(scores.sum(1), at::ones({40}, at::kDouble)));
    }
  }
}

TEST_CASE("the report says what was trained on what, and what was left out") {
  auto bench = probe(LabelKind::binary);
  bench.dataset.unreadable = {"train-3"};
  bench.dataset.content[Split::train][5].label = -1;
  bench.run();
  const auto report = bench.report();
  CHECK(report["solver"] == "lbfgs");
  CHECK(report["samples"] == 46);
  CHECK(report["left_out"]["without_label"] == 1);
  CHECK(report["left_out"]["image_failed"] == 1);
  CHECK(report["class_counts"] == nlohmann::json{24, 22});
  CHECK(report["trained_parameters"] == 24 + 1);
  CHECK(report["validation"].size() == 7);
  CHECK(report["validation"][0]["folds"].size() == 5);
  CHECK(report["converged"] == true);
  double best = 1e9;
  for (const auto& candidate : report["validation"]) best = std::min(best, candidate["log_loss"].get<double>());
  for (const auto& candidate : report["validation"]) {
    if (candidate["strength"] == report["strength"]) CHECK(candidate["log_loss"] == best);
  }
}

TEST_CASE("a dataset's validation split chooses the strength; one strength needs no choice") {
  auto bench = probe(LabelKind::binary);
  bench.dataset.fill(Split::validation, 20);
  bench.run();
  CHECK(bench.report()["chosen_on"] == "validation split");
  CHECK(bench.report()["validation"][0]["folds"].size() == 1);
  auto fixed = probe(LabelKind::binary, {{"strengths", Value::Array{0.5}}});
  fixed.run();
  CHECK(fixed.report()["strength"] == 0.5);
  CHECK_FALSE(fixed.report().contains("validation"));
}

TEST_CASE("a finished probe is loaded without reading the train split, and predicts the same") {
  for (const bool adamw : {false, true}) {
    auto bench = probe(LabelKind::multiclass, adamw ? quick_adamw() : Value::Table{});
    bench.run();
    const at::Tensor scores = bench.scores();
    const auto report = bench.report();
    bench.forget_predictions();
    bench.dataset.train_closed = true;
    bench.run();
    CHECK(at::equal(bench.scores(), scores));
    CHECK(bench.report() == report);
  }
}

TEST_CASE("a training that stopped before its report is done again") {
  auto bench = probe(LabelKind::binary);
  bench.run();
  const std::string head = bench.bytes("head.safetensors");
  std::filesystem::remove(bench.trained("report.json"));
  write_file_atomically(bench.trained("head.safetensors"), "half");
  bench.forget_predictions();
  bench.run();
  CHECK(bench.bytes("head.safetensors") == head);
}

TEST_CASE("adamw's losses fall, and depend on the seed alone") {
  auto first = probe(LabelKind::binary, quick_adamw());
  auto again = probe(LabelKind::binary, quick_adamw());
  auto other = probe(LabelKind::binary, quick_adamw());
  other.seed = 2;
  first.run();
  again.run();
  other.run();
  CHECK(first.report()["losses"].size() == 30);
  CHECK(first.report()["losses"][29] < 0.5 * first.report()["losses"][0].get<double>());
  CHECK(first.bytes("head.safetensors") == again.bytes("head.safetensors"));
  CHECK(first.bytes("head.safetensors") != other.bytes("head.safetensors"));
}

TEST_CASE("a batch may be larger than the train split") {
  auto bench = probe(LabelKind::binary, quick_adamw(1000));
  bench.run();
  CHECK(bench.worst_auroc() > 0.9);
}

TEST_CASE("a class without samples is never predicted; a finding that never varies has a constant probability") {
  auto classes = probe(LabelKind::multiclass);
  for (Sample& sample : classes.dataset.content[Split::train]) sample.label = sample.label == 1 ? 0 : sample.label;
  classes.run();
  CHECK(classes.report()["classes_without_samples"] == nlohmann::json{"green"});
  CHECK((classes.scores().select(1, 1) == 0).all().item<bool>());
  auto findings = probe(LabelKind::multilabel);
  for (Sample& sample : findings.dataset.content[Split::train]) sample.labels[1] = 0;
  findings.run();
  const at::Tensor constant = findings.scores().select(1, 1);
  CHECK(constant[0].item<double>() == doctest::Approx(1.0 / 50));
  CHECK((constant == constant[0]).all().item<bool>());
  CHECK(findings.auroc(0) > 0.9);
}

TEST_CASE("train splits that teach nothing are refused") {
  for (const bool adamw : {false, true}) {
    const Value::Table options = adamw ? quick_adamw() : Value::Table{};
    auto one_class = probe(LabelKind::binary, options);
    for (Sample& sample : one_class.dataset.content[Split::train]) sample.label = 1;
    CHECK(test::contains(test::refusal([&] { one_class.run(); }),
                         "data: the train split of 'painted' has samples of one class only, 'green'"));
    auto empty = probe(LabelKind::binary, options);
    empty.dataset.content[Split::train].clear();
    CHECK(test::contains(test::refusal([&] { empty.run(); }), "data: the train split of 'painted' has no labelled sample"));
  }
  auto blind = probe(LabelKind::binary);
  for (const Sample& sample : blind.dataset.content[Split::train]) blind.dataset.unreadable.insert(sample.id);
  CHECK(test::contains(test::refusal([&] { blind.run(); }), "has no image that can be read"));
  auto one_patient = probe(LabelKind::binary);
  for (Sample& sample : one_patient.dataset.content[Split::train]) sample.groups = {{"patient", "one"}};
  CHECK(test::contains(test::refusal([&] { one_patient.run(); }), "give one value in `strengths`"));
}

TEST_CASE("bad options are refused") {
  CHECK(test::contains(test::refusal([&] { probe(LabelKind::binary, {{"strengths", Value::Array{0.0, 1.0}}}).run(); }),
                       "config: "));
  CHECK(test::contains(test::refusal([&] { probe(LabelKind::binary, {{"solver", "sgd"}}).run(); }), "config: "));
}
