// `medvlm report`: what is in it, and its formats.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "document.hpp"
#include "medvlm/analysis/outcome.hpp"

namespace medvlm::report {

struct ReportRequest {
  std::string title;   ///< empty: made of the studies' names
  std::string metric;  ///< empty: each task's first headline
  std::string tuned;   ///< adapter that "tuned" means; empty: each task's first that trains
  std::optional<std::size_t>
      samples;  ///< per scenario in the browser of samples, 0: none; empty: as many as keep the file small
  std::filesystem::path thumbnails;  ///< folder with <dataset>/<index>.png; empty: none
};

/// Everything that a report says.
struct Report {
  std::vector<analysis::Outcome> outcomes;
  Document document;
  Json samples;  ///< of the browser of samples; null: none
};

/// Reads all results at or below the folders. Throws what analysis::read_outcomes() throws; Error(config) for a metric
/// or adapter that is in no result, Error(io) for a missing folder of thumbnails.
Report make_report(const std::vector<std::filesystem::path>& folders, const ReportRequest& request);

/// One file with everything inside. `assets`: the folder with the page's parts and the libraries (share/medvlm/report).
/// Throws Error(io) that says how to get what is missing.
std::string html_report(const Report& report, const std::filesystem::path& assets);

/// One row per value of every scenario.
std::string csv_report(const Report& report);
std::string markdown_report(const Report& report);
/// A whole LaTeX document that needs booktabs and longtable.
std::string latex_report(const Report& report);
/// Everything, including the figures' specifications.
std::string json_report(const Report& report);

}  // namespace medvlm::report
