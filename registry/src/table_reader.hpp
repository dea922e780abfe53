// Strict reading of one TOML table: every key must be asked for, every complaint has its place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/base/value.hpp"

namespace medvlm::registry {

/// Reads keys of a table and collects complaints. `path` is the table's key path, empty for the root.
class TableReader {
 public:
  /// `value` must outlive the reader; if it is not a table, that is a complaint and the table counts as empty.
  TableReader(const Value& value, std::string path, std::vector<Diagnostic>& complaints);

  /// The value of a key, or null.
  const Value* find(const std::string& key);
  /// The text of a key; empty if absent. A missing required key, an empty text or another type is a complaint.
  std::string text(const std::string& key, bool required);
  /// The number of a key, if there.
  std::optional<double> number(const std::string& key);
  bool flag(const std::string& key);
  std::vector<std::string> texts(const std::string& key);
  /// Complains about every key that was not asked for.
  void refuse_unknown();

  void complain(const Location& location, const std::string& key, std::string message);
  const Value::Table& table() const { return *table_; }
  std::string key_path(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

 private:
  void wrong_type(const Value& found, const std::string& key, const std::string& expected);

  const Value& value_;
  const Value::Table* table_;
  std::string path_;
  std::vector<Diagnostic>& complaints_;
  std::vector<std::string> known_;
};

}  // namespace medvlm::registry
