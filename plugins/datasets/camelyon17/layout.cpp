#include "layout.hpp"

#include "medvlm/base/error.hpp"

namespace medvlm::camelyon17 {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTrainList = "sample3680_train_metadata.csv";
constexpr const char* kTestList = "sample920_test_metadata.csv";

bool is_file(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored);
}

}  // namespace

Layout find_layout(const fs::path& root, const std::string& wanted, bool sampled) {
  const fs::path folders[] = {root, root / "camelyon17_v1.0", root / "data" / "camelyon17_v1.0"};
  Layout layout;
  for (const fs::path& folder : folders) {
    if (wanted == "public" || (wanted == "auto" && !sampled)) break;
    if (is_file(folder / kTrainList)) layout.train = folder / kTrainList;
    if (is_file(folder / kTestList)) layout.test = folder / kTestList;
    layout.benchmark = !layout.train.empty() || !layout.test.empty();
    layout.patches = folder / "patches";
    if (layout.benchmark) return layout;
  }
  for (const fs::path& folder : folders) {
    if (wanted == "benchmark") break;
    layout.metadata = folder / "metadata.csv";
    layout.patches = folder / "patches";
    if (is_file(layout.metadata)) return layout;
  }
  std::string message = root.string() + ": this is no folder of Camelyon17-WILDS; looked there, in camelyon17_v1.0/ and " +
                        "in data/camelyon17_v1.0/ for";
  if (wanted != "public") message += std::string(" ") + kTrainList + " and " + kTestList + " (benchmark layout)";
  if (wanted == "auto") message += " and";
  if (wanted != "benchmark") message += " metadata.csv (public layout)";
  throw Error(ErrorCode::data, message + "; set option 'root' to the folder that holds them");
}

}  // namespace medvlm::camelyon17
