#include <algorithm>
#include <optional>
#include <set>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/table/split_file.hpp"
#include "medvlm/sdk/vqa/hub_questions.hpp"

namespace medvlm::sdk {
namespace {

namespace fs = std::filesystem;

std::optional<Split> split_named(std::string_view name) {
  const auto& names = usual_split_names();
  const auto found = names.find(lower_case(name));
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

/// "train" of "train-00000-of-00003-0a1b.parquet", of "train.parquet" and of "train_0.parquet".
std::string split_part(const fs::path& file) {
  const std::string stem = file.stem().string();
  return stem.substr(0, stem.find_first_of("-_."));
}

std::vector<fs::path> parquet_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.is_regular_file(ignored) && entry.path().extension() == ".parquet") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

HubShards shards_in(const fs::path& place) {
  HubShards shards;
  for (const fs::path& file : parquet_files(place)) {
    if (const auto split = split_named(split_part(file))) shards[*split].push_back(file);
  }
  if (!shards.empty()) return shards;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(place, ignored)) {
    const auto split = entry.is_directory(ignored) ? split_named(entry.path().filename().string()) : std::nullopt;
    if (!split) continue;
    for (fs::path& file : parquet_files(entry.path())) shards[*split].push_back(std::move(file));
  }
  return shards;
}

/// Number and count of "...-00001-of-00003...": what a set that was cut into pieces says of itself.
std::optional<std::pair<std::int64_t, std::int64_t>> piece_of(const fs::path& file) {
  const std::string stem = file.stem().string();
  const std::size_t of = stem.find("-of-");
  if (of == std::string::npos) return std::nullopt;
  const std::size_t dash = stem.rfind('-', of - 1);
  if (of == 0 || dash == std::string::npos) return std::nullopt;
  const std::string rest = stem.substr(of + 4);
  const auto number = to_integer(stem.substr(dash + 1, of - dash - 1));
  const auto count = to_integer(rest.substr(0, rest.find('-')));
  if (!number || !count) return std::nullopt;
  return std::pair(*number, *count);
}

void check_complete(const std::vector<fs::path>& files) {
  std::set<std::int64_t> numbers;
  for (const fs::path& file : files) {
    const auto piece = piece_of(file);
    if (!piece) continue;
    const auto [number, count] = *piece;
    const auto first = piece_of(files.front());
    const bool fits = first && first->second == count && number >= 0 && number < count && numbers.insert(number).second;
    if (!fits) {
      throw Error(ErrorCode::data, file.string() + ": the file does not belong to the same set as " +
                                       files.front().filename().string() + "; keep one copy in the folder");
    }
  }
  if (numbers.empty()) return;
  const std::int64_t count = piece_of(files.front())->second;
  for (std::int64_t number = 0; number < count; ++number) {
    if (numbers.contains(number)) continue;
    throw Error(ErrorCode::data, files.front().parent_path().string() + ": of the " + std::to_string(count) +
                                     " files of " + split_part(files.front()) + " number " + std::to_string(number) +
                                     " is missing (they count from 0); fetch all of them");
  }
}

}  // namespace

HubShards find_hub_shards(const std::filesystem::path& root) {
  for (const fs::path& place : {root / "data", root, root / "default"}) {
    const HubShards shards = shards_in(place);
    if (shards.empty()) continue;
    for (const auto& [split, files] : shards) check_complete(files);
    return shards;
  }
  return {};
}

}  // namespace medvlm::sdk
