// From a published table to outcomes: names, scales, counts.
#include "medvlm/analysis/published_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/hash.hpp"
#include "medvlm/base/options.hpp"
#include "published_rows.hpp"

namespace medvlm::analysis {
namespace {

constexpr std::size_t kLast = std::numeric_limits<std::size_t>::max();

/// Lower case, with "_" for whatever is neither letter nor digit: "GPT score" is "gpt_score".
std::string plain_word(std::string_view text) {
  std::string word;
  for (const char letter : text) {
    const bool upper = letter >= 'A' && letter <= 'Z';
    const bool kept = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
    word += upper ? static_cast<char>(letter - 'A' + 'a') : kept ? letter : '_';
  }
  return word;
}

/// A name that can be a folder's.
std::string folder_word(const std::string& name) {
  std::string word = name;
  for (char& letter : word) {
    const bool kept = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
                      letter == '.' || letter == '-' || letter == '_';
    if (!kept) letter = '_';
  }
  if (word.starts_with(".")) word.front() = '_';
  return word;
}

/// Finds what a table's name means.
template <typename Facts>
class Names {
 public:
  Names(const std::vector<Named<Facts>>& known, std::string kind, const std::string& file)
      : known_(known), kind_(std::move(kind)), file_(file) {}

  /// The place among the facts, if it is there. `task`: datasets of another task are not meant.
  std::optional<std::size_t> find(const std::string& name, const std::string& task = "") const {
    for (const bool aliases : {false, true}) {
      for (std::size_t i = 0; i < known_.size(); ++i) {
        if (!fits(known_[i].facts, task)) continue;
        const auto& others = known_[i].aliases;
        const bool same = aliases ? std::find(others.begin(), others.end(), name) != others.end() : known_[i].facts.name == name;
        if (same) return i;
      }
    }
    return std::nullopt;
  }

  /// The facts and their place; complains once of a name that is not known. Without any facts every name is its own.
  std::pair<Facts, std::size_t> get(const CsvCell& cell, const std::string& task, Complaints& complaints) {
    Facts facts;
    facts.name = folder_word(cell.text);
    if (known_.empty()) return {facts, kLast};
    if (const auto place = find(cell.text, task)) return {known_[*place].facts, *place};
    if (complained_.insert(cell.text).second) {
      std::vector<std::string> names;
      for (const auto& entry : known_) {
        names.push_back(entry.facts.name);
        names.insert(names.end(), entry.aliases.begin(), entry.aliases.end());
      }
      complaints.add(cell, "'" + file_ + "' has no " + kind_ + " '" + cell.text + "'" + suggestion(cell.text, names) +
                               "; add it there, or its spelling to the aliases of one that is there");
    }
    return {facts, kLast};
  }

 private:
  static bool fits(const DatasetFacts& facts, const std::string& task) {
    return facts.task.empty() || task.empty() || facts.task == task;
  }
  template <typename Other>
  static bool fits(const Other&, const std::string&) {
    return true;
  }

  const std::vector<Named<Facts>>& known_;
  std::string kind_;
  const std::string& file_;
  std::set<std::string> complained_;
};

class TableReader {
 public:
  TableReader(const std::filesystem::path& file, const PublishedRequest& request)
      : request_(request),
        file_(file.string()),
        complaints_(file_),
        models_(request.facts.models, "model", request.facts.file),
        datasets_(request.facts.datasets, "dataset", request.facts.file),
        adapters_(request.facts.adapters, "adapter", request.facts.file) {
    const std::string text = read_file(file);
    table_.sha256 = sha256_hex(text);
    table_.source = request.source.empty() ? file.filename().string() : request.source;
    table_.study = folder_word(request.study.empty() ? file.stem().string() : request.study);
    rows_ = published_rows(text, file_, complaints_);
    table_.rows = rows_.size();
  }

  PublishedTable read() {
    choose_scales();
    for (const PublishedRow& row : rows_) {
      if (row.kind == RowKind::value) add_value(row);
    }
    complaints_.refuse();
    for (const PublishedRow& row : rows_) {
      if (row.kind == RowKind::model_size) add_size(row);
      if (row.kind == RowKind::sample_count) add_count(row);
      if (row.kind == RowKind::skipped) skip(row, row.why);
    }
    if (found_.empty()) {
      throw Error(ErrorCode::data, file_ +
                  " has no row with a model, a dataset, a method, a metric and a value: there is nothing to import");
    }
    finish();
    return std::move(table_);
  }

 private:
  using Order = std::tuple<std::size_t, std::size_t, std::size_t, std::size_t>;
  struct Item {
    Outcome outcome;
    Order order;
    std::set<std::string> tables;
  };

  std::string task_of(const PublishedRow& row) const {
    if (!row.task.empty()) return row.task;
    return request_.task.empty() ? "diagnosis" : request_.task;
  }

  /// A metric is in percent if any of its values is above 1.
  void choose_scales() {
    for (const PublishedRow& row : rows_) {
      if (row.kind != RowKind::value) continue;
      const std::string name = plain_word(row.metric.text);
      auto found = std::find_if(table_.metrics.begin(), table_.metrics.end(),
                                [&](const auto& metric) { return metric.name == name; });
      if (found == table_.metrics.end()) found = table_.metrics.insert(found, {name, 0, request_.scale == NumberScale::percent});
      ++found->values;
      if (request_.scale == NumberScale::automatic && std::fabs(row.value) > 1) found->percent = true;
    }
  }

  double factor_of(const PublishedRow& row, const std::string& metric) {
    const auto found = std::find_if(table_.metrics.begin(), table_.metrics.end(),
                                    [&](const auto& entry) { return entry.name == metric; });
    if (request_.scale == NumberScale::automatic && (row.value > 100 || row.value < -100)) {
      complaints_.add(row.number, row.number.text +
                      " is neither a share nor a percentage; is it a typing error? If the metric is of another kind, "
                                                    "import with --scale fraction, which takes values as they are");
    }
    return found->percent ? 0.01 : 1;
  }

  void add_value(const PublishedRow& row) {
    const std::string task = task_of(row);
    const auto [model, model_place] = models_.get(row.model, task, complaints_);
    auto [dataset, dataset_place] = datasets_.get(row.dataset, task, complaints_);
    auto [adapter, adapter_place] = adapters_.get(row.adapter, task, complaints_);
    if (request_.facts.adapters.empty()) adapter.trains = !names_off_the_shelf(row.adapter.text);
    dataset.task = task;

    const std::string key = model.name + "/" + dataset.name + "/" + adapter.name;
    const auto [found, fresh] = found_.try_emplace(key);
    Item& item = found->second;
    if (fresh) {
      item.order = {model_place, dataset_place, adapter_place, found_.size()};
      begin(item.outcome, model, dataset, adapter);
    } else if (item.outcome.dataset.task != task) {
      complaints_.add(row.dataset, key + " is of the task " + item.outcome.dataset.task +
                      " in another row; two tasks need two names");
    }
    if (!row.table.empty()) item.tables.insert(row.table);
    add_number(item.outcome, row, key);
  }

  void begin(Outcome& outcome, const ModelFacts& model, const DatasetFacts& dataset, const AdapterFacts& adapter) {
    outcome.study = table_.study;
    outcome.model = model;
    outcome.dataset = dataset;
    outcome.adapter = adapter;
    outcome.domain = domain_of(model, dataset.modality);
    if (model.role == "specialist" && dataset.modality.empty()) {
      outcome.domain = "-";
      without_modality_.insert(dataset.name);
    }
    outcome.trained_on = std::find(model.trained_on.begin(), model.trained_on.end(), dataset.name) != model.trained_on.end();
    outcome.published = Published{table_.source, ""};
  }

  void add_number(Outcome& outcome, const PublishedRow& row, const std::string& key) {
    const std::string metric = plain_word(row.metric.text);
    const double factor = factor_of(row, metric);
    OutcomeValue value;
    value.metric = metric;
    value.name = row.subset.empty() ? metric : metric + "[" + row.subset + "]";
    value.headline = row.subset.empty();
    value.higher_is_better = row.higher_is_better;
    value.interval = {row.value * factor, std::numeric_limits<double>::quiet_NaN(), row.std * factor, row.low * factor,
                      row.high * factor, 0};
    const auto [line, fresh] = lines_.emplace(key + " " + value.name, row.number.line);
    if (!fresh) {
      complaints_.add(row.number, key + " has a value of " + value.name + " in line " + std::to_string(line->second) +
                      " already; keep one of them");
      return;
    }
    outcome.values.push_back(std::move(value));
    ++table_.value_rows;
  }

  void add_size(const PublishedRow& row) {
    const auto place = models_.find(row.model.text);
    const std::string name = place ? request_.facts.models[*place].facts.name : folder_word(row.model.text);
    bool used = false;
    for (auto& [key, item] : found_) {
      if (item.outcome.model.name != name) continue;
      item.outcome.model.parameters = std::llround(row.value);
      used = true;
    }
    used ? void(++table_.fact_rows) : skip(row, "a size of a model without values in the table");
  }

  void add_count(const PublishedRow& row) {
    const auto place = datasets_.find(row.dataset.text, row.task);
    const std::string name = place ? request_.facts.datasets[*place].facts.name : folder_word(row.dataset.text);
    bool used = false;
    for (auto& [key, item] : found_) {
      Outcome& outcome = item.outcome;
      if (outcome.dataset.name != name || (!row.task.empty() && row.task != outcome.dataset.task)) continue;
      outcome.counts.total = outcome.counts.scored = static_cast<std::size_t>(std::llround(row.value));
      used = true;
    }
    used ? void(++table_.fact_rows) : skip(row, "a count of samples of a dataset without values in the table");
  }

  void skip(const PublishedRow& row, const std::string& why) {
    for (SkippedRows& skipped : table_.skipped) {
      if (skipped.reason != why) continue;
      ++skipped.rows;
      return;
    }
    table_.skipped.push_back({why, 1, row.number.line});
  }

  void finish() {
    std::vector<Item*> items;
    for (auto& [key, item] : found_) items.push_back(&item);
    std::sort(items.begin(), items.end(), [](const Item* a, const Item* b) { return a->order < b->order; });
    for (Item* item : items) {
      for (const std::string& name : item->tables) {
        std::string& list = item->outcome.published->table;
        list += (list.empty() ? "" : ", ") + name;
      }
      table_.outcomes.push_back(std::move(item->outcome));
    }
    std::string datasets;
    for (const std::string& name : without_modality_) datasets += (datasets.empty() ? "" : ", ") + name;
    if (!datasets.empty()) {
      table_.notes.push_back("'" + request_.facts.file + "' does not say the modality of " + datasets +
                             ": whether specialists are in their domain there is not known (key modality of [[datasets]])");
    }
  }

  const PublishedRequest& request_;
  std::string file_;
  Complaints complaints_;
  Names<ModelFacts> models_;
  Names<DatasetFacts> datasets_;
  Names<AdapterFacts> adapters_;
  std::vector<PublishedRow> rows_;
  std::map<std::string, Item> found_;               // by "model/dataset/adapter"
  std::map<std::string, std::size_t> lines_;        // of each value
  std::set<std::string> without_modality_;
  PublishedTable table_;
};

}  // namespace

bool names_off_the_shelf(std::string_view adapter) {
  static const std::set<std::string> names = {"off_the_shelf", "ots", "zero_shot", "zeroshot", "zs", "pretrained", "base"};
  return names.contains(plain_word(adapter));
}

PublishedTable read_published_table(const std::filesystem::path& file, const PublishedRequest& request) {
  return TableReader(file, request).read();
}

}  // namespace medvlm::analysis
