// How questions are made of notes: what the TOML of `medvlm build-vqa` says, checked.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "medvlm/base/options.hpp"
#include "medvlm/sdk/chat/message.hpp"
#include "medvlm/sdk/chat/settings.hpp"

namespace medvlm::launcher {

/// The lines that a reply must have, in this order; each begins with its label.
struct ReplyLayout {
  std::string open_question, open_answer, closed_question, closed_answer;
  std::string reminder;  ///< said after a reply that does not have them
  int reasks = 0;
};

struct VqaRecipe {
  std::filesystem::path notes;       ///< a table
  std::string note;                  ///< its column with the text
  std::string image;                 ///< its column with the image
  std::vector<std::string> keep;     ///< more of its columns that are copied
  std::filesystem::path output;
  std::string question_column, answer_column, type_column;  ///< of the output
  std::string open_type, closed_type;                       ///< values of its type column
  std::vector<sdk::chat::Message> messages;  ///< with "{note}" where the note goes
  ReplyLayout layout;
  sdk::chat::Settings endpoint;
};

/// Reads a recipe. `changes` are the texts of --set. Throws Error(config) with every complaint, Error(io),
/// Error(usage).
VqaRecipe read_vqa_recipe(const std::filesystem::path& file, const std::vector<std::string>& changes);

/// The messages about one note.
std::vector<sdk::chat::Message> messages_about(const VqaRecipe& recipe, const std::string& note);

}  // namespace medvlm::launcher
