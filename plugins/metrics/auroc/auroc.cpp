// The metric plugin `auroc`.
#include <limits>
#include <map>

#include "medvlm/sdk/metric/classification.hpp"
#include "medvlm/sdk/plugin.hpp"
#include "prepared.hpp"

namespace medvlm::metrics {
namespace {

Average average_from(const Options& options) {
  static const std::map<std::string, Average> known{{"macro_present", Average::macro_present},
                                                    {"macro", Average::macro},
                                                    {"weighted", Average::weighted},
                                                    {"ovo", Average::ovo},
                                                    {"micro", Average::micro}};
  const std::string& name = options.text("average");
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [each, unused] : known) names.push_back(each);
  throw Error(ErrorCode::config, "metric 'auroc': average = \"" + name + "\"" + suggestion(name, names));
}

analysis::Scale scale_from(const Options& options) {
  if (!options.has("delong")) return analysis::Scale::logit;
  const std::string& name = options.text("delong");
  if (name == "logit") return analysis::Scale::logit;
  if (name == "plain") return analysis::Scale::plain;
  throw Error(ErrorCode::config, "metric 'auroc': delong = \"" + name + "\"" + suggestion(name, {"logit", "plain"}));
}

class AurocMetric final : public Metric {
 public:
  explicit AurocMetric(const Options& options) : average_(average_from(options)), scale_(scale_from(options)) {}

  void check(const DatasetInfo& dataset) const override {
    sdk::check_classification(dataset, "auroc");
    if (dataset.labels == LabelKind::multilabel && average_ == Average::ovo) refuse(dataset, "ovo", "multi-class");
    if (dataset.labels == LabelKind::multiclass && average_ == Average::micro) refuse(dataset, "micro", "multi-label");
  }

  std::unique_ptr<PreparedMetric> prepare(const MetricInput& input) const override {
    check(input.dataset);
    // A pooled ranking has samples * classes items, numbered with 32 bits of which one is the truth.
    if (input.scored.size() > std::numeric_limits<std::uint32_t>::max() / 2 / input.dataset.classes.size()) {
      throw Error(ErrorCode::data, "metric 'auroc': " + std::to_string(input.scored.size()) + " samples are too many");
    }
    for (const Scored& each : input.scored) sdk::check_sample(input.dataset, each);
    return std::make_unique<PreparedAuroc>(input.dataset, input.scored, average_, scale_);
  }

 private:
  [[noreturn]] static void refuse(const DatasetInfo& dataset, const std::string& average, const std::string& kind) {
    throw Error(ErrorCode::config, "metric 'auroc': average = \"" + average + "\" is for " + kind + " datasets; '" +
                                       dataset.name + "' is " + std::string(to_string(dataset.labels)) +
                                       ": use \"macro_present\"");
  }

  Average average_;
  analysis::Scale scale_;
};

}  // namespace
}  // namespace medvlm::metrics

MEDVLM_PLUGIN(medvlm::Metric, medvlm::metrics::AurocMetric)
