// The studies of the paper (configs/paper): each is planned with tiny checkpoints and small trees in the public layouts, and its
// scenarios are counted and compared with what the paper says of models and datasets.
#include <set>

#include "peers.hpp"

namespace medvlm::e2e {
namespace {

using nlohmann::json;

/// Datasets may write a file of their split into their folder, so trees are copied first.
const fs::path& copied_trees() {
  static const TempFolder folder;
  static const fs::path copy = [] {
    fs::copy(goldens_with("trees") / "trees", folder / "trees", fs::copy_options::recursive);
    return folder.path();
  }();
  return copy;
}

fs::path golden(const fs::path& part) {
  return *part.begin() == "trees" ? copied_trees() / part : goldens_with(part) / part;
}

std::string entry(const std::string& kind, const std::string& name, const std::string& option, const fs::path& path) {
  return "[[" + kind + "]]\nname = \"" + name + "\"\n" + option + " = \"" + golden(path).string() + "\"\n";
}

/// What a user writes: where models and datasets lie.
std::string diagnosis_places() {
  std::string text;
  for (const auto& [name, folder] : std::map<std::string, std::string>{{"CLIP", "clip"}, {"BLIP2", "blip2-itm"}, {"MedCLIP", "medclip"},
                                                                       {"PLIP", "clip"}, {"PubMedCLIP", "clip"}, {"BioMedCLIP", "biomedclip"},
                                                                       {"SigLIP", "siglip"}, {"MedSigLIP", "siglip"}}) {
    text += entry("models", name, "checkpoint", "contrastive/" + folder);
  }
  return text + entry("datasets", "CheXpert", "root", "trees") + entry("datasets", "HAM10000", "root", "trees/HAM10000") +
         entry("datasets", "Camelyon17", "root", "trees/camelyon17_v1.0") + "train_samples = 20\ntest_samples = 44\n" +
         entry("datasets", "PAPILA", "root", "trees/PAPILA") + entry("datasets", "GF3300", "root", "trees/arrays/Harvard-GF") +
         entry("datasets", "FairVLMed", "root", "trees/arrays/FairVLMed");
}

std::string vqa_places() {
  std::string text;
  for (const auto& [name, folder] :
       std::map<std::string, std::string>{{"LLaVA-1.5", "llava15-original"}, {"LLaVA-Med", "llava-med"}, {"Qwen2-VL", "qwen2-vl"},
                                          {"Qwen2.5-VL", "qwen2_5-vl"}, {"Lingshu", "qwen2_5-vl"}, {"Gemma3", "gemma3"}, {"MedGemma", "gemma3"},
                                          {"InternVL3", "internvl3-hf"}, {"VILA1.5", "vila"}, {"VILA-M3", "vila"}}) {
    text += entry("models", name, "checkpoint", "generative/" + folder + "/checkpoint");
  }
  for (const char* name : {"VQA-RAD", "SLAKE", "FairVLMed"}) text += entry("datasets", name, "root", std::string("trees/vqa/") + name);
  return text + entry("datasets", "PathVQA", "root", "trees/vqa/PathVQA-parquet");
}

json planned(const std::string& config, const std::string& places, const Words& more = {}) {
  TempFolder folder;
  const fs::path study = write(folder / "mine.toml", "include = [\"" + std::string(MEDVLM_CONFIGS) + "/paper/" + config + "\"]\n[run]\ndevice = \"cpu\"\n" + places);
  Words words{"--json"};
  words.insert(words.end(), more.begin(), more.end());
  const Outcome outcome = plan(study, folder / "out", words);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  return json::parse(outcome.out);
}

/// The datasets that are in domain for each model that has any.
std::map<std::string, std::set<std::string>> in_domain(const json& report) {
  std::map<std::string, std::set<std::string>> found;
  for (const auto& each : report["scenarios"]) {
    CHECK((each["domain"] == "ID" || each["domain"] == "OOD"));
    if (each["domain"] == "ID") found[each["model"]].insert(each["dataset"].get<std::string>());
  }
  return found;
}

std::map<std::string, std::set<std::string>> models_by(const json& report, const char* fact) {
  std::map<std::string, std::set<std::string>> found;
  for (const auto& each : report["scenarios"]) found[each[fact]].insert(each["model"].get<std::string>());
  return found;
}

using Sets = std::map<std::string, std::set<std::string>>;

std::size_t count_of(const json& report, const char* key, const std::string& value) {
  std::size_t count = 0;
  for (const auto& each : report["scenarios"]) count += each[key] == value ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("the diagnosis study has the paper's 144 scenarios, families and in-domain datasets") {
  const auto report = planned("diagnosis.toml", diagnosis_places());
  CHECK(report["scenarios"].size() == 144);
  for (const char* adapter : {"off_the_shelf", "linear_probe", "lora"}) CHECK(count_of(report, "adapter", adapter) == 48);
  CHECK(models_by(report, "family") == Sets{{"CLIP", {"CLIP", "BLIP2", "MedCLIP", "PubMedCLIP", "PLIP", "BioMedCLIP"}}, {"SigLIP", {"SigLIP", "MedSigLIP"}}});
  CHECK(models_by(report, "role") ==
        Sets{{"generalist", {"CLIP", "BLIP2", "SigLIP"}}, {"specialist", {"MedCLIP", "PubMedCLIP", "PLIP", "BioMedCLIP", "MedSigLIP"}}});
  CHECK(in_domain(report) == Sets{{"MedCLIP", {"CheXpert"}},
                                  {"PubMedCLIP", {"CheXpert"}},
                                  {"PLIP", {"Camelyon17"}},
                                  {"BioMedCLIP", {"CheXpert", "Camelyon17", "HAM10000"}},
                                  {"MedSigLIP", {"CheXpert", "Camelyon17", "HAM10000", "PAPILA"}}});
  for (const auto& each : report["scenarios"]) {
    CHECK(each["trained_on_dataset"] == (each["model"] == "MedCLIP" && each["dataset"] == "CheXpert"));
    if (each["adapter"] != "off_the_shelf") CHECK(each["trainable_parameters"].get<int>() > 0);
  }
}

TEST_CASE("the VQA study has the paper's 72 scenarios, families and in-domain datasets") {
  const auto report = planned("vqa.toml", vqa_places());
  CHECK(report["scenarios"].size() == 72);
  CHECK(count_of(report, "adapter", "off_the_shelf") == 40);
  CHECK(count_of(report, "adapter", "lora") == 32);
  CHECK(models_by(report, "family") == Sets{{"LLaVA", {"LLaVA-1.5", "LLaVA-Med"}},
                                            {"Qwen", {"Qwen2-VL", "Qwen2.5-VL", "Lingshu"}},
                                            {"Gemma", {"Gemma3", "MedGemma"}},
                                            {"InternVL", {"InternVL3"}},
                                            {"OpenAI", {"o3"}},
                                            {"Gemini", {"Gemini"}}});
  const std::set<std::string> seen = {"VQA-RAD", "PathVQA", "SLAKE"};
  CHECK(in_domain(report) == Sets{{"LLaVA-Med", seen}, {"Lingshu", seen}, {"MedGemma", seen}});
  CHECK(models_by(report, "role")["specialist"] == std::set<std::string>{"LLaVA-Med", "Lingshu", "MedGemma"});
  for (const auto& each : report["scenarios"]) {
    CHECK(each["trained_on_dataset"] == (each["model"] == "Lingshu" && each["dataset"] != "FairVLMed"));
    if (each["adapter"] == "lora") CHECK(each["trainable_parameters"].get<std::int64_t>() > 0);
  }
}

TEST_CASE("closed models can be left out, their missing keys fail nothing, and VILA's scenarios are apart") {
  const auto open = planned("vqa-open.toml", vqa_places());
  CHECK(open["scenarios"].size() == 64);
  CHECK(open["missing_variables"].empty());
  CHECK(planned("vqa.toml", vqa_places(), {"--set", "study.models=[\"tag:closed\"]"})["scenarios"].size() == 8);
  const auto vila = planned("vqa-vila.toml", vqa_places());
  CHECK(vila["scenarios"].size() == 16);
  CHECK(in_domain(vila) == Sets{{"VILA-M3", {"VQA-RAD", "PathVQA", "SLAKE"}}});
  std::set<std::string> seen;
  for (const auto& each : vila["scenarios"]) {
    if (each["trained_on_dataset"] == true) seen.insert(each["model"].get<std::string>() + "/" + each["dataset"].get<std::string>());
  }
  CHECK(seen == std::set<std::string>{"VILA-M3/VQA-RAD", "VILA-M3/PathVQA", "VILA-M3/SLAKE"});
}

TEST_CASE("the small study of the paper has six scenarios, and places may be given on the command line, also of names with dots") {
  CHECK(planned("clip-ots.toml", diagnosis_places())["scenarios"].size() == 6);
  TempFolder folder;
  Words words{"--json", "--set", "run.device=cpu", "--set", "study.models=[\"Qwen2.5-VL\"]", "--set", "study.datasets=[\"SLAKE\"]",
              "--set", "models.Qwen2.5-VL.checkpoint=" + golden("generative/qwen2_5-vl/checkpoint").string(),
              "--set", "datasets.SLAKE.root=" + golden("trees/vqa/SLAKE").string()};
  const Outcome outcome = plan(fs::path(MEDVLM_CONFIGS) / "paper/vqa.toml", folder / "out", words);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  CHECK(json::parse(outcome.out)["scenarios"].size() == 2);
}

}  // namespace medvlm::e2e
