#include "findings.hpp"

#include "medvlm/sdk/table/fields.hpp"

namespace medvlm::chexpert {

std::vector<std::string> label_columns(const std::string& set) {
  if (set == "no_finding") return {"No Finding"};
  if (set == "competition") return {"Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Pleural Effusion"};
  return {"No Finding",       "Enlarged Cardiomediastinum", "Cardiomegaly",  "Lung Opacity", "Lung Lesion",
          "Edema",            "Consolidation",              "Pneumonia",     "Atelectasis",  "Pneumothorax",
          "Pleural Effusion", "Pleural Other",              "Fracture",      "Support Devices"};
}

std::vector<ClassInfo> make_classes(const std::string& set) {
  if (set == "no_finding") return {{"diseased", "diseased xray", ""}, {"normal", "normal xray", ""}};
  std::vector<ClassInfo> classes;
  for (const std::string& name : label_columns(set)) {
    const std::string text = sdk::lower_case(name);
    classes.push_back({name, text, name == "No Finding" ? "any finding" : "no " + text});
  }
  return classes;
}

std::int8_t read_finding(const sdk::Table& table, std::size_t row, std::size_t column, Uncertain uncertain) {
  const std::string_view cell = sdk::trimmed(table.cell(row, column));
  if (cell.empty()) return 0;
  const auto value = sdk::to_integer(cell);
  if (value == 0 || value == 1) return static_cast<std::int8_t>(*value);
  if (value == -1) return uncertain == Uncertain::ones ? 1 : uncertain == Uncertain::zeros ? 0 : -1;
  throw table.error(row, "'" + table.columns()[column] + "' is '" + std::string(cell) +
                             "'; expected 1, 0, -1 (uncertain) or nothing");
}

}  // namespace medvlm::chexpert
