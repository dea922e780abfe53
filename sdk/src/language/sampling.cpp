#include "sampling.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <ATen/ATen.h>

#include "medvlm/base/random.hpp"

namespace medvlm::sdk::language {
namespace {

/// Logits of one row as they are on the CPU, punished for what was said before.
void punish_repetition(float* logits, std::int64_t vocabulary, double penalty, const std::set<std::int64_t>& seen) {
  const auto factor = static_cast<float>(penalty);
  for (const std::int64_t id : seen) {
    if (id < 0 || id >= vocabulary) continue;
    logits[id] = logits[id] > 0 ? logits[id] / factor : logits[id] * factor;
  }
}

/// The ids that may be drawn, best first, with their probabilities (not normalised after the cut).
struct Candidates {
  std::vector<std::int64_t> ids;
  std::vector<double> weights;
};

Candidates candidates(const float* logits, std::int64_t vocabulary, const GenerationSettings& settings) {
  Candidates found;
  found.ids.resize(static_cast<std::size_t>(vocabulary));
  std::iota(found.ids.begin(), found.ids.end(), std::int64_t{0});
  // Equal logits in the order of their ids, so that the draw is the same everywhere.
  std::stable_sort(found.ids.begin(), found.ids.end(),
                   [&](std::int64_t a, std::int64_t b) { return logits[a] > logits[b]; });
  if (settings.top_k > 0 && settings.top_k < vocabulary) found.ids.resize(static_cast<std::size_t>(settings.top_k));
  const double best = logits[found.ids.front()];
  double total = 0;
  for (const std::int64_t id : found.ids) {
    found.weights.push_back(std::exp((logits[id] - best) / settings.temperature));
    total += found.weights.back();
  }
  // The smallest set whose probability reaches top_p.
  double sum = 0;
  for (std::size_t i = 0; i < found.ids.size() && settings.top_p < 1; ++i) {
    sum += found.weights[i] / total;
    if (sum < settings.top_p) continue;
    found.ids.resize(i + 1);
    found.weights.resize(i + 1);
  }
  return found;
}

std::int64_t draw(const float* logits, std::int64_t vocabulary, const GenerationSettings& settings,
                  const TokenChoice& choice) {
  const Candidates found = candidates(logits, vocabulary, settings);
  const double total = std::accumulate(found.weights.begin(), found.weights.end(), 0.0);
  Splitmix64 random(splitmix64(derive_seed(choice.seed, "token") ^ static_cast<std::uint64_t>(choice.step)));
  double left = random.uniform() * total;
  for (std::size_t i = 0; i < found.ids.size(); ++i) {
    left -= found.weights[i];
    if (left < 0) return found.ids[i];
  }
  return found.ids.back();
}

}  // namespace

std::vector<std::int64_t> choose_tokens(const at::Tensor& logits, const GenerationSettings& settings,
                                        const std::vector<const TokenChoice*>& choices) {
  if (!settings.sample && settings.repetition_penalty == 1) {
    const at::Tensor best = logits.argmax(-1).to(at::kCPU).contiguous();
    const auto* ids = best.const_data_ptr<std::int64_t>();
    return {ids, ids + best.numel()};
  }
  at::Tensor scores = logits.to(at::kCPU, at::kFloat).contiguous();
  if (scores.is_same(logits)) scores = scores.clone();
  const std::int64_t vocabulary = scores.size(1);
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    float* row = scores.mutable_data_ptr<float>() + static_cast<std::int64_t>(i) * vocabulary;
    if (settings.repetition_penalty != 1) {
      punish_repetition(row, vocabulary, settings.repetition_penalty, choices[i]->seen);
    }
    ids.push_back(settings.sample ? draw(row, vocabulary, settings, *choices[i])
                                  : std::max_element(row, row + vocabulary) - row);
  }
  return ids;
}

}  // namespace medvlm::sdk::language
