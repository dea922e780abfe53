// The laws of metrics, on each text metric with options other than the defaults (`validate` tries those).
#include <doctest/doctest.h>

#include "answers.hpp"
#include "medvlm/conformance/metric.hpp"

using namespace medvlm;
using namespace medvlm::test;

namespace {

void check_laws(Metric& metric) {
  const auto findings = conformance::check_metric(metric);
  CHECK(conformance::failures(findings) == "");
  CHECK(conformance::conforms(findings));
}

}  // namespace

TEST_CASE("text metrics keep the laws of metrics") {
  check_laws(*exact_match("plain"));
  check_laws(*vqa_accuracy(1));
  check_laws(*token_f1());
  check_laws(*bleu("13a"));
  check_laws(*rouge("raw", true));
  check_laws(*compat_vqa());
}
