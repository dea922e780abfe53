#include "medvlm/sdk/vqa/question_options.hpp"

#include "medvlm/sdk/table/option_error.hpp"

namespace medvlm::sdk {

QuestionColumns question_columns(const Options& options, OpenRule benchmark) {
  QuestionColumns columns;
  const std::string& rule = options.text("open_rule");
  columns.open = rule == "annotation" ? OpenRule::annotation : rule == "answer" ? OpenRule::answer : benchmark;
  if (options.has("blanks") && options.text("blanks") == "drop") columns.blank = BlankRule::drop;
  return columns;
}

std::unique_ptr<QuestionSource> find_questions(const std::string& dataset, const Options& options,
                                               const std::vector<QuestionPlace>& places) {
  const std::filesystem::path root = options.path("root");
  std::error_code ignored;
  if (!std::filesystem::is_directory(root, ignored)) {
    throw option_error(options, "root", root.string() + " is no folder");
  }
  const std::string& wanted = options.text("layout");
  std::string looked;
  for (const QuestionPlace& place : places) {
    if (wanted != "auto" && wanted != place.layout) continue;
    if (auto source = place.find(root)) return source;
    looked += (looked.empty() ? "" : " and ") + place.files + " (layout \"" + place.layout + "\")";
  }
  throw Error(ErrorCode::data, root.string() + ": this is no folder of " + dataset + "; looked there for " + looked +
                                   "; set option 'root' to the folder that holds them");
}

}  // namespace medvlm::sdk
