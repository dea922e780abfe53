// Published numbers as outcomes: a CSV table of values by model, dataset, adapter and metric becomes one result.json per
// scenario, marked as published: there are no predictions, so no paired tests. Used by `medvlm import`.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/analysis/outcome.hpp"
#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// Facts of something, and under which other names a table may speak of it.
template <typename Facts>
struct Named {
  Facts facts;
  std::vector<std::string> aliases;
};

/// What a table's names mean. Where a list is empty, the table's own names are taken as they are, without facts.
struct PublishedFacts {
  std::vector<Named<ModelFacts>> models;
  std::vector<Named<DatasetFacts>> datasets;  ///< facts.task may be empty: of either task
  std::vector<Named<AdapterFacts>> adapters;
  std::string file;                           ///< whence, for messages
};

/// In what the table's values are written.
enum class NumberScale {
  automatic,  ///< by metric: percent if any value is above 1 or below -1
  percent,
  fraction,   ///< taken as they are
};

struct PublishedRequest {
  PublishedFacts facts;
  NumberScale scale = NumberScale::automatic;
  std::string source;  ///< empty: the file's name
  std::string task;    ///< "diagnosis" or "vqa" for tables without a column `task`; empty: "diagnosis"
  std::string study;   ///< name of the study in the results; empty: the file's name without its ending
};

/// How a metric's values were read.
struct PublishedMetric {
  std::string name;
  std::size_t values = 0;
  bool percent = false;
};

/// Rows that became no value.
struct SkippedRows {
  std::string reason;
  std::size_t rows = 0;
  std::size_t first_line = 0;
};

struct PublishedTable {
  std::vector<Outcome> outcomes;  ///< in the facts' order of models, datasets and adapters, else the table's
  std::vector<PublishedMetric> metrics;
  std::size_t rows = 0;           ///< without the header
  std::size_t value_rows = 0, fact_rows = 0;  ///< rows that gave values; model sizes and sample counts that were used
  std::vector<SkippedRows> skipped;
  std::vector<std::string> notes;             ///< what was taken for granted
  std::string source, study, sha256;          ///< sha256: of the file
};

/// Whether an adapter of this name leaves the model as it is: "off_the_shelf", "OTS", "zero-shot" in any spelling.
MEDVLM_API bool names_off_the_shelf(std::string_view adapter);

/// Reads a table. Columns `model`, `dataset`, `method` (or `adapter`), `metric`, `value` are required; `ci_low`, `ci_high`, `std`, `task`,
/// `table`, `subset`, `higher_is_better` are not. Rows without a method whose metric is `model_size_params` (or `model_size_K_params`,
/// `_M_`, `_B_`) give a model's parameters, those whose metric is `n_samples` a dataset's test samples. Throws Error(io);
/// Error(data) "file:line:column: ..." for all bad cells (at most twenty are shown), missing columns, unknown names, repeated
/// values.
MEDVLM_API PublishedTable read_published_table(const std::filesystem::path& file, const PublishedRequest& request);

/// Writes `folder/<model>/<dataset>/<adapter>/result.json` and `folder/study.json`; the same table gives the same bytes. Results
/// of an earlier import into this folder that are no more in the table are removed. Throws Error(conflict), before anything is
/// written, if the folder holds results that were computed; Error(io).
MEDVLM_API void write_published_table(const PublishedTable& table, const std::filesystem::path& folder);

}  // namespace medvlm::analysis
