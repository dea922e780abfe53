// What a training would take, told before any weights are there.
#include "lora.hpp"
#include "medvlm/sdk/lora/targets.hpp"

namespace medvlm::lora {

std::int64_t Lora::trainable_parameters(Model& model, const DatasetInfo& dataset) const {
  const LoraOptions options = LoraOptions::read(given_, dataset.task);
  if (options.training.epochs == 0) return 0;
  if (options.adapter || !model.adaptable()) return -1;  // the rank and the layers are in the adapter's files
  std::int64_t parameters = 0;
  for (const sdk::lora::Target& target : sdk::lora::choose_targets(model.adaptable()->layers(), options.targets)) {
    const auto [rows, columns] = target.layer.layer->shape();
    parameters += options.settings.rank * (rows + columns);
  }
  if (dataset.task == Task::vqa || options.prompt_head) return parameters;
  const std::int64_t width = model.encoder() ? model.encoder()->probe_width() : -1;
  return width < 0 ? -1 : parameters + std::int64_t(dataset.classes.size()) * (width + 1);
}

double Lora::training_passes(const DatasetInfo& dataset) const {
  return double(LoraOptions::read(given_, dataset.task).training.epochs);
}

}  // namespace medvlm::lora
