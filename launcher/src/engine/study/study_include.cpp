#include "study_include.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "medvlm/base/error.hpp"
#include "medvlm/registry/toml_value.hpp"

namespace medvlm::launcher {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kKinds = {"models", "datasets", "adapters", "metrics"};

bool is_kind(const std::string& key) { return std::find(kKinds.begin(), kKinds.end(), key) != kKinds.end(); }

void merge_keys(Value& base, const Value& own) {
  for (const auto& [key, value] : *own.table()) base.table()->insert_or_assign(key, value);
}

/// Entries of `own` change those of `base` with their names, once each; a name that is there twice stays there twice, for
/// the reader to complain about.
void merge_entries(Value::Array& base, const Value::Array& own) {
  const std::size_t included = base.size();
  std::set<std::size_t> changed;
  for (const Value& entry : own) {
    std::size_t place = included;
    if (const std::string* name = entry_name(entry)) {
      for (place = 0; place < included; ++place) {
        const std::string* other = entry_name(base[place]);
        if (other && *other == *name) break;
      }
    }
    if (place < included && changed.insert(place).second) {
      merge_keys(base[place], entry);
    } else {
      base.push_back(entry);
    }
  }
}

void merge(Value& base, const Value& own) {
  for (const auto& [key, value] : *own.table()) {
    const auto found = base.table()->find(key);
    if (found == base.table()->end()) {
      base.table()->emplace(key, value);
    } else if (found->second.table() && value.table()) {
      merge_keys(found->second, value);
    } else if (found->second.array() && value.array()) {
      auto& list = *found->second.array();
      if (is_kind(key)) {
        merge_entries(list, *value.array());
      } else {
        list.insert(list.end(), value.array()->begin(), value.array()->end());
      }
    } else {
      found->second = value;  // of another type: the reader complains
    }
  }
}

class Includer {
 public:
  explicit Includer(std::vector<Diagnostic>& diagnostics) : diagnostics_(diagnostics) {}

  Value read(const fs::path& file) {
    open_.push_back(fs::weakly_canonical(file));
    done_.insert(open_.back());
    const Value own = registry::read_toml(file);
    Value all{Value::Table{}};
    all.location = own.location;
    if (const auto found = own.table()->find("include"); found != own.table()->end()) add_files(file, found->second, all);
    merge(all, own);
    all.table()->erase("include");
    open_.pop_back();
    return all;
  }

 private:
  void complain(const Location& location, std::string message) {
    diagnostics_.push_back({location, "include", std::move(message)});
  }

  void add_files(const fs::path& file, const Value& list, Value& all) {
    if (!list.array()) return complain(list.location, "expected a list of files, e.g. [\"models.toml\"], found " + list.type_name());
    for (const Value& item : *list.array()) {
      if (!item.text() || item.text()->empty()) {
        complain(item.location, "expected a file, found " + (item.text() ? "an empty text" : item.type_name()));
        continue;
      }
      add_file((file.parent_path() / *item.text()).lexically_normal(), item.location, all);
    }
  }

  void add_file(const fs::path& file, const Location& location, Value& all) {
    const fs::path place = fs::weakly_canonical(file);
    if (std::find(open_.begin(), open_.end(), place) != open_.end()) {
      return complain(location, "files include each other in a circle: this one is being read already: " + file.string());
    }
    if (done_.contains(place)) return;
    if (!fs::is_regular_file(file)) {
      return complain(location, "there is no file '" + file.string() + "'; the path is relative to the file that includes it");
    }
    merge(all, read(file));
  }

  std::vector<Diagnostic>& diagnostics_;
  std::vector<fs::path> open_;  ///< from the study to the file being read
  std::set<fs::path> done_;
};

}  // namespace

Value read_with_includes(const fs::path& file, std::vector<Diagnostic>& diagnostics) { return Includer(diagnostics).read(file); }

fs::path anchored(const fs::path& path, const Location& location) {
  if (!path.is_relative() || location.line == 0) return path;
  return (fs::absolute(location.file).parent_path() / path).lexically_normal();
}

void anchor_paths(const std::vector<OptionSpec>& specs, Value& table) {
  for (const OptionSpec& spec : specs) {
    if (spec.type != OptionType::path) continue;
    const auto found = table.table()->find(spec.name);
    if (found == table.table()->end() || !found->second.text() || found->second.text()->empty()) continue;
    const Location location = found->second.location;
    found->second = Value(anchored(*found->second.text(), location).string());
    found->second.location = location;
  }
}

const std::string* entry_name(const Value& entry) {
  if (!entry.table()) return nullptr;
  for (const char* key : {"name", "plugin"}) {
    if (const auto found = entry.table()->find(key); found != entry.table()->end()) return found->second.text();
  }
  return nullptr;
}

}  // namespace medvlm::launcher
