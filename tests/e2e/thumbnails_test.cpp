// Small pictures of test images, and the report that shows them.
#include "program.hpp"

namespace medvlm::e2e {

TEST_CASE("thumbnails are made of every test image, and the report takes those of the samples that it shows") {
  TempFolder folder;
  const fs::path study = write(folder / "study.toml", study_text(synthetic(12, 200)));
  const fs::path output = folder / "out", pictures = folder / "pictures";
  REQUIRE(run(study, output, {"--quiet"}).status == 0);
  const Outcome made = start_and_wait({medvlm_program(), "thumbnails", study.string(), "--out", pictures.string(), "--size", "48"});
  CHECK(made.status == 0);
  CHECK(contains(made.out, "data: pictures of 12 samples"));
  for (int i = 0; i < 12; ++i) {
    const std::string bytes = read(pictures / "data" / (std::to_string(i) + ".jpg"));
    CHECK(bytes.substr(0, 3) == "\xff\xd8\xff");
    CHECK(bytes.size() < 5000);
  }
  CHECK(read(pictures / "data" / "0.jpg") != read(pictures / "data" / "1.jpg"));
  const Outcome report = start_and_wait({medvlm_program(), "report", output.string(), "--format", "html", "--out",
                                         (folder / "report.html").string(), "--thumbnails", pictures.string()});
  CHECK_MESSAGE(report.status == 0, report.err);
  const std::string page = read(folder / "report.html");
  std::size_t shown = 0;
  for (std::size_t at = page.find("data:image/jpeg;base64,"); at != page.npos; at = page.find("data:image/jpeg;base64,", at + 1)) ++shown;
  CHECK(shown == 12);
}

TEST_CASE("thumbnails say what is missing") {
  TempFolder folder;
  const fs::path study = write(folder / "study.toml", study_text(synthetic(2)));
  const Outcome nowhere = start_and_wait({medvlm_program(), "thumbnails", study.string()});
  CHECK(nowhere.status == 2);
  CHECK(contains(nowhere.err, "--out FOLDER"));
  const Outcome tiny = start_and_wait(
      {medvlm_program(), "thumbnails", study.string(), "--out", (folder / "p").string(), "--size", "2"});
  CHECK(tiny.status == 2);
  CHECK_FALSE(fs::exists(folder / "p"));
}

}  // namespace medvlm::e2e
