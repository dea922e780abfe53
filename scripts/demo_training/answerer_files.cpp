#include "answerer_files.hpp"

#include <cmath>
#include <map>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <nlohmann/json.hpp>

#include "llava_model.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/checkpoint/checkpoint.hpp"
#include "medvlm/sdk/checkpoint/safetensors_writer.hpp"
#include "medvlm/sdk/text/byte_letters.hpp"

namespace medvlm::demo {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;

/// A byte-level vocabulary: all bytes, then every beginning of every word, so that each word is one token.
class Vocabulary {
 public:
  Vocabulary() {
    for (int byte = 0; byte < 256; ++byte) add(sdk::bytes_to_letters(std::string(1, static_cast<char>(byte))));
  }

  void add_words(const std::string& text) {
    for (std::size_t begin = 0; begin < text.size();) {
      std::size_t end = begin + 1;
      while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end]))) ++end;
      add_word(text.substr(begin, end - begin));
      begin = end;
    }
  }

  std::int64_t add(const std::string& token) {
    const auto [found, added] = ids_.try_emplace(token, static_cast<std::int64_t>(order_.size()));
    if (added) order_.push_back(token);
    return found->second;
  }

  std::int64_t size() const { return static_cast<std::int64_t>(order_.size()); }

  json model() const {
    json vocabulary = json::object();
    for (std::size_t i = 0; i < order_.size(); ++i) vocabulary[order_[i]] = i;
    return {{"type", "BPE"},          {"dropout", nullptr},   {"unk_token", nullptr},     {"continuing_subword_prefix", ""},
            {"end_of_word_suffix", ""}, {"fuse_unk", false},  {"byte_fallback", false},   {"vocab", vocabulary},
            {"merges", merges_}};
  }

 private:
  void add_word(const std::string& word) {
    std::string sofar = sdk::bytes_to_letters(word.substr(0, 1));
    for (std::size_t i = 1; i < word.size(); ++i) {
      const std::string letter = sdk::bytes_to_letters(word.substr(i, 1));
      if (!ids_.contains(sofar + letter)) merges_.push_back(sofar + " " + letter);
      sofar += letter;
      add(sofar);
    }
  }

  std::map<std::string, std::int64_t> ids_;
  std::vector<std::string> order_;
  std::vector<std::string> merges_;
};

struct SpecialIds {
  std::int64_t start = 0, end = 0, image = 0, pad = 0;
};

json added_token(std::int64_t id, const char* content) {
  return {{"id", id},          {"content", content}, {"single_word", false}, {"lstrip", false},
          {"rstrip", false},   {"normalized", false}, {"special", true}};
}

json tokenizer_json(const Vocabulary& vocabulary, const SpecialIds& ids) {
  const json start = {{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}};
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens",
           {added_token(ids.start, "<s>"), added_token(ids.end, "</s>"), added_token(ids.image, "<image>"),
            added_token(ids.pad, "<pad>")}},
          {"normalizer", nullptr},
          {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}}},
          {"post_processor",
           {{"type", "TemplateProcessing"},
            {"single", {start, {{"Sequence", {{"id", "A"}, {"type_id", 0}}}}}},
            {"pair", {start, {{"Sequence", {{"id", "A"}, {"type_id", 0}}}}, {{"Sequence", {{"id", "B"}, {"type_id", 0}}}}}},
            {"special_tokens", {{"<s>", {{"id", "<s>"}, {"ids", {ids.start}}, {"tokens", {"<s>"}}}}}}}},
          {"decoder", {{"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", true}, {"use_regex", true}}},
          {"model", vocabulary.model()}};
}

json config_json(const json& vision, std::int64_t vocabulary, const SpecialIds& ids) {
  return {{"architectures", {"LlavaForConditionalGeneration"}},
          {"image_token_index", ids.image},
          {"model_type", "llava"},
          {"projector_hidden_act", "gelu"},
          {"text_config",
           {{"model_type", "llama"}, {"hidden_size", 96}, {"intermediate_size", 192}, {"num_hidden_layers", 3},
            {"num_attention_heads", 4}, {"max_position_embeddings", 512}, {"rms_norm_eps", 1e-5},
            {"vocab_size", vocabulary}, {"bos_token_id", ids.start}, {"eos_token_id", ids.end}}},
          {"tie_word_embeddings", false},
          {"torch_dtype", "float16"},
          {"vision_config", vision},
          {"vision_feature_layer", -2},
          {"vision_feature_select_strategy", "default"}};
}

at::Tensor random_weight(const sdk::nn::Parameter& parameter, at::Generator& generator) {
  if (parameter.name.find("norm") != std::string::npos) return at::ones(parameter.shape);
  if (parameter.shape.size() < 2) return at::zeros(parameter.shape);
  const double scale = parameter.name.find("embed_tokens") != std::string::npos ? 0.05
                                                                                 : 1 / std::sqrt(double(parameter.shape[1]));
  return scale * at::randn(parameter.shape, generator);
}

void write(const fs::path& file, const json& content) { write_file_atomically(file, content.dump(2) + "\n"); }

/// The parameters that a checkpoint with these files has; the tower's come from the CLIP checkpoint.
void write_weights(const fs::path& folder, const fs::path& clip_folder, std::uint64_t seed) {
  const llava::LlavaConfig config = llava::read_llava_config(folder, "");
  sdk::nn::VisionTower tower(config.tower);
  sdk::language::Decoder decoder(config.decoder);
  sdk::nn::Linear first(config.tower.transformer.width, config.decoder.width), second(config.decoder.width, config.decoder.width);
  sdk::nn::ParameterList list;
  tower.declare(list, config.names.tower);
  first.declare(list, config.names.projector_first);
  second.declare(list, config.names.projector_second);
  decoder.declare(list, config.names.decoder, config.names.head);
  const auto clip = sdk::Checkpoint::open(clip_folder);
  at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  sdk::WeightMap weights;
  const std::string prefix = "vision_tower.";
  for (const auto& parameter : list.parameters()) {
    const bool from_clip = parameter.name.starts_with(prefix);
    const at::Tensor weight = from_clip ? clip.tensor(parameter.name.substr(prefix.size())) : random_weight(parameter, generator);
    weights[parameter.name] = weight.to(at::kHalf);
  }
  sdk::write_safetensors(folder / "model.safetensors", weights);
}

}  // namespace

void write_answerer(const fs::path& folder, const fs::path& clip_folder, const std::vector<std::string>& texts,
                    std::uint64_t seed) {
  make_folder(folder);
  Vocabulary vocabulary;
  for (const std::string& text : texts) vocabulary.add_words(text);
  const std::int64_t words = vocabulary.size();
  const SpecialIds ids{words, words + 1, words + 2, words + 3};
  write(folder / "tokenizer.json", tokenizer_json(vocabulary, ids));
  write(folder / "tokenizer_config.json", {{"tokenizer_class", "PreTrainedTokenizerFast"}, {"bos_token", "<s>"},
                                           {"eos_token", "</s>"}, {"pad_token", "<pad>"},
                                           {"clean_up_tokenization_spaces", false}});
  const json clip = json::parse(read_file(clip_folder / "config.json"));
  write(folder / "config.json", config_json(clip.at("vision_config"), words + 4, ids));
  write(folder / "generation_config.json", {{"bos_token_id", ids.start}, {"eos_token_id", ids.end}, {"pad_token_id", ids.pad}});
  json processor = json::parse(read_file(clip_folder / "preprocessor_config.json"));
  write(folder / "preprocessor_config.json", processor);
  write_weights(folder, clip_folder, seed);
}

}  // namespace medvlm::demo
