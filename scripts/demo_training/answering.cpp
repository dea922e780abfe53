#include "answering.hpp"

#include <cstdio>
#include <set>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "medvlm/sdk/checkpoint/safetensors_writer.hpp"
#include "questions.hpp"
#include "synthetic.hpp"

namespace medvlm::demo {
namespace {

constexpr std::int64_t kIgnored = -100;
constexpr synthetic::Kind kKinds[] = {synthetic::Kind::radiograph, synthetic::Kind::histology, synthetic::Kind::fundus};

synthetic::Recipe recipe_of(const TrainingPlan& plan, std::int64_t index, int size) {
  synthetic::Recipe recipe;
  recipe.kind = kKinds[index / 4 % 3];
  recipe.seed = plan.seed + 2000;
  recipe.split = Split::train;
  recipe.index = index;
  recipe.size = size;
  recipe.difficulty = 0.2;
  return recipe;
}

/// An image's features before the projector, and its questions.
struct Lesson {
  at::Tensor features;
  std::vector<synthetic::AskedQuestion> questions;
};

std::vector<Lesson> paint(const llava::LlavaModel& model, const TrainingPlan& plan, int size) {
  const c10::AutoGradMode off(false);
  const synthetic::Synthetic painter(Options(Value::Table{{"task", Value("vqa")}, {"kind", Value("mixed")}, {"seed", Value(std::int64_t{0})},
                                                          {"image_size", Value(std::int64_t{size})}, {"difficulty", Value(0.2)},
                                                          {"train", Value(std::int64_t{1})}, {"validation", Value(std::int64_t{0})},
                                                          {"test", Value(std::int64_t{1})}}));
  std::vector<Lesson> lessons(static_cast<std::size_t>(plan.pictures));
  for (std::int64_t i = 0; i < plan.pictures; ++i) {
    const synthetic::Recipe recipe = recipe_of(plan, i, size);
    const std::string text = synthetic::to_text(recipe);
    const Image image = painter.decode_image({synthetic::kDecoder, text, text});
    lessons[static_cast<std::size_t>(i)] = {model.tower_features(model.preprocess(image)), synthetic::questions_on(recipe)};
  }
  return lessons;
}

/// Prompt and answer of one question as rows of ids and labels.
struct Row {
  sdk::language::Prompt prompt;
  std::vector<std::int64_t> ids, labels;
};

Row row_of(const llava::LlavaModel& model, const Lesson& lesson, std::size_t question, const at::Tensor& projected) {
  const auto& asked = lesson.questions[question];
  Row row{model.prompt(asked.text, {}, projected), {}, {}};
  row.ids = row.prompt.ids;
  row.labels.assign(row.ids.size(), kIgnored);
  std::vector<std::int64_t> answer = model.tokenizer().encode(" " + asked.answer, false);
  answer.push_back(model.tokenizer().id("</s>"));
  row.ids.insert(row.ids.end(), answer.begin(), answer.end());
  row.labels.insert(row.labels.end(), answer.begin(), answer.end());
  return row;
}

/// Mean loss of the answers' tokens. Rows are padded on the right, where nothing looks at the padding.
at::Tensor loss_of(const llava::LlavaModel& model, const std::vector<Row>& rows) {
  std::size_t longest = 0;
  for (const Row& row : rows) longest = std::max(longest, row.ids.size());
  std::vector<at::Tensor> embeddings, labels;
  for (const Row& row : rows) {
    const auto padding = static_cast<std::int64_t>(longest - row.ids.size());
    const sdk::language::ImageSpan& image = row.prompt.images.front();
    const at::Tensor text = model.decoder().embed(at::tensor(row.ids, at::kLong), at::kFloat);
    const std::int64_t after = image.first + image.features.size(0);
    const at::Tensor whole = at::cat({text.narrow(0, 0, image.first), image.features, text.narrow(0, after, text.size(0) - after)});
    embeddings.push_back(at::constant_pad_nd(whole, {0, 0, 0, padding}));
    labels.push_back(at::constant_pad_nd(at::tensor(row.labels, at::kLong), {0, padding}, kIgnored));
  }
  sdk::language::TokenBlock block;
  block.embeddings = at::stack(embeddings);
  const std::int64_t n = block.embeddings.size(0), tokens = block.embeddings.size(1);
  block.positions = at::arange(tokens, at::kLong).expand({n, tokens});
  sdk::language::KeyValueCache cache(model.decoder().shape().layers, tokens);
  const at::Tensor states = model.decoder().forward(block, cache);
  const at::Tensor wanted = at::stack(labels).narrow(1, 1, tokens - 1);
  const at::Tensor asked = wanted.ne(kIgnored).nonzero();
  const at::Tensor chosen = states.narrow(1, 0, tokens - 1).index({asked.select(1, 0), asked.select(1, 1)});
  return at::cross_entropy_loss(model.decoder().logits(chosen), wanted.masked_select(wanted.ne(kIgnored)));
}

}  // namespace

std::vector<std::string> question_texts() {
  std::set<std::string> texts = {"USER: ", " ASSISTANT:"};
  for (std::int64_t i = 0; i < 200; ++i) {
    for (const auto& asked : synthetic::questions_on(recipe_of({}, i, 64))) {
      texts.insert(asked.text);
      texts.insert(" " + asked.answer);
    }
  }
  return {texts.begin(), texts.end()};
}

void train_answers(llava::LlavaModel& model, const TrainingPlan& plan, int size) {
  const std::vector<Lesson> lessons = paint(model, plan, size);
  std::fprintf(stderr, "%zu pictures painted\n", lessons.size());
  std::vector<at::Tensor> weights;
  for (const auto& parameter : model.parts().front()->parameters.parameters()) {
    if (parameter.name.starts_with("vision_tower.")) continue;
    *parameter.target = parameter.target->to(at::kFloat).clone().requires_grad_(true);
    weights.push_back(*parameter.target);
  }
  run_epochs(plan, weights, [&](std::span<const std::size_t> batch, Splitmix64& random) {
    std::vector<Row> rows;
    for (const std::size_t i : batch) {
      const Lesson& lesson = lessons[i];
      rows.push_back(row_of(model, lesson, random.below(std::uint32_t(lesson.questions.size())), model.project(lesson.features)));
    }
    return loss_of(model, rows);
  });
}

void save_weights(const llava::LlavaModel& model, const std::filesystem::path& folder) {
  sdk::WeightMap weights;
  for (const auto& parameter : model.parts().front()->parameters.parameters()) {
    weights[parameter.name] = parameter.target->detach().to(at::kHalf);
  }
  sdk::write_safetensors(folder / "model.safetensors", weights);
}

}  // namespace medvlm::demo
