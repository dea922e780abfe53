#include "vqa_reply.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "medvlm/sdk/table/fields.hpp"

namespace medvlm::launcher {
namespace {

std::vector<std::string_view> filled_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = sdk::trimmed(text.substr(0, end));
    if (!line.empty()) lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::string read_question_pair(const ReplyLayout& layout, const std::string& reply, QuestionPair& pair) {
  const std::pair<const std::string&, std::string&> places[] = {{layout.open_question, pair.open_question},
                                                                {layout.open_answer, pair.open_answer},
                                                                {layout.closed_question, pair.closed_question},
                                                                {layout.closed_answer, pair.closed_answer}};
  const auto lines = filled_lines(reply);
  if (lines.size() != std::size(places)) {
    return "it has " + std::to_string(lines.size()) + " lines, not the four labelled ones";
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& [label, text] = places[i];
    if (!lines[i].starts_with(label)) return "line " + std::to_string(i + 1) + " does not begin with " + label;
    text = sdk::trimmed(lines[i].substr(label.size()));
    if (text.empty()) return "nothing follows " + label;
  }
  std::string answer = sdk::lower_case(pair.closed_answer);
  if (answer.ends_with('.')) answer.pop_back();
  if (answer != "yes" && answer != "no") {
    return "the answer to the closed question is '" + pair.closed_answer + "', not Yes or No";
  }
  pair.closed_answer = answer == "yes" ? "Yes" : "No";
  return "";
}

}  // namespace medvlm::launcher
