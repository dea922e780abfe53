// Teaches a tiny LLaVA to answer questions on generated medical images.
#pragma once

#include "llava_model.hpp"
#include "training_loop.hpp"

namespace medvlm::demo {

/// The conversation that it learns; studies name it as the option `template`.
inline constexpr const char* kConversation = "USER: {image}\n{question} ASSISTANT:";

/// All questions and answers that occur, each once.
std::vector<std::string> question_texts();

/// Trains projector and decoder; the vision tower stays as it is. `model` is loaded in float32.
void train_answers(llava::LlavaModel& model, const TrainingPlan& plan, int size);

/// Writes the weights in float16.
void save_weights(const llava::LlavaModel& model, const std::filesystem::path& folder);

}  // namespace medvlm::demo
