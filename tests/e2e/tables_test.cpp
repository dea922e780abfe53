// Damaged images, damaged tables, and test sets on which a metric is undefined.
#include "program.hpp"

namespace medvlm::e2e {
namespace {

/// A folder with good images 0.jpg to 5.jpg, a table, and a study of it.
class TableStudy {
 public:
  explicit TableStudy(const std::string& table, const std::string& more_options = "") {
    const fs::path images = fs::path(MEDVLM_GOLDENS_DEFAULT) / "trees/HAM10000/HAM10000_images_part_1";
    for (int i = 0; i < 6; ++i) {
      fs::copy(images / ("ISIC_002430" + std::to_string(6 + i % 4) + ".jpg"),
               folder_ / (std::to_string(i) + ".jpg"));
    }
    write(folder_ / "table.csv", table);
    study_ = write(folder_ / "study.toml",
                   study_text("[[datasets]]\nname = \"data\"\nplugin = \"table\"\nfile = \"table.csv\"\n"
                              "label = \"label\"\nclasses = [\"benign\", \"malignant\"]\n" + more_options));
  }
  fs::path operator/(const std::string& name) const { return folder_ / name; }
  Outcome start(const Words& more = {}) const { return run(study_, folder_ / "out", more); }
  fs::path place() const { return scenario(folder_ / "out"); }

 private:
  TempFolder folder_;
  fs::path study_;
};

const std::string kRows = "image,label\n0.jpg,benign\n1.jpg,malignant\n2.jpg,benign\n3.jpg,malignant\n";

/// The table is refused before any work: the message has all parts, and nothing is written.
void check_refused(const TableStudy& study, int status, const Words& parts) {
  const Outcome outcome = study.start({"--quiet"});
  CHECK(outcome.status == status);
  for (const std::string& part : parts) CHECK_MESSAGE(contains(outcome.err, part), part << " in " << outcome.err);
  CHECK_FALSE(fs::exists(study.place()));
}

/// Four good images, one cut short, one that is no image, and one that is not there.
TableStudy damaged_images() {
  return TableStudy(kRows + "short.jpg,benign\nnoise.png,malignant\ngone.jpg,benign\n");
}

void damage(const TableStudy& study) {
  write(study / "short.jpg", read(study / "0.jpg").substr(0, 700));
  write(study / "noise.png", "this is no picture");
}

}  // namespace

TEST_CASE("damaged images fail alone: the run goes on, ends with status 20, and names each with its reason") {
  const TableStudy study = damaged_images();
  damage(study);
  const Outcome outcome = study.start();
  CHECK(outcome.status == 20);
  CHECK(contains(outcome.err, "3 samples have no prediction, 0 are tolerated (--max-errors)"));
  const auto found = result(study.place());
  CHECK(found["samples"] == nlohmann::json({{"total", 7}, {"scored", 4}, {"errored", 3}, {"missing", 0}}));
  CHECK(found["errors"]["by_stage"] == nlohmann::json({{"decode", 2}, {"read", 1}}));
  const std::string errors = found["errors"]["first"].dump();
  for (const char* name : {"short.jpg", "noise.png", "gone.jpg"}) {
    CHECK_MESSAGE(contains(errors, (study / name).string()), name);
    CHECK_MESSAGE(contains(outcome.err, (study / name).string()), name);
  }
}

TEST_CASE("good images score the same whether or not others are damaged") {
  const TableStudy bad = damaged_images(), good(kRows);
  damage(bad);
  REQUIRE(bad.start().status == 20);
  REQUIRE(good.start().status == 0);
  const auto expected = predictions(good.place()), found = predictions(bad.place());
  REQUIRE(expected.size() == 4);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (std::size_t c = 0; c < 2; ++c) {
      const double alone = expected[i]["scores"][c];
      CHECK(found[i]["scores"][c].get<double>() == doctest::Approx(alone).epsilon(1e-6));
    }
  }
}

TEST_CASE("--max-errors tolerates that many failed samples") {
  const TableStudy study = damaged_images();
  damage(study);
  CHECK(study.start({"--max-errors", "2"}).status == 20);
  CHECK(study.start({"--max-errors", "3"}).status == 0);
  CHECK(study.start({"--max-errors", "5"}).status == 0);
  CHECK(study.start({"--set", "run.max_errors=5"}).status == 0);
}

TEST_CASE("a run on which every image fails ends with status 20 and undefined metrics with a reason") {
  const TableStudy study("image,label\ngone1.jpg,benign\ngone2.jpg,malignant\n");
  const Outcome outcome = study.start();
  CHECK(outcome.status == 20);
  const auto value = metric(result(study.place()), "auroc");
  CHECK(value["value"].is_null());
  CHECK(value["reason"] == "no sample could be scored");
}

TEST_CASE("a missing column is refused with the file, the column and those present") {
  check_refused(TableStudy("picture,label\n0.jpg,benign\n"), 3, {"table.csv", "no column 'image'", "picture, label"});
}

TEST_CASE("a missing column is placed at the option that names the file") {
  const TableStudy study("picture,label\n0.jpg,benign\n");
  CHECK(contains(study.start().err, "datasets[0].file: "));
}

TEST_CASE("an unknown label is refused with file, line and the known ones") {
  check_refused(TableStudy(kRows + "4.jpg,beningn\n"), 5, {"table.csv:6: ", "'beningn'", "benign, malignant"});
}

TEST_CASE("an id that comes twice is refused with both lines") {
  check_refused(TableStudy("id,image,label\na,0.jpg,benign\nb,1.jpg,malignant\na,2.jpg,benign\n", "id = \"id\"\n"), 5,
                {"table.csv:4: ", "id 'a'", "line 2"});
}

TEST_CASE("text that is not UTF-8 is refused with file and line") {
  check_refused(TableStudy(kRows + "caf\xe9.jpg,benign\n"), 3, {"table.csv:6: ", "not UTF-8"});
}

TEST_CASE("a quote that is never closed is refused with file and line") {
  check_refused(TableStudy(kRows + "\"4.jpg,benign\n"), 3, {"table.csv:6"});
}

TEST_CASE("a row with too few cells is refused with file and line") {
  check_refused(TableStudy(kRows + "4.jpg\n"), 3, {"table.csv:6: "});
}

TEST_CASE("a table without rows is refused") {
  check_refused(TableStudy("image,label\n"), 3, {"table.csv", "no rows"});
}

TEST_CASE("a split that no row belongs to is refused with status 5") {
  check_refused(TableStudy("image,label,part\n0.jpg,benign,train\n1.jpg,malignant,train\n", "split = \"part\"\n"), 5,
                {"table.csv", "test split"});
}

TEST_CASE("a test set of one class leaves AUROC undefined with the reason, and accuracy is still computed") {
  const TableStudy study("image,label\n0.jpg,benign\n1.jpg,benign\n2.jpg,benign\n");
  const Outcome outcome = study.start();
  CHECK(outcome.status == 0);
  const auto auroc = metric(result(study.place()), "auroc"), accuracy = metric(result(study.place()), "accuracy");
  for (const char* key : {"value", "ci_low", "ci_high", "mean", "std"}) CHECK(auroc[key].is_null());
  CHECK(auroc["valid_rounds"] == 0);
  CHECK(contains(auroc["reason"], "one class only"));
  CHECK(accuracy["value"].is_number());
  CHECK(accuracy["ci_low"].is_number());
  CHECK(contains(outcome.out, "undefined"));
  CHECK(contains(outcome.out, "one class only"));
}

TEST_CASE("--json gives the undefined value as null with its reason") {
  const TableStudy study("image,label\n0.jpg,benign\n1.jpg,benign\n");
  const auto rows = nlohmann::json::parse(study.start({"--json", "--quiet"}).out);
  CHECK(rows[0]["metrics"][0]["value"].is_null());
  CHECK(contains(rows[0]["metrics"][0]["reason"], "one class only"));
}

TEST_CASE("run.limit uses the first samples only") {
  const TableStudy study(kRows);
  REQUIRE(study.start({"--set", "run.limit=2"}).status == 0);
  CHECK(predictions(study.place()).size() == 2);
}

}  // namespace medvlm::e2e
