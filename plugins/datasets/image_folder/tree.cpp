#include "tree.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/table/split_file.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::image_folder {
namespace {

namespace fs = std::filesystem;

bool counts(const std::string& name) { return !name.starts_with('.') && name != "__MACOSX"; }

fs::directory_iterator listing(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator list(folder, error);
  if (error) throw Error(ErrorCode::data, folder.string() + ": the folder cannot be listed (" + error.message() + ")");
  return list;
}

bool is_folder(const fs::directory_entry& entry) {
  std::error_code ignored;
  return entry.is_directory(ignored);
}

bool is_image(const fs::path& file) {
  constexpr std::array<std::string_view, 10> kExtensions = {".jpg", ".jpeg", ".jpe",  ".png", ".bmp",
                                                            ".tif", ".tiff", ".webp", ".dcm", ".dicom"};
  const std::string extension = sdk::lower_case(file.extension().string());
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

std::optional<Split> split_called(const std::string& name) {
  const auto& names = sdk::usual_split_names();
  const auto found = names.find(sdk::lower_case(name));
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

/// Folders in the root that have a split's name. Throws if another folder or a second one for a split is there.
std::vector<SplitFolder> find_splits(const fs::path& root, const std::vector<std::string>& names, bool strict) {
  std::vector<SplitFolder> splits;
  for (const std::string& name : names) {
    const auto split = split_called(name);
    if (!split) {
      if (!strict) continue;
      throw Error(ErrorCode::data, (root / name).string() + ": this folder is no split, but others beside it are; move it " +
                                       "away, or set option 'layout' to splits or classes");
    }
    for (const SplitFolder& other : splits) {
      if (other.split != *split) continue;
      throw Error(ErrorCode::data, (root / name).string() + ": a second folder for the " +
                                       std::string(to_string(*split)) + " split; the first is " + other.folder.string());
    }
    splits.push_back({*split, root / name});
  }
  return splits;
}

/// Collects the image files below a folder.
class Collector {
 public:
  explicit Collector(const fs::path& root) : root_(root) {}

  void visit(const fs::path& folder) {
    std::error_code error;
    open_.push_back(fs::canonical(folder, error));
    if (std::find(open_.begin(), open_.end() - 1, open_.back()) != open_.end() - 1) {
      throw Error(ErrorCode::data, folder.string() + ": this link leads to a folder above itself");
    }
    for (const auto& entry : listing(folder)) add(entry);
    open_.pop_back();
  }
  std::vector<std::string> files;  ///< relative to the root

 private:
  void add(const fs::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    if (!counts(name)) return;
    if (is_folder(entry)) return visit(entry.path());
    if (!is_image(entry.path())) return;
    files.push_back(entry.path().lexically_relative(root_).generic_string());
    if (sdk::invalid_utf8_at(files.back())) throw Error(ErrorCode::data, entry.path().string() + ": the name is not UTF-8");
  }

  const fs::path& root_;
  std::vector<fs::path> open_;  ///< the folders on the way down, without links
};

}  // namespace

std::vector<std::string> folder_names(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : listing(folder)) {
    const std::string name = entry.path().filename().string();
    if (!counts(name) || !is_folder(entry)) continue;
    if (sdk::invalid_utf8_at(name)) throw Error(ErrorCode::data, entry.path().string() + ": the name is not UTF-8");
    names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Tree find_tree(const fs::path& root, const std::string& layout) {
  Tree tree;
  tree.root = root;
  const auto names = folder_names(root);
  if (names.empty()) {
    throw Error(ErrorCode::data, root.string() + ": there are no folders in it; images belong into one folder per class");
  }
  const bool any = std::any_of(names.begin(), names.end(), split_called);
  if (layout == "splits" || (layout == "auto" && any)) tree.splits = find_splits(root, names, layout == "auto");
  if (layout == "splits" && tree.splits.empty()) {
    throw Error(ErrorCode::data, root.string() + ": no folder in it has the name of a split (train, validation, test, ...)");
  }
  std::set<std::string> classes;
  for (const SplitFolder& split : tree.splits) {
    for (const std::string& name : folder_names(split.folder)) classes.insert(name);
  }
  if (tree.splits.empty()) classes.insert(names.begin(), names.end());
  tree.classes.assign(classes.begin(), classes.end());
  if (tree.classes.size() < 2) {
    throw Error(ErrorCode::data, root.string() + ": at least two class folders are needed, found " +
                                     std::to_string(tree.classes.size()));
  }
  return tree;
}

std::vector<std::string> image_files(const fs::path& folder, const fs::path& root) {
  Collector collector(root);
  std::error_code ignored;
  if (fs::is_directory(folder, ignored)) collector.visit(folder);
  std::sort(collector.files.begin(), collector.files.end());
  return std::move(collector.files);
}

}  // namespace medvlm::image_folder
