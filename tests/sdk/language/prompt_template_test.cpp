// Chat templates with places for system text, image and question.
#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/language/prompt.hpp"

using medvlm::Error;
using medvlm::sdk::language::PromptTemplate;

TEST_CASE("places are filled, and the text is split at the image") {
  const auto image_first = PromptTemplate("{system} USER: {image}\n{question} ASSISTANT:", "Be kind.").render("Is it?");
  CHECK(image_first.before == "Be kind. USER: ");
  CHECK(image_first.after == "\nIs it? ASSISTANT:");
  const auto text_first = PromptTemplate("<user>{question}{image}<end>", "").render("Is it?");
  CHECK(text_first.before == "<user>Is it?");
  CHECK(text_first.after == "<end>");
}

TEST_CASE("braces of the question and of the system text are left alone, doubled ones of the template become one") {
  const auto rendered = PromptTemplate("{{{image}}} {question}", "").render("{image} {system} {{");
  CHECK(rendered.before == "{");
  CHECK(rendered.after == "} {image} {system} {{");
}

TEST_CASE("a template that cannot be filled is refused with the cure") {
  const auto refused = [](const char* text, const char* part) {
    try {
      const PromptTemplate made(text, "");
      FAIL(std::string(text) << " was accepted");
    } catch (const Error& error) {
      CHECK_MESSAGE(std::string(error.what()).find(part) != std::string::npos, error.what());
      CHECK(std::string(error.what()).find("template:") == 0);
    }
  };
  refused("USER: {question}", "{image} is missing");
  refused("USER: {image}", "{question} is missing");
  refused("{image}{image}{question}", "twice");
  refused("{image}{questoin}", "unknown place");
  refused("{image}{question}}", "unknown place");
}

TEST_CASE("what every prompt ends with is the text after the last place") {
  CHECK(PromptTemplate("{system} USER: {image}\n{question} ASSISTANT:", "").ending() == " ASSISTANT:");
  CHECK(PromptTemplate("{question}{image}<end>{{}}\n", "").ending() == "<end>{}\n");
  CHECK(PromptTemplate("{image}{question}", "").ending().empty());
}
