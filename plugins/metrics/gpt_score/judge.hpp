// What the judge is asked, and how its replies are read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medvlm/sdk/chat/message.hpp"

namespace medvlm::metrics {

/// What the judge sees of an item; never the image.
struct JudgedItem {
  std::string question;
  std::string answer;  ///< the reference
  std::string prediction;
};

/// The original benchmark's messages: a system and a user turn.
std::vector<sdk::chat::Message> judge_messages(const JudgedItem& item);

/// Both texts with their places, for the record of what was asked.
std::string judge_template();

/// The score in the first line that is not blank: a number from 1 to 100 alone, at most dressed as "Score: 85/100" or
/// "**85**". Nothing for anything else: a reply without a score is no score of 0.
std::optional<double> read_score(std::string_view reply);

/// The form that replies must have.
sdk::chat::Form judge_form(int reasks);

}  // namespace medvlm::metrics
