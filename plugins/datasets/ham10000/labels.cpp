#include "labels.hpp"

#include "medvlm/base/options.hpp"
#include "medvlm/sdk/table/fields.hpp"

namespace medvlm::ham10000 {
namespace {

struct Diagnosis {
  const char* dx;
  const char* text;
  bool positive;  ///< in the binary task; bcc is malignant, yet negative there: the original benchmark's choice
};

constexpr Diagnosis kDiagnoses[] = {
    {"akiec", "actinic keratoses and intraepithelial carcinoma", true},
    {"bcc", "basal cell carcinoma", false},
    {"bkl", "benign keratosis-like lesions", false},
    {"df", "dermatofibroma", false},
    {"mel", "melanoma", true},
    {"nv", "melanocytic nevi", false},
    {"vasc", "vascular lesions", false},
};

}  // namespace

std::vector<ClassInfo> make_classes(bool binary) {
  if (binary) {
    return {{"benign or other", "benign keratosis-like lesions", ""},
            {"akiec or mel", "actinic keratoses or melanoma", ""}};
  }
  std::vector<ClassInfo> classes;
  for (const Diagnosis& diagnosis : kDiagnoses) classes.push_back({diagnosis.dx, diagnosis.text, ""});
  return classes;
}

std::int64_t read_label(const sdk::Table& table, std::size_t row, std::size_t dx_column, bool binary) {
  const std::string dx = sdk::lower_case(sdk::trimmed(table.cell(row, dx_column)));
  std::vector<std::string> known;
  for (std::int64_t index = 0; const Diagnosis& diagnosis : kDiagnoses) {
    if (dx == diagnosis.dx) return binary ? std::int64_t{diagnosis.positive} : index;
    known.emplace_back(diagnosis.dx);
    ++index;
  }
  std::string list;
  for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
  throw table.error(row, "dx '" + dx + "' is no diagnosis of HAM10000; known: " + list);
}

}  // namespace medvlm::ham10000
