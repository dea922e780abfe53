#include "training_state.hpp"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "medvlm/sdk/checkpoint/safetensors.hpp"
#include "medvlm/sdk/checkpoint/safetensors_writer.hpp"

namespace medvlm::lora {
namespace {

using json = nlohmann::ordered_json;

/// The parameters themselves, not copies.
sdk::WeightMap named_parameters(const sdk::lora::LoraAdapter& adapter, const Objective& objective) {
  sdk::WeightMap weights;
  for (const auto& [name, tensor] : adapter.tensors()) weights["lora." + name] = tensor;
  for (const auto& [name, tensor] : objective.parameters()) weights[name] = tensor;
  return weights;
}

constexpr const char* kBest = "best.";
constexpr const char* kOptimizer = "optimizer.";

}  // namespace

sdk::WeightMap current_weights(const sdk::lora::LoraAdapter& adapter, const Objective& objective) {
  sdk::WeightMap copies;
  for (const auto& [name, tensor] : named_parameters(adapter, objective)) copies[name] = tensor.detach().clone();
  return copies;
}

void restore_weights(const sdk::WeightMap& weights, const sdk::lora::LoraAdapter& adapter, const Objective& objective) {
  const c10::NoGradGuard no_grad;
  for (auto& [name, tensor] : named_parameters(adapter, objective)) {
    const auto found = weights.find(name);
    if (found == weights.end() || found->second.sizes() != tensor.sizes()) {
      throw Error(ErrorCode::checkpoint,
                  "the saved training lacks '" + name + "' or has it in another shape; start it over with --fresh");
    }
    at::Tensor(tensor).copy_(found->second);
  }
}

void save_state(const std::filesystem::path& file, const TrainingState& state, const sdk::lora::LoraAdapter& adapter,
                const Objective& objective, const Trainer& trainer) {
  sdk::WeightMap tensors = named_parameters(adapter, objective);
  for (const auto& [name, tensor] : state.best) tensors[kBest + name] = tensor;
  trainer.optimizer().save(tensors, kOptimizer);
  // Sums as bit-exact tensors: they go into the report, which must not depend on interruptions.
  tensors["sums"] = at::tensor({state.loss, state.weight, state.best_loss}, at::kDouble);
  const json story = {{"step", state.step},
                      {"failed_images", state.failed_images},
                      {"failed_questions", state.failed_questions},
                      {"log", state.log},
                      {"without_gradient", state.without_gradient},
                      {"best_epoch", state.best_epoch}};
  sdk::write_safetensors(file, tensors, {{"state", story.dump()}});
}

TrainingState load_state(const std::filesystem::path& file, const sdk::lora::LoraAdapter& adapter,
                         const Objective& objective, Trainer& trainer) {
  const sdk::Safetensors stored(file);
  sdk::WeightMap tensors, best;
  for (const std::string& name : stored.names()) {
    if (name.starts_with(kBest)) best[name.substr(std::string(kBest).size())] = stored.tensor(name).clone();
    else tensors[name] = stored.tensor(name);
  }
  TrainingState state;
  try {
    const json story = json::parse(stored.metadata().at("state"));
    state.step = story.at("step");
    state.failed_images = story.at("failed_images");
    state.failed_questions = story.at("failed_questions");
    state.log = story.at("log");
    state.without_gradient = story.at("without_gradient").get<std::vector<std::string>>();
    state.best_epoch = story.at("best_epoch");
    const at::Tensor& sums = tensors.at("sums");
    state.loss = sums[0].item<double>();
    state.weight = sums[1].item<double>();
    state.best_loss = sums[2].item<double>();
  } catch (const std::exception& error) {
    throw Error(ErrorCode::checkpoint,
                file.string() + ": is not the state of a training (" + error.what() + "); start it over with --fresh");
  }
  state.best = std::move(best);
  restore_weights(tensors, adapter, objective);
  trainer.optimizer().load(tensors, kOptimizer);
  return state;
}

}  // namespace medvlm::lora
