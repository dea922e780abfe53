#include "layout.hpp"

#include <optional>

#include "medvlm/base/error.hpp"

namespace medvlm::ham10000 {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored);
}

std::vector<fs::path> image_folders(const fs::path& folder) {
  std::vector<fs::path> folders;
  for (const char* name : {"HAM10000_images_part_1", "HAM10000_images_part_2", "HAM10000_images",
                           "ham10000_images_part_1", "ham10000_images_part_2"}) {
    std::error_code ignored;
    if (fs::is_directory(folder / name, ignored)) folders.push_back(folder / name);
  }
  if (folders.empty()) folders.push_back(folder / "HAM10000_images");  // each image will say that it is missing there
  return folders;
}

std::optional<Layout> find_benchmark(const fs::path& folder) {
  Layout layout;
  layout.benchmark = true;
  if (is_file(folder / "split" / "train.csv")) layout.train = folder / "split" / "train.csv";
  if (is_file(folder / "split" / "test.csv")) layout.test = folder / "split" / "test.csv";
  if (layout.train.empty() && layout.test.empty()) return std::nullopt;
  layout.image_folders = image_folders(folder);
  return layout;
}

std::optional<Layout> find_public(const fs::path& folder) {
  for (const char* name : {"HAM10000_metadata.csv", "HAM10000_metadata.tab", "HAM10000_metadata"}) {
    if (!is_file(folder / name)) continue;
    Layout layout;
    layout.metadata = folder / name;
    layout.image_folders = image_folders(folder);
    return layout;
  }
  return std::nullopt;
}

}  // namespace

Layout find_layout(const fs::path& root, const std::string& wanted) {
  for (const fs::path& folder : {root / "HAM10000", root}) {
    if (wanted == "public") continue;
    if (auto layout = find_benchmark(folder)) return *layout;
  }
  for (const fs::path& folder : {root, root / "HAM10000"}) {
    if (wanted == "benchmark") continue;
    if (auto layout = find_public(folder)) return *layout;
  }
  std::string message = root.string() + ": this is no folder of HAM10000; looked there and in HAM10000/ for";
  if (wanted != "public") message += " split/train.csv and split/test.csv (benchmark layout)";
  if (wanted == "auto") message += " and";
  if (wanted != "benchmark") message += " HAM10000_metadata, .csv or .tab (public layout)";
  throw Error(ErrorCode::data, message + "; set option 'root' to the folder that holds them");
}

}  // namespace medvlm::ham10000
