// Generation on a small decoder with random weights: batches, shared prefixes, sampling, ends.
#include <set>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include "checks.hpp"
#include "medvlm/sdk/language/generator.hpp"

using namespace medvlm;
using namespace medvlm::sdk::language;

namespace {

DecoderShape small_shape() {
  DecoderShape shape;
  shape.width = 32;
  shape.hidden = 48;
  shape.layers = 3;
  shape.heads = 4;
  shape.kv_heads = 2;
  shape.head_width = 8;
  shape.vocabulary = 50;
  return shape;
}

/// With random weights; `shape` decides which parts there are.
struct SmallDecoder {
  Decoder decoder;
  sdk::nn::ParameterList list;

  explicit SmallDecoder(const DecoderShape& shape, std::uint64_t seed = 3) : decoder(shape) {
    decoder.declare(list, "model", "lm_head");
    at::manual_seed(seed);
    for (const auto& parameter : list.parameters()) {
      const bool norm = parameter.shape.size() == 1;
      *parameter.target = norm ? 1 + 0.1 * at::randn(parameter.shape) : at::randn(parameter.shape) * 0.3;
    }
  }
  Generator generator(bool share = true) const { return Generator(decoder, at::kCPU, at::kFloat, {share}); }
};

Prompt text_prompt(std::initializer_list<std::int64_t> ids) {
  Prompt prompt;
  prompt.ids = ids;
  return prompt;
}

/// `before`, an image of four features, `after`.
Prompt image_prompt(const at::Tensor& features, std::vector<std::int64_t> before, const std::vector<std::int64_t>& after) {
  Prompt prompt;
  prompt.ids = std::move(before);
  prompt.images = {{static_cast<std::int64_t>(prompt.ids.size()), features}};
  prompt.ids.insert(prompt.ids.end(), static_cast<std::size_t>(features.size(0)), kImagePlace);
  prompt.ids.insert(prompt.ids.end(), after.begin(), after.end());
  return prompt;
}

std::vector<Prompt> questions_on_two_images() {
  at::manual_seed(11);
  const at::Tensor one = at::randn({6, 32}), two = at::randn({6, 32});
  const std::vector<std::int64_t> start = {1, 2, 3, 4};
  return {image_prompt(one, start, {5, 6}),        image_prompt(two, start, {5, 6}),
          image_prompt(one, start, {7, 8, 9, 10}), image_prompt(one, start, {7, 8, 12}),
          image_prompt(two, start, {20}),          text_prompt({3, 4, 5}), text_prompt({9})};
}

GenerationSettings greedy(std::int64_t tokens) {
  GenerationSettings settings;
  settings.max_new_tokens = tokens;
  return settings;
}

std::vector<std::vector<std::int64_t>> ids_of(const std::vector<Generated>& answers) {
  std::vector<std::vector<std::int64_t>> ids;
  for (const Generated& answer : answers) ids.push_back(answer.ids);
  return ids;
}

/// Every variant of a decoder that checkpoints use.
std::vector<DecoderShape> shapes() {
  DecoderShape plain = small_shape();
  DecoderShape sliding = small_shape();
  sliding.sliding = {true, false, true};
  sliding.window = 5;
  sliding.local_rotary.theta = 500;
  sliding.images_both_ways = sliding.norm_adds_one = sliding.norms_after = sliding.query_key_norm = sliding.tied_head = true;
  DecoderShape three = small_shape();
  three.rotary.sections = {1, 1, 2};
  three.qkv_bias = true;
  return {plain, sliding, three};
}

}  // namespace

TEST_CASE("an answer does not depend on its batch, nor on what is shared") {
  const c10::InferenceMode frozen;
  const auto prompts = questions_on_two_images();
  for (const auto& shape : shapes()) {
    const SmallDecoder small(shape);
    std::vector<std::vector<std::int64_t>> alone;
    for (const Prompt& prompt : prompts) {
      alone.push_back(small.generator().generate(std::span(&prompt, 1), greedy(9), {}).at(0).ids);
      CHECK(alone.back().size() == 9);
    }
    CHECK(ids_of(small.generator(true).generate(prompts, greedy(9), {})) == alone);
    CHECK(ids_of(small.generator(false).generate(prompts, greedy(9), {})) == alone);
    CHECK(std::set(alone.begin(), alone.end()).size() > 3);
  }
}

TEST_CASE("equal questions, which need no padding, share a beginning that is longer than the window") {
  const c10::InferenceMode frozen;
  const SmallDecoder small(shapes()[1]);
  at::manual_seed(12);
  const at::Tensor features = at::randn({6, 32});
  const std::vector<Prompt> prompts(3, image_prompt(features, {1, 2, 3, 4, 5, 6, 7, 8}, {9, 10, 11}));
  const auto alone = small.generator().generate(std::span(prompts).first(1), greedy(7), {});
  for (const Generated& answer : small.generator(true).generate(prompts, greedy(7), {})) CHECK(answer.ids == alone.at(0).ids);
}

TEST_CASE("features that are cut out of one tensor anew for each prompt are one image") {
  const c10::InferenceMode frozen;
  const SmallDecoder small(small_shape());
  at::manual_seed(13);
  const at::Tensor whole = at::randn({9, 32});
  std::vector<Prompt> prompts;
  for (const std::int64_t last : {20, 21}) prompts.push_back(image_prompt(whole.narrow(0, 2, 6), {1, 2, 3, 4}, {5, last}));
  std::vector<std::vector<std::int64_t>> alone;
  for (const Prompt& prompt : prompts) alone.push_back(small.generator().generate(std::span(&prompt, 1), greedy(5), {}).at(0).ids);
  CHECK(ids_of(small.generator(true).generate(prompts, greedy(5), {})) == alone);
}

TEST_CASE("a greedy token is the likeliest after everything before it") {
  const c10::InferenceMode frozen;
  for (const auto& shape : shapes()) {
    const SmallDecoder small(shape);
    Prompt prompt = text_prompt({1, 2, 3, 4, 5, 6, 7});
    const auto answers = small.generator().generate(std::span(&prompt, 1), greedy(6), {});
    for (const std::int64_t id : answers.at(0).ids) {
      CHECK(small.generator().logits(prompt)[-1].argmax().item<std::int64_t>() == id);
      prompt.ids.push_back(id);
    }
  }
}

TEST_CASE("an answer ends at a stop token, at the limit, and at the end of the context") {
  const c10::InferenceMode frozen;
  DecoderShape shape = small_shape();
  const Prompt prompt = text_prompt({1, 2, 3});
  const auto whole = SmallDecoder(shape).generator().generate(std::span(&prompt, 1), greedy(8), {}).at(0).ids;
  REQUIRE(whole.size() == 8);
  GenerationSettings stopping = greedy(8);
  stopping.stop = {whole[4]};
  const auto first = std::find(whole.begin(), whole.end(), whole[4]);
  CHECK(SmallDecoder(shape).generator().generate(std::span(&prompt, 1), stopping, {}).at(0).ids ==
        std::vector<std::int64_t>(whole.begin(), first));
  shape.context = 6;
  CHECK(SmallDecoder(shape).generator().generate(std::span(&prompt, 1), greedy(8), {}).at(0).ids.size() == 4);
}

TEST_CASE("a batch goes on when some of its answers have ended") {
  const c10::InferenceMode frozen;
  const SmallDecoder small(small_shape());
  const auto prompts = questions_on_two_images();
  const auto whole = ids_of(small.generator().generate(prompts, greedy(12), {}));
  GenerationSettings stopping = greedy(12);
  stopping.stop = {whole[0][2], whole[3][1], whole[5][0]};
  const auto cut = ids_of(small.generator().generate(prompts, stopping, {}));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const auto end = std::find_first_of(whole[i].begin(), whole[i].end(), stopping.stop.begin(), stopping.stop.end());
    CHECK(cut[i] == std::vector<std::int64_t>(whole[i].begin(), end));
  }
}

TEST_CASE("draws follow the seed and nothing else") {
  const c10::InferenceMode frozen;
  const SmallDecoder small(small_shape());
  const auto prompts = questions_on_two_images();
  GenerationSettings drawing = greedy(10);
  drawing.sample = true;
  drawing.temperature = 1.5;
  drawing.top_p = 0.95;
  drawing.top_k = 30;
  const std::vector<std::uint64_t> seeds = {10, 11, 12, 13, 14, 15, 16};
  const auto together = ids_of(small.generator().generate(prompts, drawing, seeds));
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const auto alone = small.generator().generate(std::span(&prompts[i], 1), drawing, std::span(&seeds[i], 1));
    CHECK(alone.at(0).ids == together[i]);
  }
  const std::vector<std::uint64_t> others = {20, 21, 22, 23, 24, 25, 26};
  CHECK(ids_of(small.generator().generate(prompts, drawing, others)) != together);
  drawing.top_k = 1;
  CHECK(ids_of(small.generator().generate(prompts, drawing, seeds)) == ids_of(small.generator().generate(prompts, greedy(10), {})));
}

TEST_CASE("tokens are drawn in proportion to their probabilities, within top-k and top-p") {
  const c10::InferenceMode frozen;
  const SmallDecoder small(small_shape());
  const Prompt prompt = text_prompt({1, 2, 3});
  const at::Tensor probabilities = at::softmax(small.generator().logits(prompt)[-1], 0);
  const auto [sorted, order] = probabilities.sort(0, true);
  GenerationSettings drawing = greedy(1);
  drawing.sample = true;
  const int draws = 4000;
  const std::vector<Prompt> prompts(draws, prompt);
  std::vector<std::uint64_t> seeds(draws);
  for (int i = 0; i < draws; ++i) seeds[std::size_t(i)] = std::uint64_t(i);
  std::vector<int> counts(50, 0);
  for (const auto& answer : small.generator().generate(prompts, drawing, seeds)) ++counts[std::size_t(answer.ids.at(0))];
  for (std::int64_t id = 0; id < 50; ++id) {
    const double p = probabilities[id].item<double>();
    CHECK(std::abs(counts[std::size_t(id)] - draws * p) < 5 * std::sqrt(draws * p * (1 - p)) + 1);
  }
  drawing.top_k = 3;
  std::set<std::int64_t> allowed;
  for (int i = 0; i < 3; ++i) allowed.insert(order[i].item<std::int64_t>());
  for (const auto& answer : small.generator().generate(prompts, drawing, seeds)) CHECK(allowed.contains(answer.ids.at(0)));
  drawing.top_k = 0;
  drawing.top_p = sorted[0].item<double>() / 2;
  for (const auto& answer : small.generator().generate(std::span(prompts).first(50), drawing, std::span(seeds).first(50))) {
    CHECK(answer.ids.at(0) == order[0].item<std::int64_t>());
  }
}

TEST_CASE("a repetition penalty counts prompt and answer") {
  const c10::InferenceMode frozen;
  const SmallDecoder small(small_shape());
  const auto prompts = questions_on_two_images();
  GenerationSettings settings = greedy(20);
  settings.repetition_penalty = 1e6;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const auto answer = small.generator().generate(std::span(&prompts[i], 1), settings, {}).at(0).ids;
    std::set<std::int64_t> said(prompts[i].ids.begin(), prompts[i].ids.end());
    for (const std::int64_t id : answer) CHECK(said.insert(id).second);
  }
}

TEST_CASE("gradients flow from the logits to features and weights") {
  SmallDecoder small(small_shape());
  const at::Tensor features = at::randn({6, 32}).requires_grad_(true);
  for (const auto& parameter : small.list.parameters()) parameter.target->requires_grad_(true);
  const Prompt prompt = image_prompt(features, {1, 2}, {3});
  small.generator().logits(prompt).square().sum().backward();
  REQUIRE(features.grad().defined());
  CHECK(features.grad().abs().sum().item<double>() > 0);
  for (const auto& parameter : small.list.parameters()) {
    CAPTURE(parameter.name);
    REQUIRE(parameter.target->grad().defined());
    CHECK(parameter.target->grad().abs().sum().item<double>() > 0);
  }
}
