#include "medvlm/sdk/language/prompt.hpp"

#include "medvlm/base/error.hpp"

namespace medvlm::sdk::language {
namespace {

constexpr std::string_view kImage = "{image}";

[[noreturn]] void refuse(const std::string& option, const std::string& complaint) {
  throw Error(ErrorCode::config, option + ": " + complaint +
                                     "; a template has the places {image} and {question}, may have {system}, and writes "
                                     "other braces twice: {{ }}");
}

/// The place that begins at `at`, or nothing for a doubled brace. Throws for anything else in braces.
std::string_view place_at(const std::string& text, std::size_t at, const std::string& option) {
  if (text.compare(at, 2, "{{") == 0 || text.compare(at, 2, "}}") == 0) return {};
  for (const std::string_view place : {std::string_view("{system}"), kImage, std::string_view("{question}")}) {
    if (text.compare(at, place.size(), place) == 0) return place;
  }
  refuse(option, "unknown place at '" + text.substr(at, 20) + "'");
}

/// Walks through the template; `literal` gets its characters, `place` the places.
void walk(const std::string& text, const std::string& option, const std::function<void(char)>& literal,
          const std::function<void(std::string_view)>& place) {
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '{' && text[i] != '}') {
      literal(text[i++]);
      continue;
    }
    const std::string_view found = place_at(text, i, option);
    if (found.empty()) {
      literal(text[i]);
      i += 2;
    } else {
      place(found);
      i += found.size();
    }
  }
}

}  // namespace

std::string without_marker(std::string_view text, std::string_view marker) {
  std::string rest(text);
  for (std::size_t at = rest.find(marker); at != rest.npos; at = rest.find(marker, at)) rest.erase(at, marker.size());
  return rest;
}

PromptTemplate::PromptTemplate(std::string text, std::string system, std::string option)
    : text_(std::move(text)), system_(std::move(system)) {
  std::vector<std::string_view> found;
  walk(text_, option, [](char) {}, [&](std::string_view place) {
    for (const std::string_view other : found) {
      if (other == place) refuse(option, std::string(place) + " stands there twice");
    }
    found.push_back(place);
  });
  for (const std::string_view needed : {kImage, std::string_view("{question}")}) {
    bool there = false;
    for (const std::string_view place : found) there = there || place == needed;
    if (!there) refuse(option, std::string(needed) + " is missing");
  }
}

std::string PromptTemplate::ending() const {
  std::string end;
  walk(text_, "template", [&](char c) { end.push_back(c); }, [&](std::string_view) { end.clear(); });
  return end;
}

PromptTemplate::Rendered PromptTemplate::render(std::string_view question) const {
  Rendered rendered;
  std::string* part = &rendered.before;
  walk(text_, "template", [&](char c) { part->push_back(c); }, [&](std::string_view place) {
    if (place == kImage) {
      part = &rendered.after;
    } else {
      part->append(place == "{question}" ? question : std::string_view(system_));
    }
  });
  return rendered;
}

}  // namespace medvlm::sdk::language
