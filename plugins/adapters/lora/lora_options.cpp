#include "lora_options.hpp"

#include "medvlm/base/error.hpp"

namespace medvlm::lora {
namespace {

/// What a recipe says where the study says nothing.
struct Recipe {
  std::int64_t rank;
  double lr;
  const char* schedule;
  double warmup;
  std::int64_t epochs, batch_size;
  const char* part;
};

/// The original benchmark's for encoders.
constexpr Recipe kLabels{8, 5e-5, "linear", 0, 10, 8, "vision"};
/// What most of its trainings of answering models have in common; they differ from model to model.
constexpr Recipe kAnswers{16, 2e-4, "cosine", 0.03, 3, 16, "language"};

std::int64_t integer(const Options& options, const char* name, std::int64_t otherwise) {
  return options.has(name) ? options.integer(name) : otherwise;
}
double number(const Options& options, const char* name, double otherwise) {
  return options.has(name) ? options.number(name) : otherwise;
}
std::string text(const Options& options, const char* name, const char* otherwise) {
  return options.has(name) ? options.text(name) : otherwise;
}

TrainingOptions read_training(const Options& options, const Recipe& recipe) {
  TrainingOptions training;
  training.epochs = integer(options, "epochs", recipe.epochs);
  training.batch_size = integer(options, "batch_size", recipe.batch_size);
  training.micro_batch = options.integer("micro_batch");
  training.gradient_checkpointing = options.flag("gradient_checkpointing");
  training.lr = number(options, "lr", recipe.lr);
  training.decay = sdk::train::decay_from_name(text(options, "schedule", recipe.schedule));
  training.warmup = number(options, "warmup", recipe.warmup);
  training.weight_decay = options.number("weight_decay");
  training.max_grad_norm = options.number("max_grad_norm");
  training.class_weights = options.flag("class_weights");
  training.mixed_precision = options.text("precision") == "mixed";
  training.patience = options.integer("patience");
  training.validation_fraction = options.number("validation_fraction");
  training.save_steps = options.integer("save_steps");
  return training;
}

void check_part(const LoraOptions& lora, Task task) {
  const std::string& part = lora.targets.part;
  const bool of_answerers = part == "language" || part == "projector" || part == "language_projector";
  if (task == Task::vqa && (part == "text" || part == "both")) {
    throw Error(ErrorCode::config, "part = \"" + part + "\": models that answer questions have no text tower; use language, " +
                                       "projector, language_projector, vision or all");
  }
  if (task == Task::diagnosis && of_answerers) {
    throw Error(ErrorCode::config, "part = \"" + part + "\" is for models that answer questions, which diagnosis datasets " +
                                       "do not ask; use vision, text, both or all");
  }
  if (task == Task::diagnosis && !lora.prompt_head && part == "text") {
    throw Error(ErrorCode::config, "part = \"text\" changes nothing that a linear head on the image embedding sees; " +
                                       std::string("use head = \"prompt\", or part = \"vision\""));
  }
}

}  // namespace

LoraOptions LoraOptions::read(const Options& options, Task task) {
  const Recipe& recipe = task == Task::vqa ? kAnswers : kLabels;
  LoraOptions lora;
  lora.prompt_head = options.text("head") == "prompt";
  lora.settings = {integer(options, "rank", recipe.rank), options.number("alpha"), options.number("dropout"),
                   options.flag("rslora")};
  lora.targets = {text(options, "part", recipe.part), options.texts("target_modules"), options.text("target_pattern")};
  if (options.has("adapter")) lora.adapter = options.path("adapter");
  lora.prompts = sdk::ClassPrompts::Wish::from_options(options);
  lora.training = read_training(options, recipe);
  if (lora.training.epochs == 0 && !lora.adapter) {
    throw Error(ErrorCode::config, "epochs = 0 trains nothing; name a trained `adapter`, or give epochs");
  }
  check_part(lora, task);
  return lora;
}

}  // namespace medvlm::lora
