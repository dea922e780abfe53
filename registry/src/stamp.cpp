#include "medvlm/registry/stamp.hpp"

#include <algorithm>
#include <utility>

namespace medvlm::registry {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields split(std::string_view stamp) {
  Fields fields;
  while (!stamp.empty()) {
    const std::size_t end = std::min(stamp.find(';'), stamp.size());
    const std::string_view part = stamp.substr(0, end);
    stamp.remove_prefix(std::min(end + 1, stamp.size()));
    const std::size_t middle = part.find_first_of("=:");
    if (middle == std::string_view::npos) {
      fields.emplace_back(part, "");
    } else {
      fields.emplace_back(part.substr(0, middle), part.substr(middle + 1));
    }
  }
  return fields;
}

const std::string* value_of(const Fields& fields, const std::string& name) {
  for (const auto& [field, value] : fields) {
    if (field == name) return &value;
  }
  return nullptr;
}

bool in_stamp(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("=;:.+_-").find(c) != std::string_view::npos;
}

}  // namespace

std::vector<StampDifference> compare_stamps(std::string_view found, std::string_view wanted) {
  const Fields ours = split(wanted);
  const Fields theirs = split(found);
  const std::string nothing = "nothing";
  std::vector<StampDifference> differences;
  for (const auto& [field, value] : ours) {
    const std::string* other = value_of(theirs, field);
    if (!other || *other != value) differences.push_back({field, other ? *other : nothing, value});
  }
  for (const auto& [field, value] : theirs) {
    if (!value_of(ours, field)) differences.push_back({field, value, nothing});
  }
  if (differences.empty() && found != wanted) differences.push_back({"order", std::string(found), std::string(wanted)});
  return differences;
}

std::string to_string(const std::vector<StampDifference>& differences) {
  std::string text;
  for (const auto& [field, found, wanted] : differences) {
    if (!text.empty()) text += "; ";
    text += field + ": found " + found + ", wanted " + wanted;
  }
  return text;
}

std::vector<std::string> find_stamps(std::string_view bytes) {
  // Of the layout version only the digit may differ, so that a newer stamp is found and named.
  constexpr std::string_view kStart = "medvlm-stamp:";
  std::vector<std::string> stamps;
  for (std::size_t at = bytes.find(kStart); at != std::string_view::npos; at = bytes.find(kStart, at + 1)) {
    std::size_t end = at;
    while (end < bytes.size() && in_stamp(bytes[end])) ++end;
    std::string stamp(bytes.substr(at, end - at));
    // The SDK builds the stamp from a head that ends in "sizes="; the head alone is not a stamp.
    const bool complete = stamp.find(";sizes=") != std::string::npos && stamp.back() != '=';
    if (complete && std::find(stamps.begin(), stamps.end(), stamp) == stamps.end()) stamps.push_back(std::move(stamp));
  }
  return stamps;
}

}  // namespace medvlm::registry
