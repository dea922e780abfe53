#include "medvlm/sdk/chat/settings.hpp"

#include <algorithm>
#include <optional>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/chat/secret.hpp"

namespace medvlm::sdk::chat {
namespace {

Error setting_error(const Options& options, const std::string& name, const std::string& message) {
  const std::string place = to_string(options.location(name));
  return Error(ErrorCode::config, (place.empty() ? "" : place + ": ") + "option '" + name + "': " + message);
}

/// The address without "/" at its end. What is refused is not shown where it may hold a secret.
std::string checked_url(const Options& options) {
  std::string url = options.text("base_url");
  const std::size_t scheme = url.find("://");
  if (!url.starts_with("https://") && !url.starts_with("http://")) {
    throw setting_error(options, "base_url", "expected an address that begins with https:// (or http://)");
  }
  const std::string host = url.substr(scheme + 3, url.find('/', scheme + 3) - scheme - 3);
  if (host.empty()) throw setting_error(options, "base_url", "the address names no host");
  if (host.find('@') != host.npos) {
    throw setting_error(options, "base_url",
                        "a user or password in the address would be written to results; drop it, and give " +
                            std::string("a key through api_key_env"));
  }
  if (url.find_first_of("?#") != url.npos) {
    throw setting_error(options, "base_url",
                        "an address with '?' or '#' is not taken: a key in it would be written to results; "
                        "give the key through api_key_env");
  }
  if (std::any_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c >= 0x7f; })) {
    throw setting_error(options, "base_url", "the address holds white space or characters beyond ASCII");
  }
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::string checked_variable(const Options& options) {
  if (!options.has("api_key_env")) return "";
  const std::string& name = options.text("api_key_env");
  if (!is_variable_name(name)) {
    throw setting_error(
        options, "api_key_env",
        "expected the name of an environment variable, in capital letters; what is written there is none (not "
        "shown, because it may be a key)");
  }
  return name;
}

OptionSpec spec(std::string name, OptionType type, Value fallback, std::string help) {
  OptionSpec spec;
  spec.name = std::move(name);
  spec.type = type;
  spec.default_value = std::move(fallback);
  spec.help = std::move(help);
  return spec;
}

OptionSpec required(std::string name, std::string help) {
  OptionSpec each = spec(std::move(name), OptionType::text, {}, std::move(help));
  each.required = true;
  return each;
}

OptionSpec one_of(std::string name, std::vector<std::string> choices, std::string help) {
  OptionSpec each = spec(std::move(name), OptionType::choice, Value(choices.front()), std::move(help));
  each.choices = std::move(choices);
  return each;
}

OptionSpec within(OptionSpec each, double least, std::optional<double> most = std::nullopt) {
  each.minimum = least;
  each.maximum = most;
  return each;
}

}  // namespace

std::vector<OptionSpec> setting_specs() {
  using enum OptionType;
  return {one_of("api", {"openai", "google"}, "the language of the endpoint"),
          required("base_url", "address of the endpoint"),
          required("model", "the model as the endpoint names it"),
          spec("api_key_env", text, {}, "the name of the environment variable with the key"),
          spec("parameters", table, {}, "more fields of the request's body"),
          one_of("max_tokens_name", {"max_tokens", "max_completion_tokens"}, "what the limit of new tokens is called"),
          within(spec("timeout", number, Value(120.0), "seconds that one call may take"), 0.01, 3600),
          within(spec("tries", integer, Value(8), "calls for one question, the first included"), 1, 100),
          within(spec("concurrency", integer, Value(8), "calls at once, at most"), 1, 256),
          within(spec("requests_per_minute", integer, Value(0), "never more calls in any minute; 0: no cap"), 0),
          within(spec("input_price", number, Value(0.0), "per million prompt tokens"), 0),
          within(spec("output_price", number, Value(0.0), "per million new tokens"), 0)};
}

Settings read_settings(const Options& options) {
  Settings settings;
  settings.api = options.text("api") == "google" ? Api::google : Api::openai;
  settings.base_url = checked_url(options);
  settings.model = options.text("model");
  if (settings.model.empty()) throw setting_error(options, "model", "name the model as the endpoint calls it");
  settings.key_variable = checked_variable(options);
  if (options.has("parameters")) settings.parameters = Value(options.table("parameters")).to_json();
  settings.max_tokens_name = options.text("max_tokens_name");
  settings.timeout = options.number("timeout");
  settings.tries = static_cast<int>(options.integer("tries"));
  settings.concurrency = static_cast<int>(options.integer("concurrency"));
  settings.requests_per_minute = options.integer("requests_per_minute");
  settings.input_price = options.number("input_price");
  settings.output_price = options.number("output_price");
  return settings;
}

}  // namespace medvlm::sdk::chat
