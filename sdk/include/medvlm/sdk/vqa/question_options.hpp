// What the VQA dataset plugins read from their options alike: `root`, `layout`, `open_rule`, `blanks`.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "medvlm/base/api.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/sdk/vqa/question_dataset.hpp"
#include "medvlm/sdk/vqa/question_rows.hpp"

namespace medvlm::sdk {

/// Columns with the rules of `open_rule` ("benchmark", "annotation" or "answer") and, where the plugin has it, `blanks`
/// ("refuse" or "drop"). `benchmark` is the original benchmark's rule for the dataset.
MEDVLM_API QuestionColumns question_columns(const Options& options, OpenRule benchmark);

/// A layout in which a dataset may lie below its root.
struct QuestionPlace {
  std::string layout;  ///< as option `layout` names it
  std::string files;   ///< what is looked for, for the message
  std::function<std::unique_ptr<QuestionSource>(const std::filesystem::path& root)> find;  ///< null: it is not there
};

/// The first of `places` that is there; only the one that option `layout` names, unless it is "auto". Throws
/// Error(data) that lists what was looked for in option `root`; Error(config) if that is no folder.
MEDVLM_API std::unique_ptr<QuestionSource> find_questions(const std::string& dataset, const Options& options,
                                                          const std::vector<QuestionPlace>& places);

}  // namespace medvlm::sdk
