#include "medvlm/sdk/language/answering_model.hpp"

#include <algorithm>

#include <ATen/ATen.h>

#include "encoded_images.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/log.hpp"
#include "medvlm/core/sample_error.hpp"
#include "medvlm/sdk/checkpoint/checkpoint.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"
#include "medvlm/sdk/checkpoint/weights.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk::language {
namespace {

/// Where each code point of a text begins, and its end.
std::vector<std::size_t> code_points(std::string_view text) {
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < text.size(); at += code_point_at(text, at).length) places.push_back(at);
  places.push_back(text.size());
  return places;
}

/// Loads one folder; the parameters of `kept` stay in the type of the file, the others become `dtype`.
template <typename Keep>
void load_part(const WeightPart& part, c10::Device device, c10::ScalarType dtype, const Keep& kept) {
  std::vector<WeightSpec> specs;
  for (const auto& parameter : part.parameters.parameters()) specs.push_back({parameter.name, parameter.shape});
  // Views of the mapped files; what is converted below is converted one tensor after another.
  const WeightMap weights = load_weights(Checkpoint::open(part.folder), specs, {});
  for (const auto& parameter : part.parameters.parameters()) {
    const at::Tensor& stored = weights.at(parameter.name);
    *parameter.target = kept(parameter) ? stored : stored.to(device, dtype);
  }
}

}  // namespace

TooLong too_long_from_name(std::string_view name) {
  if (name == "truncate") return TooLong::truncate;
  if (name == "error") return TooLong::error;
  throw Error(ErrorCode::config, "unknown way '" + std::string(name) + "' for too long questions; known: truncate, error");
}

AnsweringModel::AnsweringModel(std::string family, TooLong too_long) : too_long_(too_long) {
  info_.family = std::move(family);
}

AnsweringModel::~AnsweringModel() = default;

nn::ParameterList& AnsweringModel::add_part(const std::filesystem::path& folder) {
  parts_.push_back(std::make_unique<WeightPart>(WeightPart{folder, {}}));
  return parts_.back()->parameters;
}

void AnsweringModel::describe(std::vector<std::filesystem::path> files, GenerationSettings settings) {
  settings_ = std::move(settings);
  info_.dtypes = {c10::kBFloat16, c10::kFloat, c10::kHalf};
  info_.files = std::move(files);
  for (const auto& part : parts_) {
    info_.parameters += part->parameters.count();
    const Checkpoint checkpoint = Checkpoint::open(part->folder);
    for (const auto& file : checkpoint.files()) {
      if (std::find(info_.files.begin(), info_.files.end(), file) == info_.files.end()) info_.files.push_back(file);
    }
  }
}

void AnsweringModel::load(c10::Device device, c10::ScalarType dtype) {
  const bool keep_matrices = device.is_cpu() && dtype == c10::kFloat;
  for (const auto& part : parts_) {
    load_part(*part, device, dtype, [&](const nn::Parameter& parameter) {
      return keep_matrices && parameter.shape.size() == 2 && parameter.name.ends_with(".weight") &&
             part_of(parameter.name) == "language";
    });
  }
  device_ = device;
  dtype_ = dtype;
}

std::string AnsweringModel::part_of(const std::string& layer) const {
  for (const char* word : {"projector", "mlp1", "merger"}) {
    if (layer.find(word) != layer.npos) return "projector";
  }
  for (const char* word : {"vision", "visual"}) {
    if (layer.find(word) != layer.npos) return "vision";
  }
  return "language";
}

std::vector<NamedLayer> AnsweringModel::layers() {
  std::vector<NamedLayer> all;
  for (const auto& part : parts_) {
    for (NamedLayer& layer : part->parameters.layers("", "")) {
      layer.part = part_of(layer.name);
      all.push_back(std::move(layer));
    }
  }
  return all;
}

std::string AnsweringModel::decode(std::span<const std::int64_t> ids) const {
  return stripped(tokenizer().decode(ids, true));
}

Generator AnsweringModel::generator(Generator::Sharing sharing) const {
  return Generator(decoder(), device_, dtype_, sharing);
}

Prompt AnsweringModel::fitting_prompt(const Question& question, const at::Tensor& features,
                                      std::int64_t answer_tokens) const {
  // An answer may use what is left of the context; a quarter of it at least is kept free for one that may be long.
  answer_tokens = std::min(answer_tokens, std::max<std::int64_t>(1, decoder().shape().context / 4));
  const auto room = decoder().shape().context - answer_tokens;
  const auto fits = [&](const Prompt& tried) {
    return decoder().shape().context <= 0 || static_cast<std::int64_t>(tried.ids.size()) <= room;
  };
  Prompt whole = prompt(question.text, *question.image, features);
  check_token_ids(at::tensor(whole.ids, at::kLong), decoder().shape().vocabulary, tokenizer().path());
  if (fits(whole)) return whole;
  const std::string sizes = "the prompt has " + std::to_string(whole.ids.size()) + " tokens, the context of " +
                            std::to_string(decoder().shape().context) + " leaves " + std::to_string(room) +
                            " beside an answer of " + std::to_string(answer_tokens);
  if (too_long_ == TooLong::error) {
    throw Error(ErrorCode::data, sizes + "; shorten the question, ask for fewer new tokens, or set too_long = \"truncate\"");
  }
  const std::vector<std::size_t> places = code_points(question.text);
  const auto shortened = [&](std::size_t dropped) {
    return prompt(std::string_view(question.text).substr(places[dropped]), *question.image, features);
  };
  if (!fits(shortened(places.size() - 1))) {
    throw Error(ErrorCode::data, sizes + ", which does not hold the image alone; ask for fewer new tokens");
  }
  // The least that must go from the left of the question: the end of a question asks, the beginning tells.
  std::size_t too_few = 0, enough = places.size() - 1;
  while (enough - too_few > 1) {
    const std::size_t middle = (too_few + enough) / 2;
    (fits(shortened(middle)) ? enough : too_few) = middle;
  }
  log(LogLevel::warning, "a question was cut on the left by " + std::to_string(enough) + " characters: " + sizes);
  return shortened(enough);
}

std::vector<Answer> AnsweringModel::answer(std::span<const Question> questions, const Generation& generation) {
  const GenerationSettings settings = resolve(settings_, generation);
  std::vector<Answer> answers(questions.size());
  EncodedImages encoded(*this);
  std::vector<Prompt> prompts;
  std::vector<std::size_t> origins;
  std::vector<std::uint64_t> seeds;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Question& question = questions[i];
    const at::Tensor& features = encoded.features(*question.image);
    answers[i].error = sample_error_of("predict", [&] {
      prompts.push_back(fitting_prompt(question, features, settings.max_new_tokens));
    });
    if (answers[i].error) continue;
    answers[i].prompt_tokens = static_cast<std::int64_t>(prompts.back().ids.size());
    origins.push_back(i);
    seeds.push_back(question.seed);
  }
  const std::vector<Generated> generated = generator().generate(prompts, settings, seeds);
  for (std::size_t i = 0; i < generated.size(); ++i) {
    Answer& answer = answers[origins[i]];
    answer.text = decode(generated[i].ids);
    answer.new_tokens = static_cast<std::int64_t>(generated[i].ids.size());
    answer.seconds = generated[i].seconds;
  }
  return answers;
}

}  // namespace medvlm::sdk::language
