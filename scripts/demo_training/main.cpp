// Makes one of the demo's checkpoints: a tiny CLIP, trained on generated pictures.
//   medvlm_demo_training generalist|specialist FOLDER [key=value ...]
// FOLDER has config.json and the processor's and tokenizer's files. The generalist begins with random weights; the
// specialist goes on with the weights that lie in FOLDER (the generalist's), as medical models go on with general ones.
#include <cstdio>
#include <cstdlib>
#include <cstring>

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
  else throw Error(ErrorCode::usage, "unknown setting '" + key + "'; known: pictures, epochs, batch, seed, size, learning_rate");
}

void run(int argc, char** argv) {
  if (argc < 3) throw Error(ErrorCode::usage, "usage: medvlm_demo_training generalist|specialist FOLDER [key=value ...]");
  const std::string role = argv[1], folder = argv[2];
  demo::TrainingPlan plan;
  int size = 128;
  for (int i = 3; i < argc; ++i) set(plan, size, argv[i]);
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
