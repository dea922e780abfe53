// Damaged and other checkpoints: all complaints at once, and the same scores from either file format.
#include <cstring>

#include "program.hpp"

namespace medvlm::e2e {
namespace {

using nlohmann::json;

/// A safetensors file in parts, to be written again with changes and without holes.
struct Safetensors {
  std::vector<std::pair<std::string, json>> entries;  ///< name -> dtype and shape
  std::map<std::string, std::string> data;

  explicit Safetensors(const fs::path& file) {
    const std::string content = read(file);
    std::uint64_t length = 0;
    std::memcpy(&length, content.data(), 8);
    const json header = json::parse(content.substr(8, length));
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") continue;
      const std::size_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
      entries.emplace_back(name, entry);
      data[name] = content.substr(8 + length + begin, end - begin);
    }
  }
  void remove(const std::string& name) {
    REQUIRE(data.erase(name) == 1);
    std::erase_if(entries, [&](const auto& entry) { return entry.first == name; });
  }
  json& shape(const std::string& name) {
    for (auto& entry : entries) {
      if (entry.first == name) return entry.second["shape"];
    }
    throw std::runtime_error("no tensor " + name);
  }
  void save(const fs::path& file) const {
    json header = json::object();
    std::string bytes;
    for (const auto& [name, entry] : entries) {
      header[name] = {{"dtype", entry["dtype"]}, {"shape", entry["shape"]},
                      {"data_offsets", {bytes.size(), bytes.size() + data.at(name).size()}}};
      bytes += data.at(name);
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    const std::uint64_t length = text.size();
    write(file, std::string(reinterpret_cast<const char*>(&length), 8) + text + bytes);
  }
};

/// A copy of the golden checkpoint and a study of a few images.
class CheckpointStudy {
 public:
  CheckpointStudy() {
    fs::create_directories(folder_ / "clip");
    for (const auto& entry : fs::directory_iterator(goldens_folder() / "contrastive" / "clip")) {
      if (entry.is_regular_file() && entry.path().filename() != "expected.safetensors") {
        fs::copy(entry.path(), checkpoint() / entry.path().filename());
      }
    }
    study_ = write(folder_ / "study.toml", study_text(synthetic(8), "", checkpoint().string()));
  }
  fs::path checkpoint() const { return folder_ / "clip"; }
  fs::path weights() const { return checkpoint() / "model.safetensors"; }
  fs::path out() const { return folder_ / "out"; }
  Outcome start(const fs::path& output) const { return run(study_, output, {"--quiet"}); }

  /// Refused with all parts in the message, before anything is predicted. Status 3: seen when the study is checked, and
  /// nothing is written; 6: seen when the weights are loaded, and error.json has the message.
  void check_refused(int status, const Words& parts) const {
    const Outcome outcome = start(out());
    CHECK(outcome.status == status);
    for (const std::string& part : parts) CHECK_MESSAGE(contains(outcome.err, part), part << " in " << outcome.err);
    CHECK_FALSE(fs::exists(scenario(out()) / "journal.jsonl"));
    CHECK(fs::exists(scenario(out()) / "error.json") == (status == 6));
  }

 private:
  TempFolder folder_;
  fs::path study_;
};

}  // namespace

TEST_CASE("a safetensors file that is cut short is refused with its name, and nothing is written") {
  const CheckpointStudy study;
  const std::string whole = read(study.weights());
  write(study.weights(), whole.substr(0, whole.size() / 3));
  study.check_refused(3, {"model.safetensors", "cut short"});
}

TEST_CASE("a safetensors file of any length below the whole is refused, never read beyond its end") {
  const CheckpointStudy study;
  const std::string whole = read(study.weights());
  const std::vector<std::size_t> lengths{0, 7, 8, 300, whole.size() - 1};
  for (const std::size_t length : lengths) {
    write(study.weights(), whole.substr(0, length));
    const Outcome outcome = study.start(study.out());
    CHECK_MESSAGE(outcome.status == 3, length);
    CHECK(contains(outcome.err, "model.safetensors"));
  }
}

TEST_CASE("missing tensors and tensors of another shape are listed all") {
  const CheckpointStudy study;
  Safetensors weights(study.weights());
  weights.remove("visual_projection.weight");
  weights.remove("text_model.final_layer_norm.bias");
  weights.remove("vision_model.encoder.layers.1.mlp.fc1.weight");
  json& shape = weights.shape("text_projection.weight");
  std::swap(shape[0], shape[1]);
  REQUIRE(shape[0] != shape[1]);
  weights.save(study.weights());
  study.check_refused(6, {"visual_projection.weight", "text_model.final_layer_norm.bias",
                       "vision_model.encoder.layers.1.mlp.fc1.weight", "text_projection.weight",
                       std::string("[").append(shape[0].dump()).append(", ").append(shape[1].dump()).append("]")});
}

TEST_CASE("a checkpoint without weights is refused with the names looked for") {
  const CheckpointStudy study;
  fs::remove(study.weights());
  fs::remove(study.checkpoint() / "pytorch_model.bin");
  study.check_refused(3, {"model.safetensors", "pytorch_model.bin"});
}

TEST_CASE("a checkpoint without its tokenizer is refused with the file's name") {
  const CheckpointStudy study;
  for (const char* name : {"tokenizer.json", "vocab.json", "merges.txt"}) fs::remove(study.checkpoint() / name);
  study.check_refused(3, {study.checkpoint().string(), "tokenizer.json"});
}

TEST_CASE("a config.json that is no JSON is refused with its name") {
  const CheckpointStudy study;
  write(study.checkpoint() / "config.json", "{\"model_type\": \"clip\",");
  study.check_refused(3, {"config.json"});
}

TEST_CASE("a config.json of another model than the weights is refused, with the tensors that do not fit") {
  const CheckpointStudy study;
  json config = json::parse(read(study.checkpoint() / "config.json"));
  const std::int64_t width = config["projection_dim"];
  config["projection_dim"] = width + 8;
  config["vision_config"]["projection_dim"] = width + 8;
  config["text_config"]["projection_dim"] = width + 8;
  write(study.checkpoint() / "config.json", config.dump());
  study.check_refused(6, {"visual_projection.weight", "text_projection.weight"});
}

TEST_CASE("pytorch_model.bin gives the same scores as model.safetensors") {
  const CheckpointStudy study;
  REQUIRE(study.start(study.out()).status == 0);
  fs::remove(study.weights());
  const fs::path other = study.out() / "other";
  const Outcome outcome = study.start(other);
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  CHECK(read(scenario(other) / "predictions.jsonl") == read(scenario(study.out()) / "predictions.jsonl"));
  CHECK(contains(result(scenario(other))["manifest"]["model"]["files"].dump(), "pytorch_model.bin"));
}

TEST_CASE("a pytorch_model.bin that is cut short is refused with its name") {
  const CheckpointStudy study;
  fs::remove(study.weights());
  const fs::path file = study.checkpoint() / "pytorch_model.bin";
  const std::string whole = read(file);
  for (const std::size_t length : {std::size_t{0}, std::size_t{100}, whole.size() / 2, whole.size() - 1}) {
    write(file, whole.substr(0, length));
    const Outcome outcome = study.start(study.out());
    CHECK_MESSAGE(outcome.status == 3, length);
    CHECK(contains(outcome.err, "pytorch_model.bin"));
  }
}

}  // namespace medvlm::e2e
