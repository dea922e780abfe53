#include "medvlm/sdk/vqa/questioning.hpp"

#include "medvlm/base/random.hpp"
#include "medvlm/sdk/text/unicode.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::string_view kYesNo = "Answer the following question about the image with yes or no. ";

template <typename Number>
std::optional<Number> given(const Options& options, const char* name) {
  if (!options.has(name)) return std::nullopt;
  if constexpr (std::is_same_v<Number, double>) return options.number(name);
  else return options.integer(name);
}

Generation generation_of(const Options& options) {
  return {given<std::int64_t>(options, "max_new_tokens"), given<double>(options, "temperature"),
          given<double>(options, "top_p"), given<std::int64_t>(options, "top_k"),
          given<double>(options, "repetition_penalty")};
}

Prediction prediction_of(Answer answer) {
  Prediction prediction;
  prediction.error = std::move(answer.error);
  if (prediction.error) return prediction;
  prediction.text = std::move(answer.text);
  prediction.prompt_tokens = answer.prompt_tokens;
  prediction.new_tokens = answer.new_tokens;
  prediction.seconds = answer.seconds;
  return prediction;
}

}  // namespace

Questioning::Questioning(const Options& options)
    : instruction_(options.text("instruction") == "benchmark" ? Instruction::benchmark : Instruction::none),
      frame_(options.text("question_template")),
      generation_(generation_of(options)) {
  if (frame_.find("{}") != frame_.npos) return;
  throw Error(ErrorCode::config, "question_template has no {}, where the question goes");
}

std::string Questioning::instruction_for(const Sample& sample) const {
  std::string text = frame_;
  text.replace(text.find("{}"), 2, sample.question);
  if (instruction_ == Instruction::none) return text;
  const std::string answer = to_lower_in_context(sample.answer);
  return answer == "yes" || answer == "no" ? std::string(kYesNo) + text : text;
}

Question Questioning::question(const Sample& sample, const ProcessedImage& image, std::uint64_t seed) const {
  return {instruction_for(sample), &image, derive_seed(seed, sample.id)};
}

std::vector<Prediction> Questioning::ask(Answerer& answerer, const AdapterBatch& batch, std::uint64_t seed) const {
  std::vector<Question> questions;
  for (std::size_t i = 0; i < batch.samples.size(); ++i) {
    questions.push_back(question(*batch.samples[i], batch.images[i], seed));
  }
  std::vector<Prediction> predictions;
  for (Answer& answer : answerer.answer(questions, generation_)) predictions.push_back(prediction_of(std::move(answer)));
  return predictions;
}

}  // namespace medvlm::sdk
