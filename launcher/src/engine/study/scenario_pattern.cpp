#include "scenario_pattern.hpp"

#include <algorithm>

#include "medvlm/base/error.hpp"

namespace medvlm::launcher {
namespace {

std::vector<std::string_view> name_parts(std::string_view name) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t slash = name.find('/', begin);
    parts.push_back(name.substr(begin, slash - begin));
    if (slash == name.npos) return parts;
    begin = slash + 1;
  }
}

bool picks(std::string_view pattern, std::string_view name) {
  const auto wanted = name_parts(pattern);
  const auto parts = name_parts(name);
  if (wanted.size() > parts.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!matches_glob(wanted[i], parts[i])) return false;
  }
  return true;
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t at = 0, read = 0;
  std::size_t star = pattern.npos, resume = 0;  // the last * and where the text after it was tried
  while (read < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      resume = read;
    } else if (at < pattern.size() && pattern[at] == text[read]) {
      ++at;
      ++read;
    } else if (star != pattern.npos) {
      at = star + 1;
      read = ++resume;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

ScenarioPatterns::ScenarioPatterns(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {
  for (const std::string& pattern : patterns_) {
    const auto parts = name_parts(pattern);
    const bool whole = std::none_of(parts.begin(), parts.end(), [](std::string_view part) { return part.empty(); });
    if (whole && (parts.size() == 3 || parts.size() == 4)) continue;
    throw Error(ErrorCode::usage, "'" + pattern + "' is no pattern of scenarios; write model/dataset/adapter, with * for anything, " +
                                      "e.g. 'clip/*/lora' (and /seed-0 for one of several seeds)");
  }
}

bool ScenarioPatterns::matches(const std::string& name) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& pattern) { return picks(pattern, name); });
}

std::vector<std::string> ScenarioPatterns::unused(std::span<const std::string> names) const {
  std::vector<std::string> list;
  for (const std::string& pattern : patterns_) {
    if (std::none_of(names.begin(), names.end(), [&](const std::string& name) { return picks(pattern, name); })) list.push_back(pattern);
  }
  return list;
}

}  // namespace medvlm::launcher
