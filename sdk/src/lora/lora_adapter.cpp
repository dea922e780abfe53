#include "medvlm/sdk/lora/lora_adapter.hpp"

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/random.hpp"
#include "medvlm/sdk/checkpoint/checkpoint.hpp"
#include "medvlm/sdk/checkpoint/safetensors_writer.hpp"
#include "medvlm/sdk/train/linear_head.hpp"
#include "peft_files.hpp"

namespace medvlm::sdk::lora {
namespace {

/// The two tensors of one module in a file.
struct Pair {
  LayerKind kind = LayerKind::linear;
  at::Tensor a, b;
};

std::map<std::string, Pair> read_pairs(const Checkpoint& file, std::vector<std::string>& complaints) {
  std::map<std::string, Pair> pairs;
  for (const std::string& name : file.names()) {
    const auto parsed = parse_name(name);
    if (!parsed) {
      complaints.push_back("'" + name + "' is no LoRA tensor of a linear or embedding layer");
      continue;
    }
    Pair& pair = pairs[parsed->module];
    pair.kind = parsed->kind;
    (parsed->is_a ? pair.a : pair.b) = file.tensor(name).to(at::kFloat);
  }
  return pairs;
}

/// Why the pair does not fit a weight, or nothing.
std::string misfit(const Pair& pair, const NamedLayer& layer) {
  const at::Tensor weight = layer.layer->weight();
  if (layer.layer->kind() != pair.kind) return "is for another kind of layer";
  if (!pair.a.defined() || !pair.b.defined()) return "has only one of its two tensors";
  const bool embedding = pair.kind == LayerKind::embedding;
  const std::int64_t in = weight.size(embedding ? 0 : 1), out = weight.size(embedding ? 1 : 0);
  const std::int64_t rank = pair.a.size(0);
  if (pair.a.dim() == 2 && pair.b.dim() == 2 && pair.a.size(1) == in && pair.b.size(0) == out && pair.b.size(1) == rank)
    return "";
  return "has the shapes " + shape_text(pair.a.sizes().vec()) + " and " + shape_text(pair.b.sizes().vec()) +
         ", the layer takes [rank, " + std::to_string(in) + "] and [" + std::to_string(out) + ", rank]";
}

bool changes_nothing(const Pair& pair) {
  const auto zero = [](const at::Tensor& tensor) { return !tensor.defined() || (tensor == 0).all().item<bool>(); };
  return zero(pair.a) || zero(pair.b);
}

void refuse(const std::filesystem::path& file, const std::vector<std::string>& complaints) {
  if (complaints.empty()) return;
  std::string message = file.string() + ": the adapter does not fit the model:";
  for (std::size_t i = 0; i < complaints.size() && i < 20; ++i) message += "\n  " + complaints[i];
  if (complaints.size() > 20) message += "\n  and " + std::to_string(complaints.size() - 20) + " more";
  throw Error(ErrorCode::checkpoint, message);
}

}  // namespace

LoraAdapter::LoraAdapter(const std::vector<Target>& targets, const LoraSettings& settings, std::uint64_t seed)
    : settings_(settings), dropout_(std::make_shared<Dropout>()) {
  dropout_->rate = settings.dropout;
  dropout_->seed = derive_seed(seed, "dropout");
  at::Generator generator = train::seeded_generator(derive_seed(seed, "lora"));
  for (const Target& target : targets) {
    const at::Tensor weight = target.layer.layer->weight();
    at::Tensor a, b;
    if (target.layer.layer->kind() == LayerKind::embedding) {
      a = at::zeros({settings.rank, weight.size(0)}, at::kFloat);
      b = at::empty({weight.size(1), settings.rank}, at::kFloat).normal_(0, 1, generator);
    } else {
      a = train::kaiming_uniform(settings.rank, weight.size(1), generator);
      b = at::zeros({weight.size(0), settings.rank}, at::kFloat);
    }
    add(target, a, b, settings.scaling());
  }
}

LoraAdapter::~LoraAdapter() {
  unmerge();
  for (Item& item : items_) item.target.layer.layer->set_update(nullptr);
}

void LoraAdapter::add(const Target& target, at::Tensor a, at::Tensor b, double scaling) {
  AdaptableLayer& layer = *target.layer.layer;
  const c10::Device device = layer.weight().device();
  auto update = std::make_shared<LoraUpdate>(layer.kind(), a.to(device).contiguous().detach(),
                                             b.to(device).contiguous().detach(), scaling, items_.size(), dropout_);
  layer.set_update(update);
  items_.push_back({target, std::move(update), {}});
}

std::unique_ptr<LoraAdapter> LoraAdapter::load(Adaptable& model, const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw Error(ErrorCode::checkpoint, "the adapter folder '" + folder.string() + "' does not exist");
  }
  const PeftConfig config(folder / kConfigFile);
  const Checkpoint file = Checkpoint::open(folder, {{"adapter_model"}, {"adapter_model"}});
  const std::vector<NamedLayer> layers = model.layers();
  std::vector<std::string> complaints;
  const auto pairs = read_pairs(file, complaints);
  std::unique_ptr<LoraAdapter> adapter(new LoraAdapter());
  adapter->settings_ = config.settings();
  adapter->dropout_->rate = config.settings().dropout;
  std::map<const NamedLayer*, std::string> found;
  for (const auto& [module, pair] : pairs) {
    const NamedLayer* layer = find_layer(layers, module);
    if (!layer && changes_nothing(pair)) continue;
    const std::string complaint = layer ? misfit(pair, *layer) : "is for a layer that the model does not have";
    if (!complaint.empty()) complaints.push_back("'" + module + "' " + complaint);
    else found.emplace(layer, module);
  }
  refuse(file.path(), complaints);
  if (found.empty()) throw Error(ErrorCode::checkpoint, file.path().string() + ": holds no LoRA tensor for this model");
  // In the order of the layers, so that a loaded adapter trains as the one that was saved.
  for (const NamedLayer& layer : layers) {
    if (!found.contains(&layer)) continue;
    const std::string& module = found.at(&layer);
    const Pair& pair = pairs.at(module);
    adapter->add({module, layer}, pair.a.clone(), pair.b.clone(), config.scaling(module, pair.a.size(0)));
  }
  return adapter;
}

void LoraAdapter::save(const std::filesystem::path& folder) const {
  make_folder(folder);
  std::vector<std::string> modules;
  bool answers = false;
  for (const Item& item : items_) {
    modules.push_back(item.target.name);
    answers = answers || item.target.layer.part == "language";
  }
  WeightMap weights;
  for (auto& [name, tensor] : tensors()) weights[name] = tensor;
  write_safetensors(folder / kWeightFile, weights, {{"format", "pt"}});
  write_file_atomically(folder / kConfigFile, peft_config_text(settings_, std::move(modules), answers));
}

std::map<std::string, at::Tensor> LoraAdapter::tensors() const {
  std::map<std::string, at::Tensor> tensors;
  for (const Item& item : items_) {
    const TensorNames names = tensor_names(item.target.name, item.target.layer.layer->kind());
    tensors[names.a] = item.update->a();
    tensors[names.b] = item.update->b();
  }
  return tensors;
}

std::vector<at::Tensor> LoraAdapter::parameters() const {
  std::vector<at::Tensor> parameters;
  for (const Item& item : items_) parameters.insert(parameters.end(), {item.update->a(), item.update->b()});
  return parameters;
}

std::vector<NamedLayer> LoraAdapter::layers() const {
  std::vector<NamedLayer> layers;
  for (const Item& item : items_) layers.push_back(item.target.layer);
  return layers;
}

void LoraAdapter::require_gradients(bool wanted) {
  for (at::Tensor& parameter : parameters()) parameter.requires_grad_(wanted);
}

std::int64_t LoraAdapter::parameter_count() const {
  std::int64_t count = 0;
  for (const at::Tensor& parameter : parameters()) count += parameter.numel();
  return count;
}

std::vector<std::string> LoraAdapter::layers_without_gradient() const {
  std::vector<std::string> names;
  for (const Item& item : items_) {
    if (!item.update->a().grad().defined() && !item.update->b().grad().defined()) names.push_back(item.target.name);
  }
  return names;
}

void LoraAdapter::merge() {
  for (Item& item : items_) {
    if (item.base.defined()) continue;
    AdaptableLayer& layer = *item.target.layer.layer;
    item.base = layer.weight();
    layer.set_weight(item.update->merged(item.base));
    layer.set_update(nullptr);
  }
}

void LoraAdapter::unmerge() {
  for (Item& item : items_) {
    if (!item.base.defined()) continue;
    item.target.layer.layer->set_weight(std::move(item.base));
    item.base = at::Tensor();
    item.target.layer.layer->set_update(item.update);
  }
}

}  // namespace medvlm::sdk::lora
