#include "medvlm/sdk/language/generator.hpp"

#include <chrono>

#include <ATen/ATen.h>

#include "batch_run.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::sdk::language {

Generator::Generator(const Decoder& decoder, c10::Device device, c10::ScalarType dtype)
    : Generator(decoder, device, dtype, Sharing{}) {}

Generator::Generator(const Decoder& decoder, c10::Device device, c10::ScalarType dtype, Sharing sharing)
    : decoder_(decoder), device_(device), dtype_(dtype), sharing_(sharing) {}

std::vector<Generated> Generator::generate(std::span<const Prompt> prompts, const GenerationSettings& settings,
                                           std::span<const std::uint64_t> seeds) const {
  for (const Prompt& prompt : prompts) {
    if (prompt.ids.empty()) throw Error(ErrorCode::internal, "an empty prompt");
  }
  std::vector<Generated> results(prompts.size());
  for (const PromptGroup& group : group_prompts(prompts, sharing_.prefixes)) {
    const auto start = std::chrono::steady_clock::now();
    BatchRun(decoder_, settings, device_, dtype_).run(prompts, group, seeds, results);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    for (const std::size_t member : group.members) {
      results[member].seconds = seconds.count() / static_cast<double>(group.members.size());
    }
  }
  return results;
}

at::Tensor Generator::logits(const Prompt& prompt) const {
  const Prompt* const one[] = {&prompt};
  KeyValueCache cache(decoder_.shape().layers, static_cast<std::int64_t>(prompt.ids.size()));
  const at::Tensor states = decoder_.forward(block_of(decoder_, one, 0, -1, device_, dtype_), cache);
  return decoder_.logits(states)[0].to(at::kFloat);
}

}  // namespace medvlm::sdk::language
