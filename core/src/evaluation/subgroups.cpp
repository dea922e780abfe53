#include "medvlm/core/subgroups.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "medvlm/core/bootstrap.hpp"

namespace medvlm {
namespace {

constexpr std::size_t kMostPlainNumbers = 10;
constexpr std::size_t kMostValues = 100;
const std::string kUnknown = "unknown";

std::string lower(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

/// What tables write where nothing is known.
bool is_unknown(const std::string& value) {
  static const std::set<std::string> words{"", "na", "n/a", "nan", "null", "none", kUnknown};
  return words.contains(lower(value));
}

std::optional<double> number_in(const std::string& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || !std::isfinite(number)) return {};
  return number;
}

/// In as few digits as tell the number from others.
std::string text_of(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

/// Orders texts that begin with numbers by these ("5-9" before "10-19"), and "unknown" after all.
bool comes_before(const std::string& a, const std::string& b) {
  const auto key = [](const std::string& text) {
    double number = HUGE_VAL;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return std::tuple(text == kUnknown, number, text);
  };
  return key(a) < key(b);
}

/// The bands of a group's numbers; a number belongs to the first band whose upper edge is not below it.
class Quarters {
 public:
  explicit Quarters(std::vector<double> numbers) {
    for (const double q : {0.25, 0.5, 0.75}) {
      const double edge = percentile(numbers, q);
      if (edges_.empty() || edge > edges_.back()) edges_.push_back(edge);
    }
    // An edge at the largest number would leave nothing above it.
    if (edges_.back() == *std::max_element(numbers.begin(), numbers.end())) edges_.pop_back();
  }

  std::size_t count() const { return edges_.size() + 1; }
  std::size_t band_of(double number) const {
    return static_cast<std::size_t>(std::lower_bound(edges_.begin(), edges_.end(), number) - edges_.begin());
  }
  std::string name_of(std::size_t band) const {
    if (edges_.empty()) return "all";
    if (band == 0) return "up to " + text_of(edges_.front());
    const std::string above = "above " + text_of(edges_[band - 1]);
    return band == edges_.size() ? above : above + " to " + text_of(edges_[band]);
  }

 private:
  std::vector<double> edges_;
};

/// The value of one group for every sample, unknown ones as "unknown".
class GroupValues {
 public:
  GroupValues(std::span<const Sample> samples, const std::string& group) : group_(group) {
    std::set<double> distinct;
    bool all_numbers = true;
    for (const Sample& sample : samples) {
      const std::string* const found = find_group(sample, group);
      present_ = present_ || found;
      values_.push_back(found && !is_unknown(*found) ? *found : kUnknown);
      if (values_.back() == kUnknown) continue;
      const auto number = number_in(values_.back());
      all_numbers = all_numbers && number;
      if (number) distinct.insert(*number);
    }
    if (all_numbers && distinct.size() > kMostPlainNumbers) put_into_bands();
  }

  bool present() const { return present_; }

  std::vector<Subgroup> subgroups() const {
    std::map<std::string, std::vector<std::size_t>> rows;
    for (std::size_t row = 0; row < values_.size(); ++row) rows[values_[row]].push_back(row);
    std::vector<Subgroup> list;
    for (auto& [value, of_value] : rows) list.push_back({group_, value, std::move(of_value)});
    std::sort(list.begin(), list.end(), [&](const Subgroup& a, const Subgroup& b) {
      const auto place = [&](const Subgroup& each) {
        return static_cast<std::size_t>(std::find(bands_.begin(), bands_.end(), each.value) - bands_.begin());
      };
      const std::size_t first = place(a);
      const std::size_t second = place(b);
      return first != second ? first < second : comes_before(a.value, b.value);
    });
    return list;
  }

 private:
  void put_into_bands() {
    if (lower(group_) == "age") {
      for (std::string& value : values_) value = value == kUnknown ? value : decade_of_age(*number_in(value));
      return;
    }
    std::vector<double> numbers;
    for (const std::string& value : values_) {
      if (value != kUnknown) numbers.push_back(*number_in(value));
    }
    const Quarters quarters(std::move(numbers));
    for (std::string& value : values_) {
      if (value != kUnknown) value = quarters.name_of(quarters.band_of(*number_in(value)));
    }
    for (std::size_t band = 0; band < quarters.count(); ++band) bands_.push_back(quarters.name_of(band));
  }

  std::string group_;
  bool present_ = false;
  std::vector<std::string> values_;
  std::vector<std::string> bands_;  // in order; empty unless quarters were made
};

std::string names_of_groups(std::span<const Sample> samples) {
  std::set<std::string> names;
  for (const Sample& sample : samples) {
    for (const auto& [group, value] : sample.groups) names.insert(group);
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

}  // namespace

std::string decade_of_age(double years) {
  if (!(years >= 0 && years <= 150)) return kUnknown;
  if (years >= 90) return "90+";
  const int decade = static_cast<int>(years) / 10 * 10;
  return std::to_string(decade) + "-" + std::to_string(decade + 9);
}

Subgroups find_subgroups(std::span<const Sample> samples, std::span<const std::string> groups) {
  Subgroups subgroups;
  std::set<std::string> seen;
  for (const std::string& group : groups) {
    if (!seen.insert(group).second) continue;
    const GroupValues values(samples, group);
    if (!values.present()) {
      subgroups.notes.push_back("no test sample has the group '" + group + "'; there are: " + names_of_groups(samples));
      continue;
    }
    std::vector<Subgroup> list = values.subgroups();
    if (list.size() > kMostValues) {
      subgroups.notes.push_back("the group '" + group + "' has " + std::to_string(list.size()) +
                                " values, which are too many for subgroups (100)");
      continue;
    }
    std::move(list.begin(), list.end(), std::back_inserter(subgroups.list));
  }
  return subgroups;
}

}  // namespace medvlm
