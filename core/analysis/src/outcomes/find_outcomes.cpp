// All outcomes below some folders, in their studies' order.
#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <system_error>
#include <tuple>

#include <nlohmann/json.hpp>

#include "medvlm/analysis/outcome.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::analysis {
namespace {

namespace fs = std::filesystem;

/// Deeper than results/<study>/<model>/<dataset>/<adapter>/<seed> lies nothing of ours; ends loops of links.
constexpr int kDeepest = 8;

/// A folder with result.json, and where it stands: the given folder, the study's order (not listed: last), the name.
struct Found {
  fs::path folder;
  std::tuple<std::size_t, std::size_t, std::string> order;
};

class Search {
 public:
  void look_into(const fs::path& given) {
    std::error_code error;
    fs::path root = given;
    if (fs::is_regular_file(root, error) && root.filename() == "result.json") root = root.parent_path();
    if (!fs::is_directory(root, error)) {
      throw Error(ErrorCode::io, "'" + given.string() + "' is no folder" + (error ? ": " + error.message() : "") +
                                     "; name the output folder of a study, or of one of its scenarios");
    }
    look(root.empty() ? fs::path(".") : root, 0);
    ++roots_;
  }

  std::vector<Found> take() {
    std::sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) { return a.order < b.order; });
    return std::move(found_);
  }

 private:
  void look(const fs::path& folder, int depth) {
    std::error_code error;
    const bool finished = fs::exists(folder / "result.json", error);
    if (finished) add(folder);
    if (fs::exists(folder / "study.json", error)) read_order(folder);
    // Below a scenario's own files there are only its seeds.
    const bool scenario = finished || fs::exists(folder / "journal.jsonl", error);
    if (depth == kDeepest) return;
    for (const fs::path& child : children(folder)) {
      const std::string name = child.filename().string();
      if (name == "cache" || name.starts_with(".") || (scenario && !name.starts_with("seed-"))) continue;
      look(child, depth + 1);
    }
  }

  static std::vector<fs::path> children(const fs::path& folder) {
    std::vector<fs::path> folders;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      std::error_code ignored;
      if (entry->is_directory(ignored)) folders.push_back(entry->path());
    }
    if (error) throw Error(ErrorCode::io, "cannot list '" + folder.string() + "': " + error.message());
    std::sort(folders.begin(), folders.end());
    return folders;
  }

  void add(const fs::path& folder) {
    std::error_code error;
    const fs::path place = fs::weakly_canonical(folder, error);
    if (!seen_.insert(place.string()).second) return;  // named twice on the command line
    const auto listed = order_.find(place.string());
    const std::size_t rank = listed == order_.end() ? std::numeric_limits<std::size_t>::max() : listed->second;
    found_.push_back({folder, {roots_, rank, place.string()}});
  }

  /// A damaged study.json costs the order, not the results.
  void read_order(const fs::path& folder) {
    const auto study = nlohmann::json::parse(read_file(folder / "study.json"), nullptr, false);
    if (!study.is_object() || !study.contains("scenarios") || !study.at("scenarios").is_array()) return;
    for (const auto& scenario : study.at("scenarios")) {
      if (!scenario.is_object() || !scenario.contains("folder") || !scenario.at("folder").is_string()) continue;
      std::error_code error;
      const fs::path place = fs::weakly_canonical(folder / scenario.at("folder").get<std::string>(), error);
      order_.emplace(place.string(), order_.size());
    }
  }

  std::size_t roots_ = 0;
  std::set<std::string> seen_;
  std::map<std::string, std::size_t> order_;
  std::vector<Found> found_;
};

}  // namespace

std::vector<Outcome> read_outcomes(const std::vector<fs::path>& folders) {
  Search search;
  for (const fs::path& folder : folders) search.look_into(folder);
  std::vector<Outcome> outcomes;
  for (const Found& found : search.take()) outcomes.push_back(read_outcome(found.folder));
  if (!outcomes.empty()) return outcomes;
  std::string names;
  for (const fs::path& folder : folders) names += (names.empty() ? "'" : ", '") + folder.string() + "'";
  throw Error(ErrorCode::data, "there is no finished scenario (result.json) at or below " + (names.empty() ? "no folder" : names) +
                                   "; run a study first (medvlm run STUDY.toml), or name its output folder");
}

}  // namespace medvlm::analysis
