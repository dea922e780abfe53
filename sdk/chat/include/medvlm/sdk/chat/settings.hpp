// Where and how to ask, from the options that every user of a chat endpoint shares.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "medvlm/base/options.hpp"

namespace medvlm::sdk::chat {

/// The language that an endpoint speaks.
enum class Api {
  openai,  ///< POST <base_url>/chat/completions
  google   ///< POST <base_url>/models/<model>:generateContent
};

struct Settings {
  Api api = Api::openai;
  std::string base_url;             ///< without "/" at the end; never holds a secret
  std::string model;
  std::string key_variable;         ///< the environment variable with the key; empty: no key is sent
  std::string parameters = "{}";    ///< a JSON object that is merged into every request
  std::string max_tokens_name = "max_tokens";  ///< OpenAI's newer models want "max_completion_tokens"
  double timeout = 120;             ///< seconds for one call
  int tries = 8;                    ///< calls for one question, the first included
  int concurrency = 8;              ///< calls at once, at most
  std::int64_t requests_per_minute = 0;  ///< 0: no cap
  double window_seconds = 60;       ///< of requests_per_minute
  double first_backoff = 1;         ///< seconds
  double longest_backoff = 30;
  double longest_delay = 900;       ///< a server that wants a longer wait is not waited for
  double input_price = 0;           ///< per million prompt tokens
  double output_price = 0;          ///< per million completion tokens
};

/// Reads the options api, base_url, model, api_key_env, parameters, max_tokens_name, timeout, tries, concurrency,
/// requests_per_minute, input_price and output_price; see plugins/models/chat_api/plugin.toml. Reads no key. Throws
/// Error(config) with the option's place, in particular for a key in the URL or in place of the variable's name.
MEDVLM_API Settings read_settings(const Options& options);

/// These options as they are declared, for whoever reads a table of its own. A plugin declares them in its plugin.toml.
MEDVLM_API std::vector<OptionSpec> setting_specs();

}  // namespace medvlm::sdk::chat
