// How unlikely a model finds reference answers: what a fine-tuning makes smaller.
#include <algorithm>

#include <ATen/ATen.h>

#include "batch_run.hpp"
#include "encoded_images.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/core/sample_error.hpp"
#include "medvlm/sdk/checkpoint/model_folder.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk::language {
namespace {

std::int64_t size_of(const std::vector<std::int64_t>& ids) { return static_cast<std::int64_t>(ids.size()); }

/// The ids of `text` where it follows `before`: many tokenizers make other tokens of the first word of a text.
std::vector<std::int64_t> ids_behind(const Tokenizer& tokenizer, const std::string& before, const std::string& text) {
  // A line break or a token in angle brackets ("<|assistant|>") is followed at once, a word after a blank.
  const bool blank = !before.empty() && std::string_view(" \n\t>").find(before.back()) == std::string_view::npos;
  const std::string spaced = (blank ? " " : "") + text;
  const std::vector<std::int64_t> first = tokenizer.encode(before, false);
  std::vector<std::int64_t> all = tokenizer.encode(before + spaced, false);
  // Where the border lies within a token, generation cannot begin with it either.
  if (all.size() < first.size() || !std::equal(first.begin(), first.end(), all.begin())) return tokenizer.encode(spaced, false);
  all.erase(all.begin(), all.begin() + std::ssize(first));
  return all;
}

/// A prompt that already holds its answer but for the last token, which nothing is predicted from.
struct Taught {
  Prompt prompt;
  std::vector<std::int64_t> answer;
};

/// Puts the answer behind the prompt.
Taught taught(Prompt prompt, std::vector<std::int64_t> answer) {
  const std::int64_t read = size_of(answer) - 1;
  if (prompt.positions.defined()) {
    const at::Tensor more = at::arange(prompt.next_position, prompt.next_position + read, at::kLong);
    prompt.positions = at::cat({prompt.positions, more.expand({3, read})}, 1);
  }
  prompt.ids.insert(prompt.ids.end(), answer.begin(), answer.end() - 1);
  return {std::move(prompt), std::move(answer)};
}

/// The states from which the answers' tokens are predicted, one row after another: the last of each row, because rows are
/// padded on the left. [tokens, width]
at::Tensor predicting_states(const at::Tensor& states, const std::vector<Taught>& rows) {
  std::vector<at::Tensor> parts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t count = size_of(rows[i].answer);
    parts.push_back(states[static_cast<std::int64_t>(i)].narrow(0, states.size(1) - count, count));
  }
  return at::cat(parts);
}

}  // namespace

std::vector<std::int64_t> AnsweringModel::answer_ids(std::string_view answer) const {
  std::vector<std::int64_t> ids = ids_behind(tokenizer(), prompt_end(), stripped(answer));
  const auto turn = turn_end().empty() ? std::nullopt : tokenizer().find_id(turn_end());
  if (!turn && settings_.stop.empty()) {
    throw Error(ErrorCode::checkpoint, "neither generation_config.json nor config.json names the token that ends an answer " +
                                           std::string("(eos_token_id), so answers cannot be learnt"));
  }
  ids.push_back(turn ? *turn : settings_.stop.front());
  return ids;
}

AnswerLoss AnsweringModel::answer_loss(std::span<const TaughtQuestion> questions) {
  AnswerLoss loss;
  EncodedImages encoded(*this);
  std::vector<Taught> rows;
  std::vector<std::int64_t> targets;
  const std::int64_t context = decoder().shape().context;
  for (const TaughtQuestion& each : questions) {
    loss.errors.push_back(sample_error_of("predict", [&] {
      const at::Tensor& features = encoded.features(*each.question.image);
      std::vector<std::int64_t> answer = answer_ids(each.answer);
      check_token_ids(at::tensor(answer, at::kLong), decoder().shape().vocabulary, tokenizer().path());
      Prompt asked = fitting_prompt(each.question, features, size_of(answer) - 1);
      const std::int64_t room = context - size_of(asked.ids) + 1;
      if (context > 0 && size_of(answer) > room) answer.resize(static_cast<std::size_t>(room));
      targets.insert(targets.end(), answer.begin(), answer.end());
      rows.push_back(taught(std::move(asked), std::move(answer)));
    }));
    if (loss.errors.back() && loss.errors.back()->code == ErrorCode::out_of_memory) {
      throw Error(ErrorCode::out_of_memory, loss.errors.back()->message);
    }
  }
  if (rows.empty()) return loss;
  std::vector<const Prompt*> prompts;
  for (const Taught& row : rows) prompts.push_back(&row.prompt);
  const at::Tensor states = decoder().forward(block_of(decoder(), prompts, 0, -1, device_, dtype_));
  const at::Tensor logits = decoder().logits(predicting_states(states, rows)).to(at::kFloat);
  loss.tokens = size_of(targets);
  loss.sum = at::cross_entropy_loss(logits, at::tensor(targets, at::kLong).to(device_), {}, at::Reduction::Sum);
  return loss;
}

}  // namespace medvlm::sdk::language
