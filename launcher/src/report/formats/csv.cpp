#include "../material.hpp"
#include "../report.hpp"
#include "../text.hpp"

namespace medvlm::report {

std::string csv_report(const Report& report) {
  std::string csv =
      "study,scenario,model,family,role,dataset,task,domain,adapter,seed,metric,name,headline,higher_is_better,value,"
      "ci_low,ci_high,mean,std,"
      "valid_rounds,confidence,total,scored,errored,missing,source,table\n";
  for (const analysis::Outcome& outcome : report.outcomes) {
    for (const analysis::OutcomeValue& value : outcome.values) {
      const std::vector<std::string> fields = {outcome.study,
                                               outcome.name(),
                                               outcome.model.name,
                                               outcome.model.family,
                                               outcome.model.role,
                                               outcome.dataset.name,
                                               outcome.dataset.task,
                                               outcome.domain == "-" ? "" : outcome.domain,
                                               outcome.adapter.name,
                                               outcome.adapter.seed ? std::to_string(*outcome.adapter.seed) : "",
                                               value.metric,
                                               value.name,
                                               value.headline ? "true" : "false",
                                               value.higher_is_better ? "true" : "false"};
      for (const std::string& field : fields) csv += csv_text(field) + ",";
      const Interval& interval = value.interval;
      for (const double number : {interval.value, interval.low, interval.high, interval.mean, interval.std})
        csv += exact(number) + ",";
      csv += (interval.valid_rounds > 0 ? std::to_string(interval.valid_rounds) : "") + "," +
             exact(outcome.confidence) + ",";
      const analysis::Counts& counts = outcome.counts;
      const bool counted = !outcome.published || counts.total > 0;
      for (const std::size_t count : {counts.total, counts.scored, counts.errored, counts.missing})
        csv += (counted ? std::to_string(count) : "") + ",";
      csv += csv_text(outcome.published ? "published: " + outcome.published->source : "computed") + "," +
             csv_text(outcome.published ? outcome.published->table : "") + "\n";
    }
  }
  return csv;
}

}  // namespace medvlm::report
