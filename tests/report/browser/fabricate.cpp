// report_fixture FOLDER: the results that the browser test's reports are made of.
#include <iostream>

#include "fabricated_study.hpp"

namespace {

/// A small study of all that a report has: seeds, subgroups, failures, names that would break a careless page.
medvlm::test::FabricatedStudy small_study() {
  medvlm::test::FabricatedStudy study;
  study.name = "small <b>study</b>";
  study.models = {{"Gen-A", "CLIP", "generalist", {}, 0.7},
                  {"Gen-<img src=x onerror=alert(1)>", "CLIP", "generalist", {}, 0.4},
                  {"Spec-A", "CLIP", "specialist", {"radiograph"}, 0.9},
                  {"Spec-B", "CLIP", "specialist", {"histology"}, 0.6}};
  study.datasets = {{"Chest", "diagnosis", "radiograph", {"healthy", "ill"}},
                    {"Tissue", "diagnosis", "histology", {"healthy", "</script><script>alert(2)</script>"}},
                    {"Questions", "vqa", "radiograph", {}}};
  study.adapters = {{"off_the_shelf", false, 0, {}}, {"linear_probe", true, 0.5, {}}, {"lora", true, 0.8, {1, 2, 3}}};
  study.text = "</script><script>alert(3)</script><!-- \xE2\x80\xA8 & \"quoted\"";
  return study;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: report_fixture FOLDER\n";
    return 1;
  }
  const std::filesystem::path folder = argv[1];
  medvlm::test::write_fabricated(small_study(), folder / "small");
  // A picture of one pixel for one sample.
  static constexpr unsigned char kPixel[] = {
      0x89, 'P',  'N',  'G',  13,  10,  26,  10,   0,    0,    0,    13,  'I',  'H',  'D',  'R',  0,
      0,    0,    1,    0,    0,   0,   1,   8,    0,    0,    0,    0,   0x3A, 0x7E, 0x9B, 0x55, 0,
      0,    0,    10,   'I',  'D', 'A', 'T', 0x78, 0x9C, 0x63, 0x60, 0,   0,    0,    2,    0,    1,
      0x48, 0xAF, 0xA4, 0x71, 0,   0,   0,   0,    'I',  'E',  'N',  'D', 0xAE, 0x42, 0x60, 0x82};
  std::filesystem::create_directories(folder / "thumbnails/Chest");
  medvlm::test::fabrication::write(folder / "thumbnails/Chest/4.png",
                                   std::string(reinterpret_cast<const char*>(kPixel), sizeof kPixel));
  medvlm::test::write_fabricated(medvlm::test::paper_grid(), folder / "grid/diagnosis");
  medvlm::test::write_fabricated(medvlm::test::question_grid(), folder / "grid/questions");
  return 0;
}
