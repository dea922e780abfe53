#include "probe.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"
#include "medvlm/conformance/adapter.hpp"
#include "medvlm/conformance/dataset.hpp"
#include "medvlm/conformance/metric.hpp"
#include "medvlm/conformance/model.hpp"
#include "medvlm/registry/registry.hpp"
#include "medvlm/registry/toml_value.hpp"

namespace medvlm::launcher {
namespace {

using conformance::Finding;
using conformance::Outcome;
using registry::Manifest;

constexpr std::size_t kLongestMessage = 2000;

struct ProbeArguments {
  std::filesystem::path manifest;
  int result_descriptor = -1;
  std::vector<std::string> settings;
};

ProbeArguments parse(int argc, char** argv) {
  ProbeArguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool more = i + 1 < argc;
    if (word == "--set" && more) {
      arguments.settings.push_back(argv[++i]);
    } else if (word == "--result-fd" && more) {
      const std::string number = argv[++i];
      std::from_chars(number.data(), number.data() + number.size(), arguments.result_descriptor);
    } else if (arguments.manifest.empty()) {
      arguments.manifest = word;
    } else {
      throw Error(ErrorCode::usage, "probe: unexpected '" + word + "'");
    }
  }
  if (arguments.manifest.empty() || arguments.result_descriptor < 0) {
    throw Error(ErrorCode::usage, "probe is what 'medvlm validate' starts; use that");
  }
  return arguments;
}

/// "8", "true", "[1, 2]" and "'text'" are TOML; anything else, or any value of a text or path option, is plain text.
Value parse_setting(const Manifest& manifest, const std::string& name, const std::string& text) {
  for (const OptionSpec& spec : manifest.options) {
    if (spec.name != name) continue;
    const OptionType type = spec.type;
    if (type == OptionType::text || type == OptionType::path || type == OptionType::choice) return Value(text);
  }
  try {
    return registry::parse_toml("value = " + text, "--set").table()->at("value");
  } catch (const Error&) {
    return Value(text);
  }
}

/// The options of [conformance.options], overridden by --set.
Value given_options(const Manifest& manifest, const std::vector<std::string>& settings) {
  Value given = manifest.conformance_options.table() ? manifest.conformance_options : Value(Value::Table{});
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) throw Error(ErrorCode::usage, "--set '" + setting + "': expected option=value");
    const std::string name = setting.substr(0, equals);
    (*given.table())[name] = parse_setting(manifest, name, setting.substr(equals + 1));
  }
  return given;
}

/// Resolves against the manifest's folder. Throws Error(config) with every complaint.
Options resolve(const Manifest& manifest, const Value& given) {
  std::vector<Diagnostic> complaints;
  Options options = resolve_options(manifest.options, given, manifest.file.parent_path(), "", complaints);
  std::string text;
  for (const Diagnostic& complaint : complaints) text += (text.empty() ? "" : "; ") + to_string(complaint);
  if (!text.empty()) throw Error(ErrorCode::config, text);
  return options;
}

/// A value that a required option accepts; a path that leads nowhere.
Value made_up(const OptionSpec& spec) {
  const double number = spec.minimum.value_or(std::min(1.0, spec.maximum.value_or(1.0)));
  switch (spec.type) {
    case OptionType::flag: return Value(true);
    case OptionType::integer: return Value(std::int64_t(number));
    case OptionType::number: return Value(number);
    case OptionType::text: return Value("x");
    case OptionType::path: return Value("/nonexistent/medvlm-validate");
    case OptionType::choice: return Value(spec.choices.front());
    case OptionType::text_list: return Value(Value::Array{Value("x")});
    case OptionType::number_list: return Value(Value::Array{Value(1.0)});
    case OptionType::table: return Value(Value::Table{});
  }
  return Value();
}

std::vector<Finding> run_suite(const Manifest& manifest, const Options& options) {
  const auto has = [&](std::string_view name) {
    return std::find(manifest.capabilities.begin(), manifest.capabilities.end(), name) != manifest.capabilities.end();
  };
  if (manifest.kind == "dataset") {
    return conformance::check_dataset(*registry::create_plugin<Dataset>(manifest, options));
  }
  if (manifest.kind == "adapter") {
    return conformance::check_adapter(*registry::create_plugin<Adapter>(manifest, options));
  }
  if (manifest.kind == "metric") {
    return conformance::check_metric(*registry::create_plugin<Metric>(manifest, options));
  }
  return conformance::check_model(*registry::create_plugin<Model>(manifest, options),
                                  {has("encoder"), has("answerer"), has("adaptable")});
}

/// Creates the plugin and destroys it again, without calling anything of its interface.
void create_and_destroy(const Manifest& manifest, const Options& options) {
  const PluginDescriptor& descriptor = registry::load_plugin(manifest);
  descriptor.destroy(registry::create_object(manifest, options));
}

/// What can be checked when nobody gave the files that the plugin needs.
std::vector<Finding> check_without_files(const Manifest& manifest) {
  std::vector<Finding> findings;
  Value::Table given;
  bool needs_path = false;
  for (const OptionSpec& spec : manifest.options) {
    if (!spec.required) continue;
    given[spec.name] = made_up(spec);
    needs_path = needs_path || spec.type == OptionType::path;
  }
  try {
    resolve(manifest, Value(Value::Table{}));
    findings.push_back({"missing required options are refused", Outcome::failed, "they were accepted"});
  } catch (const Error& error) {
    findings.push_back({"missing required options are refused", Outcome::passed, error.what()});
  }
  Finding finding{"a path that does not exist is refused with an Error", Outcome::passed, ""};
  try {
    create_and_destroy(manifest, resolve(manifest, Value(given)));
    if (needs_path) {
      finding.outcome = Outcome::failed;
      finding.message = "the constructor accepted '/nonexistent/medvlm-validate'";
    }
  } catch (const Error& error) {
    const bool own = error.code() != ErrorCode::plugin && error.code() != ErrorCode::internal;
    finding.outcome = own ? Outcome::passed : Outcome::failed;
    finding.message = error.what();
  }
  findings.push_back(std::move(finding));
  findings.push_back({"the laws of a " + manifest.kind, Outcome::skipped,
                      "they need its required options: --set " + manifest.id + "." + given.begin()->first +
                          "=VALUE, or [conformance.options] in plugin.toml"});
  return findings;
}

struct Report {
  bool refused = false;
  std::vector<Finding> findings;
};

Report probe(const ProbeArguments& arguments) {
  Report report;
  Manifest manifest;
  try {
    manifest = registry::read_manifest(arguments.manifest);
    registry::load_plugin(manifest);
  } catch (const Error& error) {
    return {true, {{"", Outcome::failed, error.what()}}};
  }
  report.findings.push_back({"loads", Outcome::passed, ""});
  bool nothing_given = false;
  try {
    const Value given = given_options(manifest, arguments.settings);
    const bool complete = std::all_of(manifest.options.begin(), manifest.options.end(), [&](const OptionSpec& spec) {
      return !spec.required || given.table()->count(spec.name) != 0;
    });
    nothing_given = given.table()->empty();
    const auto more = !complete && nothing_given ? check_without_files(manifest)
                                                 : run_suite(manifest, resolve(manifest, given));
    report.findings.insert(report.findings.end(), more.begin(), more.end());
  } catch (const Error& error) {
    // A plugin may need one of several options, which its declarations cannot say; asking for it is right behaviour.
    const bool asks = nothing_given && error.code() == ErrorCode::config;
    report.findings.push_back({"is created", asks ? Outcome::skipped : Outcome::failed, error.what()});
  }
  return report;
}

void write(const Report& report, int descriptor) {
  nlohmann::json findings = nlohmann::json::array();
  for (const Finding& finding : report.findings) {
    findings.push_back({{"law", finding.law},
                        {"outcome", conformance::to_string(finding.outcome)},
                        {"message", finding.message.substr(0, kLongestMessage)}});
  }
  const nlohmann::json json{{"refused", report.refused}, {"findings", std::move(findings)}};
  // A message may hold any bytes; what is no UTF-8 is replaced.
  std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t wrote = ::write(descriptor, text.data() + done, text.size() - done);
    if (wrote <= 0) throw Error(ErrorCode::io, "probe: cannot write the report");
    done += std::size_t(wrote);
  }
}

}  // namespace

int probe_main(int argc, char** argv) {
  const ProbeArguments arguments = parse(argc, argv);
  write(probe(arguments), arguments.result_descriptor);
  return 0;
}

}  // namespace medvlm::launcher
