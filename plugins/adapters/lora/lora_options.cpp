#include "lora_options.hpp"

#include "medvlm/base/error.hpp"

namespace medvlm::lora {
namespace {

TrainingOptions read_training(const Options& options) {
  TrainingOptions training;
  training.epochs = options.integer("epochs");
  training.batch_size = options.integer("batch_size");
  training.micro_batch = options.integer("micro_batch");
  training.gradient_checkpointing = options.flag("gradient_checkpointing");
  training.lr = options.number("lr");
  training.decay = sdk::train::decay_from_name(options.text("schedule"));
  training.warmup = options.number("warmup");
  training.weight_decay = options.number("weight_decay");
  training.max_grad_norm = options.number("max_grad_norm");
  training.class_weights = options.flag("class_weights");
  training.mixed_precision = options.text("precision") == "mixed";
  training.patience = options.integer("patience");
  training.validation_fraction = options.number("validation_fraction");
  training.save_steps = options.integer("save_steps");
  return training;
}

}  // namespace

LoraOptions LoraOptions::read(const Options& options) {
  LoraOptions lora;
  lora.prompt_head = options.text("head") == "prompt";
  lora.settings = {options.integer("rank"), options.number("alpha"), options.number("dropout"), options.flag("rslora")};
  lora.targets = {options.text("part"), options.texts("target_modules"), options.text("target_pattern")};
  if (options.has("adapter")) lora.adapter = options.path("adapter");
  lora.prompts = sdk::ClassPrompts::Wish::from_options(options);
  lora.training = read_training(options);
  if (lora.training.epochs == 0 && !lora.adapter) {
    throw Error(ErrorCode::config, "epochs = 0 trains nothing; name a trained `adapter`, or give epochs");
  }
  if (!lora.prompt_head && lora.targets.part == "text") {
    throw Error(ErrorCode::config, "part = \"text\" changes nothing that a linear head on the image embedding sees; " +
                                       std::string("use head = \"prompt\", or part = \"vision\""));
  }
  return lora;
}

}  // namespace medvlm::lora
