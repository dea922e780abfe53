#include "eyes.hpp"

#include "medvlm/sdk/table/csv.hpp"
#include "medvlm/sdk/table/fields.hpp"
#include "medvlm/sdk/table/xlsx.hpp"

namespace medvlm::papila {
namespace {

constexpr std::int64_t kSuspect = 2;

/// "002" of "#002", "002", "2" or "2.0"; empty for anything else.
std::string patient_number(std::string_view id) {
  id = sdk::trimmed(id);
  if (id.starts_with('#')) id.remove_prefix(1);
  const auto number = sdk::to_integer(id);
  if (!number || *number < 0) return "";
  std::string digits = std::to_string(*number);
  if (digits.size() < 3) digits.insert(0, 3 - digits.size(), '0');
  return digits;
}

/// PAPILA writes 0 and 1.
std::string sex_of(std::string_view gender) {
  const auto number = sdk::to_integer(gender);
  if (number == 0) return "male";
  if (number == 1) return "female";
  return sdk::is_missing(gender) ? "unknown" : std::string(sdk::trimmed(gender));
}

/// Turns the rows of one table into eyes.
class Reader {
 public:
  Reader(const sdk::Table& table, Suspects suspects)
      : table_(table), suspects_(suspects), diagnosis_(table.column("Diagnosis")), age_(table.find_column("Age")),
        gender_(table.find_column("Gender")) {}

  /// Appends the eye of a row unless it is left out.
  void add(std::size_t row, const std::string& patient, const std::string& side, std::vector<Eye>& eyes) {
    Eye eye;
    eye.diagnosis = read_diagnosis(row);
    if (eye.diagnosis == kSuspect && suspects_ == Suspects::drop) return;
    Sample& sample = eye.sample;
    sample.id = "RET" + patient + side;
    unique_.add(table_, row, sample.id, "the eye");
    sample.image = sample.id + ".jpg";
    sample.row = static_cast<std::int64_t>(row);
    sample.label = eye.diagnosis == 0 ? 0 : 1;
    sample.groups = {{"patient", patient}, {"eye", side == "OD" ? "right" : "left"}};
    if (gender_) sample.groups.emplace_back("sex", sex_of(table_.cell(row, *gender_)));
    if (age_) sample.groups.emplace_back("age", sdk::age_band(table_.cell(row, *age_)));
    eyes.push_back(std::move(eye));
  }

 private:
  std::int64_t read_diagnosis(std::size_t row) const {
    const std::string_view cell = sdk::trimmed(table_.cell(row, diagnosis_));
    const auto value = sdk::to_integer(cell);
    if (value && *value >= 0 && *value <= kSuspect) return *value;
    throw table_.error(row, "Diagnosis is '" + std::string(cell) + "'; known: 0 (healthy), 1 (glaucoma), 2 (suspect)");
  }

  const sdk::Table& table_;
  Suspects suspects_;
  std::size_t diagnosis_;
  std::optional<std::size_t> age_, gender_;
  sdk::UniqueIds unique_;
};

sdk::Table read_clinical_table(const std::filesystem::path& file) {
  if (file.extension() == ".csv") return sdk::read_csv(file);
  // The workbooks have titles over several rows: "Refractive Defect" above "dioptre_1", and "ID" below them all.
  return sdk::read_xlsx(file, {.sheet = "", .header = {"ID", "Age", "Gender", "Diagnosis"}});
}

void read_clinical_table(const std::filesystem::path& file, const std::string& side, Suspects suspects,
                         std::vector<Eye>& eyes) {
  const sdk::Table table = read_clinical_table(file);
  const std::size_t id = table.column("ID"), diagnosis = table.column("Diagnosis");
  Reader reader(table, suspects);
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::string_view cell = sdk::trimmed(table.cell(row, id));
    // A row of the header's titles or units that follows the names, or an empty row of an export.
    if (cell.empty() && sdk::trimmed(table.cell(row, diagnosis)).empty()) continue;
    const std::string patient = patient_number(cell);
    if (patient.empty()) throw table.error(row, "ID is '" + std::string(cell) + "'; expected a patient such as #002");
    reader.add(row, patient, side, eyes);
  }
}

}  // namespace

std::vector<Eye> read_clinical_tables(const Layout& layout, Suspects suspects) {
  std::vector<Eye> eyes;
  read_clinical_table(layout.right, "OD", suspects, eyes);
  read_clinical_table(layout.left, "OS", suspects, eyes);
  return eyes;
}

std::vector<Eye> read_split_table(const std::filesystem::path& file, Suspects suspects) {
  const sdk::Table table = sdk::read_csv(file);
  const std::size_t path = table.column("Path");
  Reader reader(table, suspects);
  std::vector<Eye> eyes;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::string name = std::filesystem::path(sdk::trimmed(table.cell(row, path))).filename().string();
    const bool named = name.size() > 9 && name.starts_with("RET") && name.ends_with(".jpg");
    const std::string side = named ? name.substr(name.size() - 6, 2) : "";
    const std::string patient = named ? patient_number(name.substr(3, name.size() - 9)) : "";
    if (patient.empty() || (side != "OD" && side != "OS")) {
      throw table.error(row, "Path '" + name + "' names no eye; expected e.g. RET002OD.jpg");
    }
    reader.add(row, patient, side, eyes);
  }
  return eyes;
}

}  // namespace medvlm::papila
