// Typed reading of Hugging Face JSON files (config.json and its kin), with errors that name file, key and found type.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk {

/// A JSON object. Keys may be paths ("vision_config.hidden_size"). A null value counts as absent. Getters without a
/// fallback throw Error(checkpoint) if the key is absent; all throw it if the type is another.
/// Cheap to copy; immutable; may be used from several threads.
class MEDVLM_API HfConfig {
 public:
  /// Throws Error(checkpoint) if the file is absent or no JSON object, or has a key twice.
  static HfConfig from_file(const std::filesystem::path& file);
  /// `label` stands for the file's name in messages.
  static HfConfig from_text(std::string_view json, const std::string& label);

  bool has(std::string_view key) const;
  /// "text", "integer", "number", "boolean", "list", "table", or "nothing" where the key is absent or null.
  std::string type_of(std::string_view key) const;
  std::vector<std::string> keys() const;

  /// A JSON integer within 64 bits; 3.0 is not one, nor is 1000000000000000019884624838656 (read that as a number).
  std::int64_t integer(std::string_view key) const;
  std::int64_t integer(std::string_view key, std::int64_t fallback) const;
  double number(std::string_view key) const;  ///< an integer is a number too
  double number(std::string_view key, double fallback) const;
  bool flag(std::string_view key) const;
  bool flag(std::string_view key, bool fallback) const;
  std::string text(std::string_view key) const;
  std::string text(std::string_view key, std::string_view fallback) const;
  std::vector<std::int64_t> integers(std::string_view key) const;
  std::vector<double> numbers(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;

  HfConfig object(std::string_view key) const;
  /// An empty object where the key is absent.
  HfConfig object_or_empty(std::string_view key) const;
  /// A list of objects.
  std::vector<HfConfig> objects(std::string_view key) const;

  /// The file or label, for messages.
  const std::string& file() const;
  /// Throws Error(checkpoint): "<file>: <key>: <complaint>", with the full path of the key.
  [[noreturn]] void fail(std::string_view key, const std::string& complaint) const;

 private:
  struct Document;
  HfConfig(std::shared_ptr<const Document> document, const void* node, std::string prefix);
  const void* find(std::string_view key) const;

  std::shared_ptr<const Document> document_;
  const void* node_ = nullptr;  ///< the nlohmann::json object within the document
  std::string prefix_;          ///< its path, for messages
};

}  // namespace medvlm::sdk
