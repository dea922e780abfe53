// One batch of prompts on its way from question to answer.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "batching.hpp"
#include "medvlm/sdk/language/decoder.hpp"
#include "medvlm/sdk/language/generator.hpp"
#include "sampling.hpp"

namespace medvlm::sdk::language {

/// Tokens [first, last) of each prompt as one block, padded on the left to equal length. `last` -1: to the end of each.
TokenBlock block_of(const Decoder& decoder, std::span<const Prompt* const> prompts, std::int64_t first, std::int64_t last,
                    c10::Device device, c10::ScalarType dtype);

/// Reads the prompts of one group, then writes token by token until all answers have ended.
class BatchRun {
 public:
  BatchRun(const Decoder& decoder, const GenerationSettings& settings, c10::Device device, c10::ScalarType dtype);
  /// Fills results[i] for every member i of the group.
  void run(std::span<const Prompt> prompts, const PromptGroup& group, std::span<const std::uint64_t> seeds,
           std::vector<Generated>& results);

 private:
  /// An answer that is still being written.
  struct Row {
    std::size_t member = 0;
    std::int64_t next_position = 0;
    TokenChoice choice;
    bool ended = false;
  };
  std::shared_ptr<const SharedPrefix> read_shared(const Prompt& prompt, std::int64_t tokens) const;
  void start_rows(std::span<const Prompt> prompts, const PromptGroup& group, std::span<const std::uint64_t> seeds);
  void take(const std::vector<std::int64_t>& ids, std::vector<Generated>& results);
  void drop_ended(KeyValueCache& cache, std::vector<std::int64_t>& ids);
  TokenBlock next_block(const std::vector<std::int64_t>& ids) const;
  std::vector<std::int64_t> choose(const at::Tensor& states) const;

  const Decoder& decoder_;
  const GenerationSettings& settings_;
  c10::Device device_;
  c10::ScalarType dtype_;
  std::vector<Row> rows_;
};

}  // namespace medvlm::sdk::language
