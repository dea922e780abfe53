#include "medvlm/registry/manifest.hpp"

#include <algorithm>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/registry/toml_value.hpp"
#include "table_reader.hpp"

namespace medvlm::registry {
namespace {

const std::vector<std::string> kKindNames(kPluginKinds.begin(), kPluginKinds.end());
const std::vector<std::string> kTypeNames = {"flag",   "integer",   "number",      "text", "path",
                                             "choice", "text_list", "number_list", "table"};

bool only(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view kIdCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kHexDigits = "0123456789abcdef";

void read_plugin(const Value& value, Manifest& manifest, std::vector<Diagnostic>& complaints) {
  TableReader reader(value, "plugin", complaints);
  manifest.kind = reader.text("kind", true);
  manifest.id = reader.text("id", true);
  manifest.version = reader.text("version", true);
  manifest.licence = reader.text("licence", true);
  manifest.summary = reader.text("summary", true);
  const auto& kind = manifest.kind;
  if (!kind.empty() && std::find(kKindNames.begin(), kKindNames.end(), kind) == kKindNames.end()) {
    reader.complain(reader.find("kind")->location, "kind",
                    "'" + kind + "' is not a kind of plugin" + suggestion(kind, kKindNames));
  }
  if (!manifest.id.empty() && !only(manifest.id, kIdCharacters)) {
    reader.complain(reader.find("id")->location, "id",
                    "'" + manifest.id + "' may hold only lower-case letters, digits, '-' and '_'");
  }
  reader.refuse_unknown();
}

/// Brings the default into the form in which the plugin will get it, or complains.
void check_default(OptionSpec& spec, const Value& given, TableReader& reader) {
  if (spec.required) {
    reader.complain(given.location, "default", "a required option has no default; remove one of the two");
    return;
  }
  std::vector<Diagnostic> complaints;
  const Value table(Value::Table{{spec.name, given}});
  if (spec.type == OptionType::path) {
    // A relative default has no folder to be relative to.
    if (!given.text() || given.text()->empty() || (*given.text())[0] != '/') {
      reader.complain(given.location, "default", "a path has no default unless it is absolute; leave the default out");
      return;
    }
  }
  const Options resolved = resolve_options({spec}, table, "/", "", complaints);
  for (const Diagnostic& complaint : complaints) reader.complain(given.location, "default", complaint.message);
  if (complaints.empty()) spec.default_value = resolved.values().at(spec.name);
  spec.default_value.location = {};
}

OptionSpec read_option(const std::string& name, const Value& value, std::vector<Diagnostic>& complaints) {
  TableReader reader(value, "options." + name, complaints);
  OptionSpec spec;
  spec.name = name;
  const std::string type = reader.text("type", true);
  const auto known = option_type_from_name(type);
  if (known) {
    spec.type = *known;
  } else if (!type.empty()) {
    reader.complain(reader.find("type")->location, "type",
                    "'" + type + "' is not a type" + suggestion(type, kTypeNames));
  }
  spec.required = reader.flag("required");
  spec.minimum = reader.number("minimum");
  spec.maximum = reader.number("maximum");
  spec.choices = reader.texts("choices");
  spec.help = reader.text("help", true);
  if (const Value* given = reader.find("default"); given && known) check_default(spec, *given, reader);

  const bool numeric = spec.type == OptionType::integer || spec.type == OptionType::number;
  if (known && !numeric && (spec.minimum || spec.maximum)) {
    reader.complain(value.location, "minimum", "only an integer or a number has a minimum and a maximum");
  }
  if (spec.minimum && spec.maximum && *spec.minimum > *spec.maximum) {
    reader.complain(value.location, "minimum", "is above the maximum");
  }
  if (known && (spec.type == OptionType::choice) != !spec.choices.empty()) {
    reader.complain(value.location, "choices", "a choice needs a list of choices, and only a choice has one");
  }
  reader.refuse_unknown();
  return spec;
}

void read_options(const Value& value, Manifest& manifest, std::vector<Diagnostic>& complaints) {
  TableReader reader(value, "options", complaints);
  std::vector<std::pair<Location, OptionSpec>> options;
  for (const auto& [name, option] : reader.table()) {
    // A study's entry has these keys for itself, so a plugin would never see them.
    if (name == "name" || name == "plugin") {
      reader.complain(option.location, name, "studies use this key for the entry itself; choose another name");
      continue;
    }
    options.emplace_back(option.location, read_option(name, option, complaints));
  }
  // Tables iterate by key; people read them in the order of the file.
  std::stable_sort(options.begin(), options.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.line, a.first.column) < std::pair(b.first.line, b.first.column);
  });
  for (auto& [location, option] : options) manifest.options.push_back(std::move(option));
}

void read_capabilities(const Value& value, Manifest& manifest, std::vector<Diagnostic>& complaints) {
  TableReader reader(value, "capabilities", complaints);
  for (const std::string name : {"encoder", "answerer", "adaptable"}) {
    if (reader.flag(name)) manifest.capabilities.push_back(name);
  }
  reader.refuse_unknown();
  if (manifest.kind != "model" && !reader.table().empty()) {
    complaints.push_back({value.location, "capabilities", "only a model has capabilities"});
  }
}

void read_conformance(const Value& value, Manifest& manifest, std::vector<Diagnostic>& complaints) {
  TableReader reader(value, "conformance", complaints);
  if (const Value* options = reader.find("options")) {
    manifest.conformance_options = *options;
    resolve_options(manifest.options, *options, manifest.file.parent_path(), "conformance.options", complaints);
  }
  reader.refuse_unknown();
}

void read_build(const Value& value, Manifest& manifest, std::vector<Diagnostic>& complaints) {
  TableReader reader(value, "build", complaints);
  manifest.library = reader.text("library", true);
  manifest.sha256 = reader.text("sha256", true);
  manifest.stamp = reader.text("stamp", true);
  const auto& library = manifest.library;
  if (library.find('/') != std::string::npos || library == "." || library == "..") {
    reader.complain(reader.find("library")->location, "library",
                    "'" + library + "' must be a file name: the library lies beside its manifest");
  }
  if (!manifest.sha256.empty() && (manifest.sha256.size() != 64 || !only(manifest.sha256, kHexDigits))) {
    reader.complain(reader.find("sha256")->location, "sha256", "expected 64 lower-case hexadecimal digits");
  }
  reader.refuse_unknown();
}

void read_version(TableReader& root, const Value& value) {
  const Value* version = root.find("manifest_version");
  if (!version || !version->integer()) {
    root.complain(version ? version->location : value.location, "manifest_version", "expected the integer 1");
  } else if (*version->integer() != kManifestVersion) {
    root.complain(version->location, "manifest_version",
                  "found " + std::to_string(*version->integer()) + ", this medvlm reads " +
                      std::to_string(kManifestVersion) + "; use a plugin built for this medvlm, or a newer medvlm");
  }
}

Value to_value(const OptionSpec& spec) {
  Value::Table table{{"name", spec.name},
                     {"type", std::string(option_type_name(spec.type))},
                     {"required", spec.required},
                     {"help", spec.help},
                     {"default", spec.default_value}};
  if (spec.minimum) table["minimum"] = *spec.minimum;
  if (spec.maximum) table["maximum"] = *spec.maximum;
  if (!spec.choices.empty()) table["choices"] = Value::Array(spec.choices.begin(), spec.choices.end());
  return Value(std::move(table));
}

}  // namespace

Manifest parse_manifest(std::string_view text, const std::filesystem::path& file) {
  const Value value = parse_toml(text, file.string());
  std::vector<Diagnostic> complaints;
  Manifest manifest;
  manifest.file = file;
  TableReader root(value, "", complaints);
  read_version(root, value);
  const Value nothing(Value::Table{});
  const auto section = [&](const char* key, bool required) -> const Value& {
    const Value* found = root.find(key);
    if (!found && required) root.complain(value.location, key, "required table is missing");
    return found ? *found : nothing;
  };
  const std::size_t before = complaints.size();
  const Value& plugin = section("plugin", true);
  const Value& options = section("options", false);
  const Value& capabilities = section("capabilities", false);
  const Value& conformance = section("conformance", false);
  const Value& build = section("build", true);
  if (complaints.size() == before) {
    read_plugin(plugin, manifest, complaints);
    read_options(options, manifest, complaints);
    read_capabilities(capabilities, manifest, complaints);
    if (complaints.empty()) read_conformance(conformance, manifest, complaints);
    read_build(build, manifest, complaints);
  }
  root.refuse_unknown();
  if (complaints.empty()) return manifest;
  std::string message;
  for (const Diagnostic& complaint : complaints) message += (message.empty() ? "" : "\n") + to_string(complaint);
  throw Error(ErrorCode::config, message);
}

Manifest read_manifest(const std::filesystem::path& file) {
  std::error_code error;
  const auto canonical = std::filesystem::canonical(file, error);
  if (error) throw Error(ErrorCode::io, "cannot open '" + file.string() + "': " + error.message());
  return parse_manifest(read_file(canonical), canonical);
}

Value to_value(const Manifest& manifest) {
  Value::Array options;
  for (const OptionSpec& spec : manifest.options) options.push_back(to_value(spec));
  return Value(Value::Table{
      {"kind", manifest.kind},
      {"id", manifest.id},
      {"version", manifest.version},
      {"licence", manifest.licence},
      {"summary", manifest.summary},
      {"capabilities", Value::Array(manifest.capabilities.begin(), manifest.capabilities.end())},
      {"options", std::move(options)},
      {"file", manifest.file.string()}});
}

}  // namespace medvlm::registry
