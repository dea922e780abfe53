// The browser of samples: some of every scenario's predictions, small enough to lie inside the page.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "document.hpp"
#include "medvlm/analysis/outcome.hpp"
#include "medvlm/analysis/predictions_file.hpp"

namespace medvlm::report {

/// The picture of a sample as a data URI, or empty.
class ImageThumbnails {
 public:
  virtual ~ImageThumbnails() = default;
  virtual std::string data_uri(const analysis::Outcome& outcome, const analysis::PredictionRecord& record) = 0;
};

/// Pictures in a folder: <dataset>/<index>.png (or .jpg, .webp). Throws Error(io) if there is no such folder.
class ThumbnailFolder : public ImageThumbnails {
 public:
  explicit ThumbnailFolder(std::filesystem::path folder);
  std::string data_uri(const analysis::Outcome& outcome, const analysis::PredictionRecord& record) override;

 private:
  std::filesystem::path folder_;
};

/// Collects scenario by scenario. What samples of a dataset are taken depends on its size alone, so that scenarios on
/// one test set show the same samples: evenly spaced ones, and the first twenty that failed.
class SampleCollector {
 public:
  /// `per_scenario`: at least so many samples of each, if it has them.
  SampleCollector(std::size_t per_scenario, ImageThumbnails* thumbnails);

  void add(const analysis::Outcome& outcome, const std::vector<analysis::PredictionRecord>& predictions);

  /// {"datasets": [...], "scenarios": [...]}; null if nothing was added. Described in assets/samples.js.
  Json finish();

 private:
  struct TestSet {
    Json facts;
    std::map<std::size_t, Json> samples;  ///< by index
  };
  struct Scenario {
    std::string name, method, test_set, model, measure;
    std::map<std::size_t, Json> rows;  ///< by index: [prediction, score, right, error]
    std::size_t all = 0;
  };

  std::size_t per_scenario_;
  ImageThumbnails* thumbnails_;
  std::vector<std::string> test_set_names_;
  std::map<std::string, TestSet> test_sets_;
  std::vector<Scenario> scenarios_;
};

}  // namespace medvlm::report
