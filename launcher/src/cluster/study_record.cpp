#include "cluster/study_record.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/registry/toml_value.hpp"

namespace medvlm::launcher::cluster {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kDeepestInclude = 20;

bool is_scenario(const fs::path& folder) {
  for (const char* name : {"journal.jsonl", "result.json", "error.json", "training.json", "shards"}) {
    if (fs::exists(folder / name)) return true;
  }
  return false;
}

/// Folders three deep (four with a seed) that hold a scenario.
void find_scenarios(const fs::path& output, const fs::path& folder, int depth, StudyRecord& record) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (!entry.is_directory()) continue;
    const bool own = depth == 0 && (entry.path().filename() == "cache" || entry.path().filename() == "submission");
    if (own) continue;
    if (depth >= 2 && is_scenario(entry.path())) {
      record.scenarios.push_back({entry.path().lexically_relative(output).generic_string(), entry.path(), {}, false});
    } else if (depth < 3) {
      find_scenarios(output, entry.path(), depth + 1, record);
    }
  }
}

const Value* find(const Value& table, const char* key) {
  if (!table.table()) return nullptr;
  const auto found = table.table()->find(key);
  return found == table.table()->end() ? nullptr : &found->second;
}

/// `study.output` made absolute and `study.name`, as far as they are said.
struct Head {
  std::optional<std::string> name;
  std::optional<fs::path> output;
};

Head read_head(const fs::path& file, int depth) {
  const Value root = registry::read_toml(file);
  Head head;
  if (const Value* study = find(root, "study")) {
    const Value* name = find(*study, "name");
    const Value* output = find(*study, "output");
    if (name && name->text()) head.name = *name->text();
    if (output && output->text()) head.output = (fs::absolute(file).parent_path() / *output->text()).lexically_normal();
  }
  const Value* includes = find(root, "include");
  if (!includes || !includes->array() || depth >= kDeepestInclude) return head;
  // What is written last wins.
  for (auto each = includes->array()->rbegin(); each != includes->array()->rend() && !(head.name && head.output);
       ++each) {
    if (!each->text()) continue;
    const Head included = read_head(file.parent_path() / *each->text(), depth + 1);
    if (!head.name) head.name = included.name;
    if (!head.output) head.output = included.output;
  }
  return head;
}

}  // namespace

StudyRecord read_study_record(const fs::path& output) {
  if (!fs::is_directory(output)) {
    throw Error(ErrorCode::io,
                "there is no folder '" + output.string() + "' yet; 'medvlm run' and 'medvlm submit' make it");
  }
  StudyRecord record;
  const fs::path file = output / "study.json";
  if (!fs::exists(file)) {
    find_scenarios(output, output, 0, record);
    std::sort(record.scenarios.begin(), record.scenarios.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    if (record.scenarios.empty()) {
      throw Error(
          ErrorCode::data,
          "'" + output.string() + "' has neither study.json nor scenarios; give the folder that a study writes to");
    }
    return record;
  }
  try {
    const json document = json::parse(read_file(file));
    record.name = document.at("study").get<std::string>();
    for (const json& item : document.at("scenarios")) {
      RecordedScenario scenario{item.at("name").get<std::string>(),
                                output / item.at("folder").get<std::string>(),
                                {},
                                item.value("trains", false)};
      if (item.contains("samples") && item["samples"].is_number_unsigned()) {
        scenario.samples = item["samples"].get<std::size_t>();
      }
      record.scenarios.push_back(std::move(scenario));
    }
  } catch (const json::exception& error) {
    throw Error(ErrorCode::data, file.string() + ": not the record of a study (" + error.what() +
                                     "); 'medvlm plan' of the study writes nothing, 'medvlm run' writes it anew");
  }
  return record;
}

fs::path output_of_study(const fs::path& file) {
  const Head head = read_head(file, 0);
  if (head.output) return *head.output;
  if (head.name) return fs::absolute(fs::path("results") / *head.name);
  throw Error(ErrorCode::config,
              file.string() + ": the study has neither study.output nor study.name; give its result folder");
}

}  // namespace medvlm::launcher::cluster
