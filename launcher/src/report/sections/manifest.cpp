// Versions, hashes and seeds: what is needed to check or repeat the results.
#include <set>

#include "../json_access.hpp"
#include "../material.hpp"
#include "../text.hpp"

namespace medvlm::report {
namespace {

using analysis::Outcome;
using nlohmann::json;

/// A value at a path of keys as text; empty if it is not there.
std::string told(const json& root, std::initializer_list<const char*> keys) {
  const json* at = &root;
  for (const char* key : keys) at = &member_of(*at, key);
  if (at->is_null()) return "";
  return at->is_string() ? at->get<std::string>() : at->dump(-1, ' ', false, json::error_handler_t::replace);
}

Table scenario_table(const Material& material) {
  Table table;
  table.id = "scenario-manifest";
  table.caption = "How every number came about";
  table.tools = true;
  table.columns = {{"Scenario"},
                   {"Source", ColumnKind::choice},
                   {"Study", ColumnKind::choice},
                   {"medvlm"},
                   {"LibTorch"},
                   {"Device", ColumnKind::choice},
                   {"Type", ColumnKind::choice},
                   {"Seed"},
                   {"Rounds"},
                   {"Unit"},
                   {"Written"},
                   {"Weights, SHA-256"},
                   {"Test split, SHA-256"}};
  for (std::size_t i = 0; i < material.outcomes.size(); ++i) {
    const Outcome& outcome = material.outcomes[i];
    const json& result = material.results[i];
    std::string source = "computed";
    if (outcome.published) {
      source = "published: " + outcome.published->source +
               (outcome.published->table.empty() ? "" : ", table " + outcome.published->table);
    }
    std::string unit = told(result, {"bootstrap", "unit"});
    if (unit == "cluster") unit += " (" + told(result, {"bootstrap", "cluster"}) + ")";
    table.rows.push_back({outcome.name(), source, outcome.study, told(result, {"manifest", "medvlm"}),
                          told(result, {"manifest", "libtorch"}), told(result, {"manifest", "device"}),
                          told(result, {"manifest", "dtype"}), told(result, {"manifest", "seed"}),
                          told(result, {"bootstrap", "rounds"}), unit, told(result, {"manifest", "written"}),
                          told(result, {"manifest", "model", "sha256"}), outcome.dataset.samples_sha256});
  }
  return table;
}

Table plugin_table(const Material& material) {
  Table table;
  table.id = "plugins";
  table.caption = "Plugins that were used";
  table.columns = {{"Kind", ColumnKind::choice}, {"Plugin"}, {"Version"}, {"Library, SHA-256"}};
  std::set<std::string> seen;
  for (const json& result : material.results) {
    for (const json& plugin : list_of(member_of(result, "manifest"), "plugins")) {
      const std::vector<std::string> cells = {told(plugin, {"kind"}), told(plugin, {"id"}), told(plugin, {"version"}),
                                              told(plugin, {"sha256"})};
      std::string key;
      for (const std::string& cell : cells) key += cell + "\n";
      if (seen.insert(key).second) table.rows.push_back({cells[0], cells[1], cells[2], cells[3]});
    }
  }
  return table;
}

}  // namespace

Section manifest_section(const Material& material) {
  Section section{"manifest", "Manifest", {}};
  Part part;
  part.blocks.push_back(
      Paragraph{"Equal hashes mean equal weights, equal test samples and equal code. The seed is the study's; the "
                "bootstrap's resamples depend on it and on the round alone."});
  part.blocks.push_back(scenario_table(material));
  Table plugins = plugin_table(material);
  if (!plugins.rows.empty()) part.blocks.push_back(std::move(plugins));
  section.parts.push_back(std::move(part));
  return section;
}

}  // namespace medvlm::report
