// Options of a plugin: what it declares in plugin.toml, and the checked values it receives.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/base/value.hpp"

namespace medvlm {

enum class OptionType { flag, integer, number, text, path, choice, text_list, number_list, table };

/// "flag", "integer", ...: the word used in plugin.toml and in messages.
MEDVLM_API std::string_view option_type_name(OptionType type);
MEDVLM_API std::optional<OptionType> option_type_from_name(std::string_view name);

/// One declared option.
struct OptionSpec {
  std::string name;
  OptionType type = OptionType::text;
  bool required = false;
  Value default_value;  ///< null: absent unless given
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::vector<std::string> choices;  ///< for OptionType::choice
  std::string help;
};

/// One complaint about a configuration, with its place and cure.
struct Diagnostic {
  Location location;
  std::string key;      ///< key path, e.g. "models[0].checkpoint"
  std::string message;  ///< what was found, what was expected, the nearest known name
};

/// "file:line:column: key: message"
MEDVLM_API std::string to_string(const Diagnostic& diagnostic);

/// Checked, read-only option values. Getters throw Error(internal) for a name that the plugin did not declare
/// and Error(config) for one that has neither value nor default. Safe to read from several threads.
class MEDVLM_API Options {
 public:
  Options() = default;
  explicit Options(Value::Table values) : values_(std::move(values)) {}

  bool has(std::string_view name) const;  ///< given, or has a default
  bool flag(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  double number(std::string_view name) const;
  const std::string& text(std::string_view name) const;
  std::filesystem::path path(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  std::vector<double> numbers(std::string_view name) const;
  const Value::Table& table(std::string_view name) const;
  /// Where the option was written, for messages about its content.
  Location location(std::string_view name) const;

  const Value::Table& values() const { return values_; }

 private:
  const Value& get(std::string_view name) const;
  Value::Table values_;
};

/// Checks `given` against `specs`, fills in defaults, makes relative paths absolute against `base`, and appends every
/// complaint to `diagnostics` (key paths begin with `prefix`). The result is usable only if nothing was appended.
MEDVLM_API Options resolve_options(const std::vector<OptionSpec>& specs, const Value& given,
                                   const std::filesystem::path& base, const std::string& prefix,
                                   std::vector<Diagnostic>& diagnostics);

/// The candidate nearest to `name` by edit distance, if near enough to be a typing error.
MEDVLM_API std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& candidates);

/// "; did you mean 'x'?" or, without a near one, "; known: a, b, c".
MEDVLM_API std::string suggestion(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace medvlm
