#include "layout.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "medvlm/base/error.hpp"

namespace medvlm::papila {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored);
}

/// The root, and what an unpacked archive makes of it: PAPILA/ and PapilaDB-PAPILA-<commit>/.
std::vector<fs::path> places(const fs::path& root) {
  std::vector<fs::path> folders = {root, root / "PAPILA"};
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(root, ignored)) {
    if (entry.path().filename().string().starts_with("PapilaDB")) folders.push_back(entry.path());
  }
  std::sort(folders.begin() + 2, folders.end());
  return folders;
}

std::optional<Layout> find_benchmark(const fs::path& folder) {
  Layout layout;
  layout.benchmark = true;
  layout.folder = folder;
  if (is_file(folder / "split" / "new_train.csv")) layout.train = folder / "split" / "new_train.csv";
  if (is_file(folder / "split" / "new_test.csv")) layout.test = folder / "split" / "new_test.csv";
  layout.images = folder / "data" / "FundusImages";
  if (layout.train.empty() && layout.test.empty()) return std::nullopt;
  return layout;
}

/// The table of one eye: the release's workbook, or an export of it.
fs::path clinical_table(const fs::path& folder, const std::string& eye) {
  for (const char* extension : {".xlsx", ".csv"}) {
    const fs::path file = folder / "ClinicalData" / ("patient_data_" + eye + extension);
    if (is_file(file)) return file;
  }
  return {};
}

std::optional<Layout> find_public(const fs::path& folder) {
  Layout layout;
  layout.folder = folder;
  layout.right = clinical_table(folder, "od");
  layout.left = clinical_table(folder, "os");
  layout.images = folder / "FundusImages";
  if (layout.right.empty() && layout.left.empty()) return std::nullopt;
  if (layout.right.empty() || layout.left.empty()) {
    throw Error(ErrorCode::data, (folder / "ClinicalData").string() + ": patient_data_" +
                                     (layout.right.empty() ? "od" : "os") +
                                     " is missing (.xlsx or .csv); one table for each eye is needed");
  }
  return layout;
}

}  // namespace

Layout find_layout(const fs::path& root, const std::string& wanted) {
  const auto folders = places(root);
  for (const fs::path& folder : folders) {
    if (wanted == "public") break;
    if (auto layout = find_benchmark(folder)) return *layout;
  }
  for (const fs::path& folder : folders) {
    if (wanted == "benchmark") break;
    if (auto layout = find_public(folder)) return *layout;
  }
  std::string message = root.string() + ": this is no folder of PAPILA; looked there and in PAPILA/ and PapilaDB*/ for";
  if (wanted != "public") message += " split/new_train.csv and split/new_test.csv (benchmark layout)";
  if (wanted == "auto") message += " and";
  if (wanted != "benchmark") message += " ClinicalData/patient_data_od.xlsx and _os.xlsx, or .csv (public layout)";
  throw Error(ErrorCode::data, message + "; set option 'root' to the folder that holds them");
}

}  // namespace medvlm::papila
