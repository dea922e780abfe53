#include <doctest/doctest.h>

#include <map>
#include <set>

#include "made_workbook.hpp"
#include "papila/papila.hpp"
#include "plugin_options.hpp"
#include "scratch_folder.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::papila::Papila;

namespace {

/// Of the size of the release: 244 patients; 333 healthy, 87 glaucomatous and 68 suspect eyes.
int diagnosis_of(int patient, bool left) {
  const int eye = 2 * patient + left;
  return eye < 333 ? 0 : eye < 420 ? 1 : 2;
}

std::string patient_name(int patient) {
  const std::string digits = std::to_string(patient + 2);
  return "#" + std::string(3 - digits.size(), '0') + digits;
}

/// The rows of one eye's table: ID, Age, Gender, Diagnosis.
std::vector<std::array<std::string, 4>> rows_of(bool left) {
  std::vector<std::array<std::string, 4>> rows;
  for (int p = 0; p < 244; ++p) {
    rows.push_back({patient_name(p), std::to_string(20 + p % 70), std::to_string(p % 2),
                    std::to_string(diagnosis_of(p, left))});
  }
  return rows;
}

std::string csv(bool left) {
  std::string text = "ID,Age,Gender,Diagnosis,dioptre_1\n";
  for (const auto& row : rows_of(left)) text += row[0] + "," + row[1] + "," + row[2] + "," + row[3] + ",0.5\n";
  return text;
}

std::string text_cell(const std::string& text) { return "<c t=\"inlineStr\"><is><t>" + text + "</t></is></c>"; }

/// The release's layout: names over three rows, "ID" in the last one or in the middle.
std::string workbook(bool left, bool id_last = true) {
  const std::string id = "<row>" + text_cell("ID") + "</row>";
  const std::string below = "<row><c/><c/><c/><c/>" + text_cell("dioptre_1") + text_cell("dioptre_2") + "</row>";
  std::string rows = "<row><c/>" + text_cell("Age") + text_cell("Gender") + text_cell("Diagnosis") +
                     text_cell("Refractive_Defect") + "</row>" + (id_last ? below + id : id + below);
  for (const auto& row : rows_of(left)) {
    rows += "<row>" + text_cell(row[0]);
    for (int i = 1; i < 4; ++i) rows.append("<c><v>").append(row[static_cast<std::size_t>(i)]).append("</v></c>");
    rows += "</row>";
  }
  return make_workbook(rows);
}

struct PublicTree {
  ScratchFolder folder;
  explicit PublicTree(bool excel = true, const std::string& below = "") {
    const std::string place = below + "ClinicalData/patient_data_";
    folder.write(place + (excel ? "od.xlsx" : "od.csv"), excel ? workbook(false) : csv(false));
    folder.write(place + (excel ? "os.xlsx" : "os.csv"), excel ? workbook(true) : csv(true));
  }
  Papila open(Value::Table given = {}) const {
    given.emplace("root", folder.path().string());
    return Papila(plugin_options("papila", given));
  }
};

std::map<std::string, Sample> all_samples(Papila dataset) {
  std::map<std::string, Sample> all;
  for (const Split split : {Split::train, Split::test}) {
    for (Sample& sample : dataset.samples(split)) all[sample.id] = sample;
  }
  return all;
}

std::set<std::string> ids(const std::vector<Sample>& samples) {
  std::set<std::string> result;
  for (const Sample& sample : samples) result.insert(sample.id);
  return result;
}

}  // namespace

TEST_CASE("PAPILA's classes are the benchmark's") {
  const PublicTree tree;
  const DatasetInfo info = tree.open().info();
  CHECK(info.labels == LabelKind::binary);
  REQUIRE(info.classes.size() == 2);
  CHECK(info.classes[0].text == "benign fundus");
  CHECK(info.classes[1].text == "glaucoma fundus");
  CHECK(info.prompt_template == "a photo of {}");
  CHECK(info.cluster_group == "patient");
}

TEST_CASE("PAPILA's split has the paper's size, 364 and 56, and keeps patients together") {
  const PublicTree tree;
  Papila dataset = tree.open();
  const auto train = dataset.samples(Split::train), test = dataset.samples(Split::test);
  CHECK(train.size() == 364);
  CHECK(test.size() == 56);
  std::set<std::string> patients;
  for (const Sample& sample : train) patients.insert(*find_group(sample, "patient"));
  for (const Sample& sample : test) CHECK(patients.count(*find_group(sample, "patient")) == 0);
}

TEST_CASE("PAPILA drops suspects, or counts them as glaucoma in a split of their own") {
  const PublicTree tree;
  const auto without = all_samples(tree.open()), with = all_samples(tree.open({{"suspects", "positive"}}));
  CHECK(without.size() == 420);
  CHECK(with.size() == 488);
  int positive = 0;
  for (const auto& [id, sample] : with) positive += sample.label == 1;
  CHECK(positive == 87 + 68);
  CHECK(std::filesystem::exists(tree.folder.path() / "medvlm_split_42.csv"));
  CHECK(std::filesystem::exists(tree.folder.path() / "medvlm_split_42_suspects.csv"));
}

TEST_CASE("PAPILA's labels and groups are those of the tables, whatever their format") {
  for (const bool excel : {true, false}) {
    const PublicTree tree(excel);
    const auto all = all_samples(tree.open());
    for (const int patient : {0, 7, 166, 205}) {
      for (const bool left : {false, true}) {
        const std::string name = patient_name(patient).substr(1);
        const Sample& sample = all.at("RET" + name + (left ? "OS" : "OD"));
        CHECK(sample.label == diagnosis_of(patient, left));
        CHECK(sample.image == "RET" + name + (left ? "OS.jpg" : "OD.jpg"));
        CHECK(*find_group(sample, "patient") == name);
        CHECK(*find_group(sample, "eye") == (left ? "left" : "right"));
        CHECK(*find_group(sample, "sex") == (patient % 2 ? "female" : "male"));
        CHECK(find_group(sample, "age")->substr(0, 1) == std::to_string(2 + patient % 70 / 10));
      }
    }
  }
}

TEST_CASE("PAPILA's split is the same from workbooks and from their exports, and is kept") {
  const PublicTree excel(true), text(false, "PAPILA/");
  const auto test = ids(excel.open().samples(Split::test));
  CHECK(ids(text.open().samples(Split::test)) == test);
  CHECK(ids(excel.open().samples(Split::test)) == test);
  CHECK(ids(excel.open({{"split_seed", 43}}).samples(Split::test)) != test);
}

TEST_CASE("PAPILA's header may have its names in another order of rows") {
  const ScratchFolder folder;
  folder.write("ClinicalData/patient_data_od.xlsx", workbook(false, false));
  folder.write("ClinicalData/patient_data_os.xlsx", workbook(true, false));
  CHECK(all_samples(Papila(plugin_options("papila", {{"root", folder.path().string()}}))).size() == 420);
}

TEST_CASE("a workbook by openpyxl is read, and its folder found below the root") {
  const ScratchFolder folder;
  const std::string book = read_file(std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "table/xlsx/clinical.xlsx");
  for (const char* eye : {"od", "os"}) {
    folder.write("PapilaDB-PAPILA-17f8fa/ClinicalData/patient_data_" + std::string(eye) + ".xlsx", book);
  }
  write_picture((folder.path() / "PapilaDB-PAPILA-17f8fa/FundusImages/RET004OD.jpg").string());
  const Value::Table given = {{"root", folder.path().string()}, {"test_fraction", 0.5}};
  Papila dataset(plugin_options("papila", given));
  const auto all = all_samples(dataset);
  CHECK(all.size() == 4);
  CHECK(*find_group(all.at("RET005OS"), "age") == "80-89");
  CHECK(dataset.decode_image(dataset.read_image(all.at("RET004OD"))).width == 8);
  CHECK(contains(error_of([&] { dataset.read_image(all.at("RET005OS")); }), "RET005OS.jpg: the image file does not exist"));
}

TEST_CASE("bad rows of PAPILA's tables are reported with file and line") {
  const auto refused = [](const std::string& row) {
    const ScratchFolder folder;
    folder.write("ClinicalData/patient_data_od.csv", "ID,Age,Gender,Diagnosis\n#002,50,0,1\n" + row + "\n");
    folder.write("ClinicalData/patient_data_os.csv", "ID,Age,Gender,Diagnosis\n#002,50,0,1\n");
    return error_of([&] { Papila{plugin_options("papila", {{"root", folder.path().string()}})}; });
  };
  CHECK(contains(refused("#003,50,0,3"), "patient_data_od.csv:3: Diagnosis is '3'; known: 0 (healthy)"));
  CHECK(contains(refused("#003,50,0,"), "od.csv:3: Diagnosis is ''"));
  CHECK(contains(refused("three,50,0,1"), "od.csv:3: ID is 'three'; expected a patient such as #002"));
  CHECK(contains(refused(",50,0,1"), "od.csv:3: ID is ''"));
  CHECK(contains(refused("002,50,0,1"), "od.csv:3: the eye 'RET002OD' is already on line 2"));
  CHECK(refused(",,,").empty());
}

TEST_CASE("a workbook of PAPILA without a diagnosis is refused with sheet and names") {
  const ScratchFolder folder;
  const std::string book = make_workbook("<row>" + text_cell("ID") + text_cell("Age") + text_cell("Gender") + "</row>");
  for (const char* eye : {"od", "os"}) folder.write(std::string("ClinicalData/patient_data_") + eye + ".xlsx", book);
  const std::string error = error_of([&] { Papila{plugin_options("papila", {{"root", folder.path().string()}})}; });
  CHECK(contains(error, "patient_data_od.xlsx [S]: there is no column 'Diagnosis'"));
  CHECK(contains(error, "ID, Age, Gender"));
}

TEST_CASE("the benchmark's layout of PAPILA has its own split") {
  const ScratchFolder folder;
  folder.write("PAPILA/split/new_train.csv",
               ",ID,Age,Gender,Diagnosis,Path\n0,#002,47,0,0,RET002OD.jpg\n1,#003,60,1,1,RET003OS.jpg\n");
  folder.write("PAPILA/split/new_test.csv", "Path,Diagnosis\nRET004OD.jpg,1.0\nRET005OS.jpg,2\n");
  write_picture((folder.path() / "PAPILA/data/FundusImages/RET004OD.jpg").string());
  Papila dataset(plugin_options("papila", {{"root", folder.path().string()}}));
  const auto train = dataset.samples(Split::train), test = dataset.samples(Split::test);
  REQUIRE(train.size() == 2);
  CHECK(train[1].label == 1);
  CHECK(*find_group(train[1], "sex") == "female");
  REQUIRE(test.size() == 1);
  CHECK(test[0].id == "RET004OD");
  CHECK(*find_group(test[0], "patient") == "004");
  CHECK(dataset.decode_image(dataset.read_image(test[0])).height == 6);
}

TEST_CASE("the benchmark's train split of PAPILA is read without its test file") {
  const ScratchFolder folder;
  folder.write("PAPILA/split/new_train.csv", "Path,Diagnosis\nRET002OD.jpg,0\n");
  Papila dataset(plugin_options("papila", {{"root", folder.path().string()}}));
  CHECK((dataset.splits() == std::vector<Split>{Split::train}));
  CHECK(dataset.samples(Split::train).size() == 1);
  CHECK(contains(error_of([&] { dataset.samples(Split::test); }), "no test split"));
  folder.write("PAPILA/split/new_train.csv", "Path,Diagnosis\nfundus.jpg,0\n");
  CHECK(contains(error_of([&] { dataset.samples(Split::train); }), "new_train.csv:2: Path 'fundus.jpg' names no eye"));
}

TEST_CASE("a folder without PAPILA, or with one eye's table only, is refused with what was looked for") {
  const ScratchFolder folder;
  const auto refusal = [&] {
    return error_of([&] { Papila{plugin_options("papila", {{"root", folder.path().string()}})}; });
  };
  CHECK(contains(refusal(), "split/new_train.csv"));
  CHECK(contains(refusal(), "ClinicalData/patient_data_od.xlsx"));
  folder.write("ClinicalData/patient_data_od.csv", csv(false));
  CHECK(contains(refusal(), "patient_data_os is missing"));
}
