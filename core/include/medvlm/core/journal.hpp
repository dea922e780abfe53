// The append-only journal of one scenario: every prediction, checksummed, on the disk after each batch.
// The format is described in docs/formats/journal.md.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "medvlm/base/files.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm {

/// The outcome of the sample at position `index` of the test split.
struct JournalRecord {
  std::size_t index = 0;
  std::string id;
  Prediction prediction;
};

enum class JournalMode {
  resume,   ///< continue; refuse a journal of another identity
  fresh,    ///< start over
  rescore,  ///< continue; let the scoring part of the identity change
};

/// Single writer; guarded by the scenario's FolderLock.
class MEDVLM_API Journal {
 public:
  /// Opens or creates `folder/journal.jsonl`. `identity` is a JSON object with everything that determines the
  /// predictions and, under "scoring", what determines the statistics. A torn last line is cut off and reported in the
  /// log. Throws Error(conflict) that lists every difference between the journal's identity and this one, Error(io) for
  /// damage before the last line.
  Journal(const std::filesystem::path& folder, const std::string& identity, JournalMode mode);

  /// Records on the disk, by position.
  const std::map<std::size_t, JournalRecord>& records() const { return records_; }

  /// Appends and forces to the disk. After an Error(io) the journal on the disk is still good.
  void append(std::span<const JournalRecord> records);

 private:
  void read(const std::string& identity, JournalMode mode);
  void start(const std::string& identity);

  std::filesystem::path file_;
  std::map<std::size_t, JournalRecord> records_;
  std::unique_ptr<AppendFile> out_;
};

/// What is known of a journal without taking it over: number of records and of errors, and the differences of its
/// identity from `identity` (empty: the same), with what shards of the scenario have. Zero records if there is none.
struct JournalState {
  bool exists = false;
  std::size_t records = 0;
  std::size_t errored = 0;
  std::vector<std::string> differences;
};
MEDVLM_API JournalState inspect_journal(const std::filesystem::path& folder, const std::string& identity);
/// The same in a fraction of the time, for overviews: records are counted without being read, so that damage is not noticed.
MEDVLM_API JournalState glance_at_journal(const std::filesystem::path& folder, const std::string& identity);

/// One line per key path at which two JSON objects differ: "model.options.checkpoint: was ..., is ...".
MEDVLM_API std::vector<std::string> identity_differences(const std::string& before, const std::string& now);

}  // namespace medvlm
