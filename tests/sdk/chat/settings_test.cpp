#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/chat/settings.hpp"

using namespace medvlm;
using namespace medvlm::sdk::chat;

namespace {

Value::Table usual() {
  return {{"api", Value("openai")},          {"base_url", Value("https://example.org/v1")},
          {"model", Value("m")},             {"max_tokens_name", Value("max_tokens")},
          {"timeout", Value(3.5)},           {"tries", Value(5)},
          {"concurrency", Value(2)},         {"requests_per_minute", Value(7)},
          {"input_price", Value(0.15)},      {"output_price", Value(0.6)}};
}

Value::Table with(const std::string& name, Value value) {
  auto table = usual();
  table[name] = std::move(value);
  return table;
}

std::string refusal(const std::string& name, Value value) {
  try {
    read_settings(Options(with(name, std::move(value))));
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    return error.what();
  }
  return "no error";
}

bool tells(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the options of an endpoint are read") {
  auto table = with("base_url", Value("https://example.org/v1//"));
  table["api"] = Value("google");
  table["api_key_env"] = Value("MY_KEY");
  table["parameters"] = Value(Value::Table{{"temperature", Value(0.0)}});
  const Settings settings = read_settings(Options(table));
  CHECK(settings.api == Api::google);
  CHECK(settings.base_url == "https://example.org/v1");
  CHECK(settings.key_variable == "MY_KEY");
  CHECK(tells(settings.parameters, "temperature"));
  CHECK(settings.timeout == 3.5);
  CHECK(settings.tries == 5);
  CHECK(settings.concurrency == 2);
  CHECK(settings.requests_per_minute == 7);
  CHECK(settings.input_price == 0.15);
  CHECK(settings.output_price == 0.6);
}

TEST_CASE("a secret in the address is refused and not shown") {
  for (const char* url :
       {"https://user:s3cr3t@example.org/v1", "https://example.org/v1?key=s3cr3t", "https://example.org/#s3cr3t"}) {
    const std::string told = refusal("base_url", Value(url));
    CHECK(tells(told, "base_url"));
    CHECK(tells(told, "api_key_env"));
    CHECK(!tells(told, "s3cr3t"));
  }
}

TEST_CASE("addresses that are none are refused") {
  for (const char* url : {"example.org/v1", "ftp://example.org", "https://", "https:///v1", "https://exa mple.org"}) {
    CHECK(tells(refusal("base_url", Value(url)), "option 'base_url'"));
  }
}

TEST_CASE("a key in place of its variable's name is refused and not shown") {
  const std::string told = refusal("api_key_env", Value("sk-proj-0123456789"));
  CHECK(tells(told, "name of an environment variable"));
  CHECK(!tells(told, "0123"));
}

TEST_CASE("a model without a name is refused") { CHECK(tells(refusal("model", Value("")), "option 'model'")); }
