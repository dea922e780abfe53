// Token ids of several texts as one rectangular batch.
#include "medvlm/sdk/text/batch.hpp"

#include <algorithm>

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/checkpoint/hf_config.hpp"

namespace medvlm::sdk {

TokenBatch pad_and_truncate(const std::vector<std::vector<std::int64_t>>& texts, std::int64_t max_length,
                            std::int64_t pad_id, bool keep_last, PadTo pad_to) {
  if (max_length < 1) throw Error(ErrorCode::internal, "pad_and_truncate: max_length must be at least 1");
  std::int64_t length = pad_to == PadTo::max_length ? max_length : 0;
  for (const auto& ids : texts) {
    length = std::max(length, std::min(max_length, static_cast<std::int64_t>(ids.size())));
  }
  const auto count = static_cast<std::int64_t>(texts.size());
  TokenBatch batch{at::full({count, length}, pad_id, at::kLong), at::zeros({count, length}, at::kLong)};
  for (std::int64_t row = 0; row < count; ++row) {
    const auto& ids = texts[static_cast<std::size_t>(row)];
    const auto kept = std::min(static_cast<std::size_t>(length), ids.size());
    auto* out = batch.input_ids.data_ptr<std::int64_t>() + row * length;
    std::copy_n(ids.begin(), kept, out);
    if (keep_last && kept > 0 && kept < ids.size()) out[kept - 1] = ids.back();
    std::fill_n(batch.attention_mask.data_ptr<std::int64_t>() + row * length, kept, 1);
  }
  return batch;
}

std::int64_t pad_token_id(const std::filesystem::path& folder, const Tokenizer& tokenizer, std::string_view fallback) {
  for (const char* name : {"tokenizer_config.json", "special_tokens_map.json"}) {
    if (!std::filesystem::exists(folder / name)) continue;
    const auto config = HfConfig::from_file(folder / name);
    if (!config.has("pad_token")) continue;
    const bool is_table = config.type_of("pad_token") == "table";
    return tokenizer.id(config.text(is_table ? "pad_token.content" : "pad_token"));
  }
  return tokenizer.id(fallback);
}

}  // namespace medvlm::sdk
