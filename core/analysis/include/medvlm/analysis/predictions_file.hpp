// predictions.jsonl: every sample of a finished scenario as plain data, read line by line. The format is described in
// docs/reference/results.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::analysis {

/// Why a sample has no prediction.
struct PredictionError {
  std::string stage;    ///< "decode"
  std::string code;     ///< "data"
  std::string message;
};

/// One line. What a line does not have is empty; keys that are not listed here are ignored.
struct PredictionRecord {
  std::uint64_t index = 0;  ///< place in the test split
  std::string id, image;
  std::optional<std::int64_t> label;  ///< binary, multi-class: number of the class
  std::vector<int> labels;            ///< multi-label: 1, 0, or -1 for unknown
  std::vector<double> scores;         ///< one per class; NaN where the file has null
  std::string question, answer;       ///< VQA
  std::optional<bool> open;           ///< VQA alone has it
  std::string text;                   ///< VQA: what the model said
  std::int64_t prompt_tokens = 0, new_tokens = 0;
  double seconds = 0;
  std::vector<std::pair<std::string, std::string>> groups;  ///< {"patient", "17"}
  std::vector<std::pair<std::string, double>> values;       ///< by metric: the sample's own number; NaN for null
  std::optional<PredictionError> error;

  /// The sample's own number for a metric, or null.
  MEDVLM_API const double* value_of(std::string_view metric) const;
};

/// Reads one record after the other, so that the file's size does not matter. Not for several threads at once.
class MEDVLM_API PredictionsFile {
 public:
  /// Throws Error(io) if the file cannot be opened.
  explicit PredictionsFile(std::filesystem::path file);

  /// Fills `record` with the next line; false at the end. Empty lines are skipped. Throws Error(data) with file and line
  /// for a line that is no record, Error(io) if reading fails.
  bool next(PredictionRecord& record);

  /// The number of the line that next() read last, counted from 1.
  std::uint64_t line() const { return line_; }

 private:
  std::filesystem::path file_;
  std::ifstream stream_;
  std::uint64_t line_ = 0;
};

/// The whole file. Throws what PredictionsFile throws.
MEDVLM_API std::vector<PredictionRecord> read_predictions(const std::filesystem::path& file);

}  // namespace medvlm::analysis
