// `medvlm verify`: results that are as they were written pass, and any change is found.
#include "medvlm/base/hash.hpp"
#include "program.hpp"

using namespace medvlm::e2e;
using nlohmann::json;

namespace {

constexpr int kChanged = 23;
constexpr int kUnchecked = 24;
constexpr std::size_t kPlaces = 12;

const char* const kFiles[] = {"journal.jsonl", "predictions.jsonl", "result.json", "rounds.bin", "SHA256SUMS"};

Outcome verify(const fs::path& folder) {
  return start_and_wait({medvlm_program(), "verify", folder.string(), "--json"});
}

/// The verdict on one check of the only scenario.
std::string verdict(const Outcome& outcome, const std::string& check) {
  const json list = json::parse(outcome.out);
  for (const json& each : list[0]["checks"]) {
    if (each["check"] == check) return each["verdict"];
  }
  return "no such check";
}

/// As somebody would who wants a change to go unnoticed.
void renew_sums(const fs::path& folder) {
  std::string text;
  for (const char* name : kFiles) {
    if (std::string(name) != "SHA256SUMS") text += medvlm::sha256_file(folder / name) + "  " + name + "\n";
  }
  write(folder / "SHA256SUMS", text);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// A finished study of 24 samples, with a checkpoint of its own.
struct Finished {
  TempFolder folder;
  fs::path checkpoint = folder / "checkpoint", output = folder / "out";
  Finished() {
    fs::copy(MEDVLM_TINY_CHECKPOINT, checkpoint, fs::copy_options::recursive);
    const fs::path study = write(folder / "study.toml",
                                 study_text(synthetic(24, 32), "", checkpoint.string()) + "[bootstrap]\nrounds = 20\n");
    REQUIRE(run(study, output).status == 0);
  }
};

}  // namespace

TEST_CASE("a finished study passes, as a whole and by scenario, and nothing is changed by looking") {
  const Finished done;
  const std::string before = read(scenario(done.output) / "SHA256SUMS");
  const Outcome outcome = verify(done.output);
  CHECK_MESSAGE(outcome.status == 0, outcome.out << outcome.err);
  for (const char* check :
       {"checksums", "journal", "plugins", "checkpoint", "samples", "manifest", "predictions", "rounds", "numbers"}) {
    CHECK_MESSAGE(verdict(outcome, check) == "ok", check);
  }
  CHECK(verify(scenario(done.output)).status == 0);
  CHECK(read(scenario(done.output) / "SHA256SUMS") == before);
  CHECK(start_and_wait({"sh", "-c", "cd '" + scenario(done.output).string() + "' && sha256sum --quiet -c SHA256SUMS"})
            .status == 0);
}

TEST_CASE("scenarios of a study with several seeds, rules and metrics for two tasks are recomputed as they were") {
  TempFolder folder;
  const fs::path study = write(
      folder / "study.toml",
      study_text(synthetic(24, 32)) + "[bootstrap]\nrounds = 20\n[[adapters]]\nname = \"probe\"\nplugin = \"linear_probe\"\n"
      "seeds = [3, 5]\n[[metrics]]\nplugin = \"vqa_accuracy\"\n"
      "[[models]]\nname = \"answerer\"\nplugin = \"llava\"\ncheckpoint = \"" MEDVLM_ANSWERER "\"\n"
      "template = \"USER: {image}\\n{question} ASSISTANT:\"\n"
      "[[datasets]]\nname = \"questions\"\nplugin = \"synthetic\"\ntask = \"vqa\"\ntrain = 0\ntest = 3\nimage_size = 32\n"
      "[[overrides]]\nadapters = [\"probe\"]\nbatch_size = 5\n[[exclude]]\nmodels = [\"model\"]\nadapters = [\"ots\"]\n");
  const Outcome ran = run(study, folder / "out", {"--set", "datasets.data.train=16", "--quiet"});
  REQUIRE_MESSAGE(ran.status == 0, ran.err);
  const Outcome outcome = verify(folder / "out");
  CHECK_MESSAGE(outcome.status == 0, outcome.out << outcome.err);
  CHECK(json::parse(outcome.out).size() == 3);
}

TEST_CASE("a changed byte anywhere in any file is found") {
  const Finished done;
  for (const char* name : kFiles) {
    const fs::path file = scenario(done.output) / name;
    const std::string good = read(file);
    for (std::size_t i = 0; i < kPlaces; ++i) {
      const std::size_t place = i + 1 == kPlaces ? good.size() - 1 : i * good.size() / kPlaces;
      std::string bad = good;
      bad[place] = static_cast<char>(bad[place] ^ (1 << (i % 8)));
      write(file, bad);
      const Outcome outcome = verify(scenario(done.output));
      CHECK_MESSAGE(outcome.status == kChanged, name << " byte " << place << ": " << outcome.out << outcome.err);
    }
    write(file, good.substr(0, good.size() / 2));
    CHECK_MESSAGE(verify(scenario(done.output)).status == kChanged, name << " cut in half");
    fs::remove(file);
    if (std::string(name) != "result.json") {
      CHECK_MESSAGE(verify(scenario(done.output)).status == kChanged, name << " removed");
    }
    write(file, good);
  }
  CHECK(verify(scenario(done.output)).status == 0);
}

TEST_CASE("a change with renewed checksums is found by computing anew") {
  const Finished done;
  const fs::path folder = scenario(done.output);
  const auto with = [&](const char* name, const std::string& bad, const std::string& check) {
    const std::string good = read(folder / name);
    write(folder / name, bad);
    renew_sums(folder);
    const Outcome outcome = verify(folder);
    CHECK_MESSAGE(outcome.status == kChanged, name);
    CHECK_MESSAGE(verdict(outcome, "checksums") == "ok", name);
    CHECK_MESSAGE(verdict(outcome, check) == "changed", name << ": " << outcome.out);
    write(folder / name, good);
    renew_sums(folder);
  };
  json result = json::parse(read(folder / "result.json"));
  result["metrics"][0]["ci_low"] = result["metrics"][0]["ci_low"].get<double>() + 1e-15;
  with("result.json", result.dump(), "numbers");
  result = json::parse(read(folder / "result.json"));
  result["manifest"]["model"]["parameters"] = 1;
  with("result.json", result.dump(), "manifest");
  with("predictions.jsonl", replaced(read(folder / "predictions.jsonl"), "\"label\":0", "\"label\":1"), "predictions");
  std::string rounds = read(folder / "rounds.bin");
  rounds[rounds.size() - 3] ^= 1;
  with("rounds.bin", rounds, "rounds");

  // A prediction exchanged in the journal, with the checksum of the line.
  const std::string journal = read(folder / "journal.jsonl");
  const std::size_t start = journal.find('\n') + 1, end = journal.find('\n', start);
  json record = json::parse(journal.substr(start + 9, end - start - 9));
  std::reverse(record["scores"].begin(), record["scores"].end());
  const std::string line = record.dump();
  char sum[9];
  std::snprintf(sum, sizeof sum, "%08x", medvlm::crc32(line));
  with("journal.jsonl", journal.substr(0, start) + sum + " " + line + journal.substr(end), "predictions");
  CHECK(verify(folder).status == 0);
}

TEST_CASE("a checkpoint that changed is told from one that moved") {
  const Finished done;
  const fs::path weights = done.checkpoint / "model.safetensors";
  std::string bytes = read(weights);
  bytes.back() ^= 1;
  write(weights, bytes);
  Outcome outcome = verify(done.output);
  CHECK(outcome.status == kChanged);
  CHECK(verdict(outcome, "checkpoint") == "changed");
  CHECK(verdict(outcome, "numbers") == "ok");

  fs::rename(done.checkpoint, done.folder / "elsewhere");
  outcome = verify(done.output);
  CHECK(outcome.status == kUnchecked);
  CHECK(verdict(outcome, "checkpoint") == "could not check");
  CHECK(verdict(outcome, "checksums") == "ok");
}

TEST_CASE("what is no result is told") {
  const TempFolder folder;
  fs::create_directories(folder / "empty");
  CHECK(verify(folder / "empty").status == 5);
  CHECK(verify(folder / "none").status == 7);
  CHECK(start_and_wait({medvlm_program(), "verify"}).status == 2);
}
