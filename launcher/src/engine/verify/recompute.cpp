#include "recompute.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "medvlm/base/files.hpp"
#include "medvlm/core/journal.hpp"
#include "medvlm/core/progress.hpp"
#include "study_reader.hpp"
#include "study_runner.hpp"

namespace medvlm::launcher {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

/// A folder that is gone at the end.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (fs::temp_directory_path() / "medvlm-verify-XXXXXX").string();
    if (!::mkdtemp(name.data())) {
      throw Error(ErrorCode::io, "cannot make a folder in " + fs::temp_directory_path().string());
    }
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Nobody looks on.
class Unwatched final : public Progress {
 public:
  void begin(const std::string&, std::size_t, std::size_t) override {}
  void advance(std::size_t, std::size_t) override {}
  void end() override {}
  bool stop_requested() const override { return false; }
};

Value value_of(const OrderedJson& item) {
  if (item.is_boolean()) return Value(item.get<bool>());
  if (item.is_number_integer()) return Value(item.get<std::int64_t>());
  if (item.is_number()) return Value(item.get<double>());
  if (item.is_string()) return Value(item.get<std::string>());
  if (item.is_array()) {
    Value::Array list;
    for (const OrderedJson& each : item) list.push_back(value_of(each));
    return Value(std::move(list));
  }
  Value::Table table;
  for (const auto& [key, each] : item.items()) {
    if (!each.is_null()) table.emplace(key, value_of(each));
  }
  return Value(std::move(table));
}

/// The study of the manifest, cut to this scenario. It computes nothing, so the device may be another one.
Study study_of(const OrderedJson& manifest, const fs::path& output) {
  Value root = value_of(manifest.at("config"));
  const auto set = [&](const char* section, const std::string& key, Value value) {
    (*(*root.table())[section].table())[key] = std::move(value);
  };
  const auto only = [&](const char* kind, const OrderedJson& name) {
    set("study", kind, Value(Value::Array{Value(name.get<std::string>())}));
  };
  only("models", manifest.at("model").at("name"));
  only("datasets", manifest.at("dataset").at("name"));
  only("adapters", manifest.at("adapter").at("group"));  // an entry with seeds has a scenario for each
  Value::Array metrics;
  for (const OrderedJson& metric : manifest.at("identity").at("scoring").at("metrics")) {
    metrics.push_back(Value(metric.at("name").get<std::string>()));
  }
  set("study", "metrics", Value(std::move(metrics)));
  set("study", "output", Value(output.string()));
  set("run", "device", Value("cpu"));
  set("run", "dtype", Value("auto"));
  Study study;
  study.file = manifest.at("study_file").get<std::string>();
  std::vector<Diagnostic> diagnostics;
  read_sections(root, study, diagnostics);
  refuse(diagnostics);
  return study;
}

std::vector<fs::path> plugin_folders(const OrderedJson& manifest) {
  std::vector<fs::path> folders;
  for (const OrderedJson& plugin : manifest.at("plugins")) {
    const fs::path folder = fs::path(plugin.at("library").get<std::string>()).parent_path();
    if (fs::is_directory(folder) && std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.push_back(folder);
    }
  }
  return folders;
}

void copy_what_is_scored(const fs::path& from, const fs::path& to) {
  fs::create_directories(to);
  for (const char* name : {"journal.jsonl", "training.json"}) {
    if (fs::exists(from / name)) fs::copy_file(from / name, to / name);
  }
  for (const char* name : {"train", "metrics"}) {
    if (fs::exists(from / name)) fs::copy(from / name, to / name, fs::copy_options::recursive);
  }
}

/// The keys of two results that differ, but for how the work went and what judges report.
std::string differences_of(OrderedJson before, OrderedJson now, const std::vector<const char*>& keys_apart) {
  for (const char* key : keys_apart) {
    before.erase(key);
    now.erase(key);
  }
  std::string text;
  const auto list = identity_differences(before.dump(), now.dump());
  for (std::size_t i = 0; i < list.size() && i < 3; ++i) text += (i == 0 ? "" : "; ") + list[i];
  if (list.size() > 3) text += "; and " + std::to_string(list.size() - 3) + " more";
  return text;
}

Check compared(const std::string& name, bool same, const std::string& note) {
  return {name, same ? Verdict::ok : Verdict::changed, same ? "" : note};
}

/// Makes the scenario anew.
class Recomputation {
 public:
  Recomputation(const fs::path& folder, const OrderedJson& result)
      : folder_(folder), result_(result), manifest_(result.at("manifest")),
        bench_(study_of(manifest_, scratch_.path()), plugin_folders(manifest_), {}), runner_(bench_) {
    auto scenarios = runner_.plan();
    const auto found = std::find_if(scenarios.begin(), scenarios.end(), [&](const PlannedScenario& each) {
      return each.parts.adapter.entry.name == manifest_.at("adapter").at("name");
    });
    if (found == scenarios.end()) throw Error(ErrorCode::data, "the manifest's study does not have this scenario");
    planned_ = std::make_unique<PlannedScenario>(std::move(*found));
    planned_->parts.device = manifest_.at("device").get<std::string>();
    planned_->parts.dtype = manifest_.at("dtype").get<std::string>();
  }

  std::vector<Check> checks() {
    const TestSet& test = runner_.test_set(*planned_->dataset);
    std::vector<Check> list;
    const std::string listed = manifest_.at("dataset").at("samples_sha256").get<std::string>();
    list.push_back(compared("samples", test.sha256 == listed, "the dataset lists other test samples now"));
    list.push_back(check_manifest(test));
    score(test);
    const fs::path& made = planned_->folder;
    const auto same = [&](const char* name) { return read_file(folder_ / name) == read_file(made / name); };
    list.push_back(
        compared("predictions", same("predictions.jsonl"), "predictions.jsonl is not what the journal says"));
    list.push_back(compared("rounds", same("rounds.bin"), "rounds.bin is not what the journal gives"));
    const OrderedJson now = OrderedJson::parse(read_file(made / "result.json"));
    const std::string text = differences_of(result_, now, {"run", "manifest", "metric_reports", "scenario"});
    list.push_back(compared("numbers", text.empty(), text));
    return list;
  }

 private:
  /// What the manifest says of model, dataset, adapter and identity, said again.
  Check check_manifest(const TestSet& test) {
    const OrderedJson now = OrderedJson::parse(scenario_manifest(bench_.study(), planned_->parts, test.sha256));
    std::string text;
    for (const char* key : {"model", "dataset", "adapter", "identity", "plugins"}) {
      const std::string part =
          differences_of({{key, manifest_.value(key, OrderedJson())}}, {{key, now.value(key, OrderedJson())}}, {});
      if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
    }
    return compared("manifest", text.empty(), text);
  }

  void score(const TestSet& test) {
    copy_what_is_scored(folder_, planned_->folder);
    const std::string identity = manifest_.at("identity").dump();
    if (inspect_journal(planned_->folder, identity).records < test.samples.size()) {
      throw Error(ErrorCode::data, "the journal does not have every sample");
    }
    const auto adapter = bench_.make_adapter(planned_->parts.adapter);
    const Study& study = bench_.study();
    Scenario scenario;
    scenario.name = planned_->name;
    scenario.folder = planned_->folder;
    scenario.model = planned_->model->object.get();
    scenario.dataset = planned_->dataset->object.get();
    scenario.adapter = adapter.get();
    scenario.open_test = [&] { return TestSplit{test.samples, identity, manifest_.dump(), test.sha256}; };
    for (const Item<Metric>* metric : planned_->parts.metrics) {
      scenario.metrics.push_back({metric->entry.name, metric->object.get()});
    }
    if (fs::exists(planned_->folder / "training.json")) {
      scenario.training_identity =
          OrderedJson::parse(read_file(planned_->folder / "training.json")).at("identity").dump();
    }
    scenario.seed = planned_->parts.seed;
    scenario.batch_size = planned_->parts.batch_size;
    scenario.bootstrap = {
        study.bootstrap.rounds, study.seed, study.bootstrap.confidence,
        planned_->parts.unit == "cluster" ? BootstrapOptions::Unit::cluster : BootstrapOptions::Unit::sample, 0};
    scenario.subgroups = {study.scoring.subgroups, study.scoring.min_samples};
    Unwatched progress;
    evaluate(scenario, progress);
  }

  const fs::path& folder_;
  const OrderedJson& result_;
  const OrderedJson& manifest_;
  ScratchFolder scratch_;
  Workbench bench_;
  StudyRunner runner_;
  std::unique_ptr<PlannedScenario> planned_;
};

}  // namespace

std::vector<Check> recompute_checks(const fs::path& folder, const OrderedJson& result) {
  try {
    return Recomputation(folder, result).checks();
  } catch (const Error& error) {
    return {{"numbers", Verdict::could_not, error.what()}};
  } catch (const nlohmann::json::exception& error) {
    return {
        {"numbers", Verdict::changed, std::string("result.json has not the form of a result (") + error.what() + ")"}};
  }
}

}  // namespace medvlm::launcher
