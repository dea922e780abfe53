#include "table_reader.hpp"

#include <algorithm>

namespace medvlm::registry {

TableReader::TableReader(const Value& value, std::string path, std::vector<Diagnostic>& complaints)
    : value_(value), table_(value.table()), path_(std::move(path)), complaints_(complaints) {
  static const Value::Table kEmpty;
  if (table_) return;
  table_ = &kEmpty;
  complaints_.push_back({value.location, path_, "expected a table, found " + value.type_name()});
}

const Value* TableReader::find(const std::string& key) {
  known_.push_back(key);
  const auto found = table_->find(key);
  return found == table_->end() ? nullptr : &found->second;
}

std::string TableReader::text(const std::string& key, bool required) {
  const Value* value = find(key);
  if (!value) {
    if (required) complain(value_.location, key, "required key is missing (a text)");
    return "";
  }
  if (!value->text()) {
    wrong_type(*value, key, "a text");
    return "";
  }
  if (value->text()->empty() && required) complain(value->location, key, "must not be empty");
  return *value->text();
}

std::optional<double> TableReader::number(const std::string& key) {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (const auto* integer = value->integer()) return double(*integer);
  if (const double* number = value->number()) return *number;
  wrong_type(*value, key, "a number");
  return std::nullopt;
}

bool TableReader::flag(const std::string& key) {
  const Value* value = find(key);
  if (!value) return false;
  if (value->flag()) return *value->flag();
  wrong_type(*value, key, "true or false");
  return false;
}

std::vector<std::string> TableReader::texts(const std::string& key) {
  const Value* value = find(key);
  if (!value) return {};
  std::vector<std::string> texts;
  if (!value->array()) wrong_type(*value, key, "a list of texts");
  for (const Value& item : value->array() ? *value->array() : Value::Array{}) {
    if (item.text()) {
      texts.push_back(*item.text());
    } else {
      wrong_type(item, key, "a list of texts");
    }
  }
  return texts;
}

void TableReader::refuse_unknown() {
  for (const auto& [key, value] : *table_) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
      complain(value.location, key, "unknown key" + suggestion(key, known_));
    }
  }
}

void TableReader::complain(const Location& location, const std::string& key, std::string message) {
  complaints_.push_back({location, key_path(key), std::move(message)});
}

void TableReader::wrong_type(const Value& found, const std::string& key, const std::string& expected) {
  complain(found.location, key, "expected " + expected + ", found " + found.type_name());
}

}  // namespace medvlm::registry
