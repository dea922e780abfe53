#include "qwen_vision.hpp"

#include <ATen/ATen.h>

#include "medvlm/sdk/nn/checkpointing.hpp"

namespace medvlm::qwen_vl {
namespace {

using sdk::language::Rotary;
using sdk::nn::Linear;

bool is_first(const VisionConfig& config) { return config.generation == VisionConfig::Generation::first; }

std::int64_t merged_width(const VisionConfig& config) {
  return config.transformer.width * config.patch.merge * config.patch.merge;
}

/// Sorts the merged patches, each of which is `unit` rows of x.
at::Tensor sorted(const at::Tensor& x, const at::Tensor& order, std::int64_t unit) {
  return x.unflatten(0, {-1, unit}).index_select(0, order).flatten(0, 1);
}

}  // namespace

VisionNorm::VisionNorm(const VisionConfig& config)
    : norm_(sdk::nn::LayerNorm(config.transformer.width, config.transformer.epsilon)) {
  if (!is_first(config)) norm_.emplace<sdk::nn::RmsNorm>(config.transformer.width, config.transformer.epsilon);
}

void VisionNorm::declare(sdk::nn::ParameterList& list, const std::string& name) {
  std::visit([&](auto& norm) { norm.declare(list, name); }, norm_);
}

at::Tensor VisionNorm::forward(const at::Tensor& x) const {
  return std::visit([&](const auto& norm) { return norm.forward(x); }, norm_);
}

VisionMlp::VisionMlp(const VisionConfig& config) : mlp_(sdk::nn::Mlp(config.transformer)) {
  if (is_first(config)) return;
  const auto [width, hidden] = std::pair(config.transformer.width, config.transformer.hidden);
  mlp_ = Gated{config.transformer.activation, Linear(width, hidden), Linear(width, hidden), Linear(hidden, width)};
}

void VisionMlp::declare(sdk::nn::ParameterList& list, const std::string& name) {
  if (auto* plain = std::get_if<sdk::nn::Mlp>(&mlp_)) return plain->declare(list, name + ".fc1", name + ".fc2");
  Gated& gated = std::get<Gated>(mlp_);
  gated.gate.declare(list, name + ".gate_proj");
  gated.up.declare(list, name + ".up_proj");
  gated.down.declare(list, name + ".down_proj");
}

at::Tensor VisionMlp::forward(const at::Tensor& x) const {
  if (const auto* plain = std::get_if<sdk::nn::Mlp>(&mlp_)) return plain->forward(x);
  const Gated& gated = std::get<Gated>(mlp_);
  return gated.down.forward(sdk::nn::activate(gated.gate.forward(x), gated.activation) * gated.up.forward(x));
}

VisionBlock::VisionBlock(const VisionConfig& config)
    : heads_(config.transformer.heads),
      norm1_(config),
      norm2_(config),
      qkv_(config.transformer.width, 3 * config.transformer.width),
      output_(config.transformer.width, config.transformer.width),
      mlp_(config) {}

void VisionBlock::declare(sdk::nn::ParameterList& list, const std::string& name) {
  norm1_.declare(list, name + ".norm1");
  qkv_.declare(list, name + ".attn.qkv");
  output_.declare(list, name + ".attn.proj");
  norm2_.declare(list, name + ".norm2");
  mlp_.declare(list, name + ".mlp");
}

at::Tensor VisionBlock::forward(const at::Tensor& x, const Rotary& rotary, const std::vector<WindowRun>& runs) const {
  const at::Tensor attended = sdk::nn::add_residual(x, attend(norm1_.forward(x), rotary, runs));
  return sdk::nn::add_residual(attended, mlp_.forward(norm2_.forward(attended)));
}

at::Tensor VisionBlock::attend(const at::Tensor& x, const Rotary& rotary, const std::vector<WindowRun>& runs) const {
  const std::int64_t count = x.size(0);
  const at::Tensor split = qkv_.forward(x).view({1, count, 3, heads_, x.size(1) / heads_}).permute({2, 0, 3, 1, 4});
  const at::Tensor q = rotary.turn(split[0])[0];  // [heads, patches, head width]
  const at::Tensor k = rotary.turn(split[1])[0];
  const at::Tensor v = split[2][0];
  std::vector<at::Tensor> mixed;
  std::int64_t first = 0;
  for (const WindowRun& run : runs) {
    const auto windows = [&](const at::Tensor& all) {  // [windows, heads, length, head width]
      return all.narrow(1, first, run.windows * run.length).unflatten(1, {run.windows, run.length}).transpose(0, 1);
    };
    const at::Tensor result = at::scaled_dot_product_attention(windows(q), windows(k), windows(v));
    mixed.push_back(result.transpose(1, 2).reshape({run.windows * run.length, x.size(1)}));
    first += run.windows * run.length;
  }
  return output_.forward(mixed.size() == 1 ? mixed.front() : at::cat(mixed));
}

VisionTower::VisionTower(const VisionConfig& config)
    : config_(config),
      merger_norm_(config),
      merger_fc1_(merged_width(config), merged_width(config)),
      merger_fc2_(merged_width(config), config.features) {
  for (std::int64_t i = 0; i < config.transformer.layers; ++i) blocks_.emplace_back(config);
}

void VisionTower::declare(sdk::nn::ParameterList& list, const std::string& name) {
  const PatchShape& patch = config_.patch;
  list.add(name + ".patch_embed.proj.weight", {config_.transformer.width, 3, patch.frames, patch.side, patch.side},
           patch_weight_);
  for (std::size_t i = 0; i < blocks_.size(); ++i) blocks_[i].declare(list, name + ".blocks." + std::to_string(i));
  merger_norm_.declare(list, name + ".merger.ln_q");
  merger_fc1_.declare(list, name + ".merger.mlp.0");
  merger_fc2_.declare(list, name + ".merger.mlp.2");
}

/// Half of the frequencies turn with the row, half with the column.
Rotary VisionTower::rotary(const at::Tensor& positions) const {
  const double half = static_cast<double>(config_.head_width() / 2);
  const at::Tensor exponents = at::arange(0, config_.head_width() / 2, 2, at::kFloat) / half;
  const at::Tensor frequencies = at::pow(10000.0, exponents).reciprocal().to(positions.device());
  const at::Tensor angles = (positions.unsqueeze(-1).to(at::kFloat) * frequencies).flatten(1);
  return {angles.cos().unsqueeze(0).unsqueeze(0), angles.sin().unsqueeze(0).unsqueeze(0)};
}

at::Tensor VisionTower::merge(const at::Tensor& x) const {
  const at::Tensor joined = merger_norm_.forward(x).reshape({-1, merged_width(config_)});
  return merger_fc2_.forward(sdk::nn::activate(merger_fc1_.forward(joined), sdk::nn::Activation::gelu));
}

at::Tensor VisionTower::forward(const at::Tensor& patches, const PatchGrid& grid) const {
  const std::vector<WindowRun> whole = {{1, grid.count()}};
  const std::int64_t unit = grid.merge * grid.merge;
  at::Tensor x = sdk::nn::linear(patches, patch_weight_.flatten(1), {});
  at::Tensor positions = grid.positions();
  WindowOrder windows;
  if (config_.window > 0) {
    windows = WindowOrder::of(grid, config_.window);
    positions = sorted(positions, windows.order, unit);
    x = sorted(x, windows.order.to(x.device()), unit);
  }
  const Rotary angles = rotary(positions.to(x.device()));
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const VisionBlock& block = blocks_[i];
    const std::vector<WindowRun>& runs = config_.whole[i] ? whole : windows.runs;
    const auto run = [&block, angles, runs](const at::Tensor& in) { return block.forward(in, angles, runs); };
    x = sdk::nn::checkpointed(run, x);
  }
  const at::Tensor features = merge(x);
  if (config_.window == 0) return features;
  return features.index_select(0, windows.order.argsort().to(features.device()));
}

}  // namespace medvlm::qwen_vl
