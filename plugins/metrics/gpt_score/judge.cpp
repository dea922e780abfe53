#include "judge.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace medvlm::metrics {
namespace {

namespace chat = sdk::chat;

constexpr const char* kSystem =
    "You are a helpful and precise assistant for checking the quality of the answer of medical VQA task";

// The original benchmark's, word for word.
constexpr const char* kPrompt = R"([Question]
{question}

[True Answer]
{answer}

[End of True Answer]

[Prediction]
{prediction}

[End of prediction]

[System]
)"
    "We would like to request your feedback on the performance of the AI assistant in response to the user "
    "question displayed above, with reference to the provided ground truth answer. Please rate the helpfulness, "
    "relevance, accuracy, and level of detail of the assistant's response. Assign an overall score on a scale of "
    "1 to 100, where a higher score indicates better overall performance. Please first output a single line "
    "containing only the score (a single numeric value). In the subsequent line, please provide a comprehensive "
    "explanation of your evaluation, referencing the ground truth answer to justify your score. Ensure your "
    "judgment is unbiased and objective.\n\n";

constexpr const char* kReminder =
    "Your reply did not begin with a line that holds only the score. Rate the prediction again: the first line must be "
    "a single "
    "number from 1 to 100 and nothing else; your explanation follows in the next line.";

/// The template with its places filled; what is filled in is not searched for places.
std::string filled(std::string_view text, const JudgedItem& item) {
  std::string whole;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    whole += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty()) break;
    const std::size_t close = text.find('}');
    const std::string_view name = text.substr(1, close - 1);
    whole += name == "question" ? item.question : name == "answer" ? item.answer : item.prediction;
    text.remove_prefix(close + 1);
  }
  return whole;
}

std::string_view first_line(std::string_view text) {
  static constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  text = text.substr(begin, text.find('\n', begin) - begin);
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

/// Takes the word off the front, in any case. False: it is not there.
bool drop_front(std::string_view& text, std::string_view word) {
  if (text.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
    if (c != word[i]) return false;
  }
  text.remove_prefix(word.size());
  return true;
}

void drop_all(std::string_view& text, std::string_view marks) {
  text.remove_prefix(std::min(text.find_first_not_of(marks), text.size()));
}

}  // namespace

std::vector<chat::Message> judge_messages(const JudgedItem& item) {
  return {{chat::Role::system, kSystem}, {chat::Role::user, filled(kPrompt, item)}};
}

std::string judge_template() { return std::string(kSystem) + "\n" + kPrompt; }

std::optional<double> read_score(std::string_view reply) {
  std::string_view line = first_line(reply);
  drop_all(line, "*# ");
  drop_front(line, "score");
  drop_all(line, ":=* ");
  double score = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), score, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  drop_all(line, " ");
  if (drop_front(line, "/")) {
    drop_all(line, " ");
    if (!drop_front(line, "100")) return std::nullopt;
  }
  drop_all(line, "*. ");
  if (!line.empty() || !(score >= 1 && score <= 100)) return std::nullopt;
  return score;
}

chat::Form judge_form(int reasks) {
  return {[](const std::string& reply) -> std::string {
            if (read_score(reply)) return "";
            return "its first line, '" + std::string(first_line(reply).substr(0, 80)) + "', is no score from 1 to 100";
          },
          kReminder, reasks};
}

}  // namespace medvlm::metrics
