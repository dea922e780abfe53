// Makes one of the demo's checkpoints: a tiny CLIP or a tiny LLaVA, trained on generated pictures.
//   medvlm_demo_training generalist|specialist|answerer FOLDER [key=value ...]
// FOLDER has config.json and the processor's and tokenizer's files. The generalist begins with random weights; the
// specialist goes on with the weights that lie in FOLDER (the generalist's), as medical models go on with general ones.
// The answerer is written from nothing but a CLIP checkpoint (key `clip`), whose vision tower it keeps.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "answerer_files.hpp"
#include "answering.hpp"
#include "checkpoint.hpp"
#include "contrastive.hpp"

namespace {

using namespace medvlm;

void set(demo::TrainingPlan& plan, int& size, const std::string& setting) {
  const std::string key = setting.substr(0, setting.find('='));
  const std::string value = setting.substr(std::min(setting.size(), key.size() + 1));
  if (key == "pictures") plan.pictures = std::stoll(value);
  else if (key == "epochs") plan.epochs = std::stoll(value);
  else if (key == "batch") plan.batch = std::stoll(value);
  else if (key == "seed") plan.seed = std::stoull(value);
  else if (key == "size") size = std::stoi(value);
  else if (key == "learning_rate") plan.learning_rate = std::stod(value);
  else throw Error(ErrorCode::usage, "unknown setting '" + key + "'; known: pictures, epochs, batch, seed, size, learning_rate, clip");
}

void make_answerer(const std::string& folder, const std::string& clip_folder, const demo::TrainingPlan& plan, int size) {
  demo::write_answerer(folder, clip_folder, demo::question_texts(), plan.seed);
  llava::LlavaModel model(Options(Value::Table{{"checkpoint", Value(folder)}, {"vision_tower", Value("")},
                                               {"template", Value(demo::kConversation)}, {"system", Value("")},
                                               {"too_long", Value("error")}, {"resizing", Value("pillow_13")}}));
  std::printf("%.2f M parameters\n", double(model.info().parameters) / 1e6);
  model.load(at::kCPU, at::kFloat);
  demo::train_answers(model, plan, size);
  demo::save_weights(model, folder);
}

void run(int argc, char** argv) {
  if (argc < 3) {
    throw Error(ErrorCode::usage, "usage: medvlm_demo_training generalist|specialist|answerer FOLDER [key=value ...]");
  }
  const std::string role = argv[1], folder = argv[2];
  demo::TrainingPlan plan;
  std::string clip_folder = "configs/demo/specialist";
  int size = 128;
  for (int i = 3; i < argc; ++i) {
    const std::string setting = argv[i];
    if (setting.starts_with("clip=")) clip_folder = setting.substr(5);
    else set(plan, size, setting);
  }
  if (role == "answerer") return make_answerer(folder, clip_folder, plan, size);
  if (role == "generalist") demo::write_random_weights(folder, plan.seed);
  clip::ClipModel model(Options(Value::Table{{"checkpoint", Value(folder)}, {"resizing", Value("pillow_13")}}));
  std::printf("%.2f M parameters\n", double(model.info().parameters) / 1e6);
  model.load(at::kCPU, at::kFloat);
  demo::train(model, [&](std::int64_t i) {
    return role == "generalist" ? demo::everyday_picture(plan.seed, i, size) : demo::radiograph(plan.seed + 1000, i, size);
  }, plan);
  demo::save_weights(model, folder);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
