// Patterns that pick scenarios by name, e.g. 'clip/*/lora'. `*` stands for any characters within one part of a name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace medvlm::launcher {

/// Whether `text`, one part of a name, has the form of `pattern`, in which each `*` stands for any characters, or none.
bool matches_glob(std::string_view pattern, std::string_view text);

/// Several patterns `model/dataset/adapter`. A scenario of an adapter with seeds (`model/dataset/adapter/seed-0`) is picked by
/// the three parts as well, or alone with a fourth. Immutable, so safe to use from several threads.
class ScenarioPatterns {
 public:
  /// Throws Error(usage) for a pattern that has not three or four parts.
  explicit ScenarioPatterns(std::vector<std::string> patterns);

  /// True if one of the patterns picks the scenario. Without any pattern nothing is picked.
  bool matches(const std::string& name) const;
  /// Those patterns that pick none of the scenarios.
  std::vector<std::string> unused(std::span<const std::string> names) const;
  bool empty() const { return patterns_.empty(); }

 private:
  std::vector<std::string> patterns_;
};

}  // namespace medvlm::launcher
