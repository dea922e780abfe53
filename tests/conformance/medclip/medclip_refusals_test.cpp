// MedCLIP folders: the number of parameters of the published sizes, what configurations may say, and what is refused.
#include <doctest/doctest.h>

#include <fstream>

#include "medclip_goldens.hpp"
#include "medvlm/base/files.hpp"

namespace {

using namespace medvlm;
using nlohmann::json;
using test::make_medclip;
namespace fs = std::filesystem;

/// A folder with the two configurations only.
class Configs {
 public:
  Configs(const json& vision, const json& text) {
    write(medclip::kVisionFolder, vision);
    write(medclip::kTextFolder, text);
  }
  void write(const char* tower, const json& config) const {
    fs::create_directories(path() / tower);
    std::ofstream(path() / tower / "config.json") << config;
  }
  const fs::path& path() const { return folder_.path(); }
  std::string error() const {
    try {
      medclip::read_medclip_config(path());
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::checkpoint);
      return error.what();
    }
    return "none";
  }

 private:
  test::TemporaryFolder folder_;
};

std::int64_t parameters(const Configs& configs) {
  medclip::MedclipNetwork network(medclip::read_medclip_config(configs.path()));
  sdk::nn::ParameterList list;
  network.declare(list);
  return list.count();
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

template <class Use>
std::string error_of(const Use& use) {
  try {
    use();
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("the published sizes have 136.62 million parameters") {
  const json vision = {{"model_type", "swin"}, {"image_size", 224},        {"patch_size", 4}, {"embed_dim", 96},
                       {"depths", {2, 2, 6, 2}}, {"num_heads", {3, 6, 12, 24}}, {"window_size", 7}, {"mlp_ratio", 4.0},
                       {"qkv_bias", true},     {"hidden_act", "gelu"},     {"layer_norm_eps", 1e-5}};
  const json text = {{"model_type", "bert"},      {"vocab_size", 28996},         {"hidden_size", 768},
                     {"num_hidden_layers", 12},   {"num_attention_heads", 12},   {"intermediate_size", 3072},
                     {"hidden_act", "gelu"},      {"max_position_embeddings", 512}, {"type_vocab_size", 2}};
  // Swin 27,519,354, BERT with pooler 108,310,272, two projections of 768 x 512, the scale.
  CHECK(parameters(Configs(vision, text)) == 136616059);
}

TEST_CASE("what a configuration leaves out has the reference's defaults") {
  const Configs configs(json::object(), json::object());
  const auto config = medclip::read_medclip_config(configs.path());
  CHECK(config.vision.depths == std::vector<std::int64_t>{2, 2, 6, 2});
  CHECK(config.vision.window == 7);
  CHECK(config.vision.epsilon == 1e-5);
  CHECK(config.text.transformer.epsilon == 1e-12);
  CHECK(config.text.transformer.activation == sdk::nn::Activation::gelu);
  CHECK(config.text.vocabulary == 30522);
}

TEST_CASE("grids that do not divide evenly are filled up") {
  const json sizes = {
      {"image_size", 30}, {"patch_size", 4}, {"window_size", 2}, {"depths", {1, 1, 1}}, {"num_heads", {1, 1, 1}}};
  const Configs configs(sizes, json::object());
  const auto vision = medclip::read_medclip_config(configs.path()).vision;
  CHECK(vision.grid(0) == 8);
  CHECK(vision.grid(1) == 4);
  CHECK(vision.grid(2) == 2);
}

TEST_CASE("configurations that make no sense are refused with file and key") {
  const json text = json::object();
  const auto refused = [&](const json& vision, const std::string& message) {
    const std::string error = Configs(vision, text).error();
    CHECK_MESSAGE(contains(error, message), error);
    CHECK(contains(error, "swin-tiny-patch4-window7-224/config.json"));
  };
  refused({{"model_type", "vit"}}, "model_type: is 'vit', but MedCLIP has 'swin' here");
  refused({{"embed_dim", 100}}, "num_heads: does not divide the width 100 of stage 0");
  refused({{"num_heads", {3, 6}}}, "num_heads: must have as many numbers as depths");
  refused({{"depths", json::array()}}, "depths: must have 1 to 16 numbers");
  refused({{"depths", {2, 0, 2, 2}}}, "depths: must be positive");
  refused({{"window_size", 8}}, "window_size: is larger than the grid of stage 3, which is 7 tokens wide");
  refused({{"image_size", {224, 112}}}, "image_size: must be one number or two equal ones");
  refused({{"image_size", -1}}, "image_size: must be positive, is -1");
  refused({{"num_channels", 1}}, "num_channels: must be 3");
  refused({{"mlp_ratio", 0}}, "mlp_ratio: leaves the MLP without a sensible width");
  refused({{"hidden_act", "gelo"}}, "hidden_act: unknown activation 'gelo'");
  const auto text_refused = [&](const json& config, const std::string& message) {
    const std::string error = Configs(json::object(), config).error();
    CHECK_MESSAGE(contains(error, message), error);
    CHECK(contains(error, "Bio_ClinicalBERT/config.json"));
  };
  text_refused({{"num_hidden_layers", 1}}, "num_hidden_layers: must be at least 2");
  text_refused({{"hidden_size", 770}}, "num_attention_heads: does not divide hidden_size");
  text_refused({{"position_embedding_type", "relative_key"}}, "only 'absolute' is supported");
  const Configs incomplete(json::object(), json::object());
  fs::remove_all(incomplete.path() / medclip::kTextFolder);
  CHECK(contains(incomplete.error(),
                 "is missing; put the config.json of the repository 'emilyalsentzer/Bio_ClinicalBERT' there"));
}

TEST_CASE("folders that are incomplete or do not fit are refused") {
  if (!test::goldens_present("contrastive")) return;
  const fs::path golden = test::medclip_goldens().front();
  const std::string words = std::string(medclip::kTextFolder) + "/vocab.txt";
  CHECK(contains(error_of([&] { make_medclip(golden / "nowhere"); }), "does not exist"));
  const test::GoldenCopy no_words(golden, {words.c_str()});
  CHECK(contains(error_of([&] { make_medclip(no_words.path()); }), "Bio_ClinicalBERT"));
  const test::GoldenCopy no_weights(golden, {"pytorch_model.bin"});
  CHECK(contains(error_of([&] { make_medclip(no_weights.path()); }), "holds no weights"));
  CHECK(contains(error_of([&] { make_medclip(golden, {{"preprocessing", Value("medclp")}}); }), "did you mean 'medclip'"));
  CHECK(contains(error_of([&] { make_medclip(golden, {{"text_batching", Value("apart")}}); }), "text_batching: 'apart'"));
}

TEST_CASE("a vocabulary larger than the text tower's is refused when a text needs it") {
  if (!test::goldens_present("contrastive")) return;
  const test::GoldenCopy copy(test::medclip_goldens().front(), {});
  const fs::path file = copy.path() / medclip::kTextFolder / "vocab.txt";
  write_file_atomically(file, read_file(file) + "melanomaxyz\n");
  auto model = make_medclip(copy.path());
  const std::vector<std::string> texts = {"melanomaxyz"};
  CHECK(contains(error_of([&] { model.tokenize(texts); }), "they belong to different checkpoints"));
}

TEST_CASE("weights that do not fit the configuration are all named") {
  if (!test::goldens_present("contrastive")) return;
  const test::GoldenCopy copy(test::medclip_goldens().front(), {});
  const fs::path file = copy.path() / medclip::kTextFolder / "config.json";
  auto config = test::read_golden_json(file);
  config["intermediate_size"] = config["intermediate_size"].get<int>() + 1;
  write_file_atomically(file, config.dump());
  auto model = make_medclip(copy.path());
  const std::string error = error_of([&] { model.load(at::kCPU, at::kFloat); });
  for (const char* part : {"text_model.model.encoder.layer.0.intermediate.dense.weight",
                           "text_model.model.encoder.layer.1.output.dense.weight", "pytorch_model.bin"}) {
    CHECK_MESSAGE(contains(error, part), error);
  }
}
