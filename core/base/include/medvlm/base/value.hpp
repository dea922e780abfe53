// A configuration value with the place it was written: the form in which TOML reaches plugins.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm {

/// Where a value was written. `line` 0 means: not from a file (a default, or --set).
struct Location {
  std::string file;
  std::int64_t line = 0;
  std::int64_t column = 0;
};

/// "file:line:column", or what is known of it.
MEDVLM_API std::string to_string(const Location& location);

/// A boolean, integer, floating-point number, string, array or table. Ordered tables: iteration is by key.
class MEDVLM_API Value {
 public:
  using Array = std::vector<Value>;
  using Table = std::map<std::string, Value>;

  Value() = default;
  Value(bool flag) : data_(flag) {}
  Value(std::int64_t integer) : data_(integer) {}
  Value(int integer) : data_(std::int64_t{integer}) {}
  Value(double number) : data_(number) {}
  Value(std::string text) : data_(std::move(text)) {}
  Value(const char* text) : data_(std::string(text)) {}
  Value(Array array) : data_(std::move(array)) {}
  Value(Table table) : data_(std::move(table)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  const bool* flag() const { return std::get_if<bool>(&data_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data_); }
  const double* number() const { return std::get_if<double>(&data_); }
  const std::string* text() const { return std::get_if<std::string>(&data_); }
  const Array* array() const { return std::get_if<Array>(&data_); }
  const Table* table() const { return std::get_if<Table>(&data_); }
  Array* array() { return std::get_if<Array>(&data_); }
  Table* table() { return std::get_if<Table>(&data_); }

  /// "boolean", "integer", "number", "text", "list", "table" or "nothing".
  std::string type_name() const;
  /// Canonical JSON: sorted keys, shortest round-trip numbers.
  std::string to_json() const;

  Location location;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Table> data_;
};

}  // namespace medvlm
