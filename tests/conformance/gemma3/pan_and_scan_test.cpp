// Where pan and scan cuts, against Gemma3ImageProcessor's crops for a hundred sizes.
#include <algorithm>
#include <string>
#include <vector>

#include "gemma3_images.hpp"
#include "golden_tensors.hpp"

using namespace medvlm;
using gemma3::PanAndScan;

namespace {

void check_crops(const nlohmann::json& row, const char* key, const PanAndScan& settings) {
  const auto windows = gemma3::pan_and_scan(row.at("w"), row.at("h"), settings);
  CAPTURE(row.dump());
  REQUIRE(windows.size() == row.at(key).size());
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto expected = row.at(key)[i].get<std::vector<int>>();
    CHECK(std::vector{windows[i].x, windows[i].y, windows[i].width, windows[i].height} == expected);
  }
}

}  // namespace

TEST_CASE("pictures are cut where the reference cuts them") {
  if (!test::goldens_present("images")) return;
  const auto tables = test::read_golden_json(test::goldens_folder() / "images" / "tables.json");
  std::size_t cut = 0;
  for (const auto& row : tables.at("pan_and_scan")) {
    check_crops(row, "256_4_1.2", {});
    check_crops(row, "100_8_1.5", {100, 8, 1.5});
    cut += row.at("256_4_1.2").size();
  }
  CHECK(cut > 20);
}

TEST_CASE("crops cover the picture, and none lies outside") {
  for (const auto& [width, height] : {std::pair{9, 1}, {1, 9}, {41, 5}, {1000, 3}, {7, 7}}) {
    CAPTURE(width);
    CAPTURE(height);
    int covered = 0;
    for (const auto& window : gemma3::pan_and_scan(width, height, {1, 8, 1.0})) {
      CHECK(window.width > 0);
      CHECK(window.height > 0);
      CHECK((width >= height ? window.x : window.y) == covered);
      covered += width >= height ? window.width : window.height;
    }
    CHECK(covered == std::max(width, height));
  }
}
