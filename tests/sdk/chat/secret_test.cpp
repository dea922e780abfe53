#include <cstdlib>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "key_forms.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/chat/secret.hpp"

using namespace medvlm;
using namespace medvlm::sdk::chat;

namespace {

std::string refusal_of(const std::string& variable) {
  try {
    Secret::from_environment(variable);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a key is blotted out in every form") {
  const std::string key = "sk-Test/0123+abc\"d\\e=xyz";
  const Secret secret(key);
  for (const auto& [name, form] : test::key_forms(key)) {
    CAPTURE(name);
    const std::string clean = secret.redact("before " + form + " after");
    CHECK(clean.find(form) == clean.npos);
    CHECK(clean.find("[key]") != clean.npos);
    CHECK(clean.starts_with("before "));
    CHECK(clean.ends_with(" after"));
  }
}

TEST_CASE("a key inside a longer text in base64 is blotted out at every offset") {
  const std::string key = "sk-proj-0123456789abcdef";
  const Secret secret(key);
  for (const std::string before : {"", "u", "u:", "Bearer "}) {
    const std::string encoded = test::base64_of(before + key + " and more");
    CHECK(secret.redact(encoded).find("[key]") != std::string::npos);
    CHECK(secret.redact(encoded).size() < encoded.size() - 20);
  }
}

TEST_CASE("texts without the key stay as they are, and keys that are words garble nothing") {
  const std::string text = "a picture of the retina; is there a sk-ip lesion? 6b65";
  CHECK(Secret("sk-proj-0123456789abcdef").redact(text) == text);
  CHECK(Secret().redact(text) == text);
  // What servers without keys are given is no secret.
  for (const char* key : {"a", "none", "EMPTY", "anything"}) {
    CHECK(Secret(key).redact(std::string("a ") + key) == std::string("a ") + key);
  }
  CHECK(Secret("pass-w0rd").redact("a pass-w0rd") == "a [key]");
}

TEST_CASE("a key comes from the variable that is named, without white space around it") {
  ::setenv("MEDVLM_TEST_KEY", " sk-0123456789\n", 1);
  const Secret secret = Secret::from_environment("MEDVLM_TEST_KEY");
  CHECK(secret.value() == "sk-0123456789");
  CHECK(secret.variable() == "MEDVLM_TEST_KEY");
  CHECK(Secret::from_environment("").empty());
  ::setenv("MEDVLM_TEST_KEY", "sk-01234\r\nX-Evil: 1", 1);
  CHECK(refusal_of("MEDVLM_TEST_KEY").find("MEDVLM_TEST_KEY") != std::string::npos);
  CHECK(refusal_of("MEDVLM_TEST_KEY").find("Evil") == std::string::npos);
  ::unsetenv("MEDVLM_TEST_KEY");
  CHECK(refusal_of("MEDVLM_TEST_KEY").find("export MEDVLM_TEST_KEY=") != std::string::npos);
}

TEST_CASE("a key in place of the variable's name is not shown") {
  CHECK(refusal_of("sk-proj-0123456789abcdef").find("0123") == std::string::npos);
  CHECK(!is_variable_name("sk_proj"));
  CHECK(!is_variable_name("1KEY"));
  CHECK(!is_variable_name(""));
  CHECK(is_variable_name("OPENAI_API_KEY_2"));
}
