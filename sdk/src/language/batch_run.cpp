#include "batch_run.hpp"

#include <algorithm>

#include <ATen/ATen.h>

#include "medvlm/base/error.hpp"

namespace medvlm::sdk::language {
namespace {

at::Tensor as_tensor(const std::vector<std::int64_t>& values, c10::Device device) {
  return at::tensor(values, at::kLong).to(device);
}

std::int64_t length_of(const Prompt& prompt) { return static_cast<std::int64_t>(prompt.ids.size()); }

std::int64_t next_position(const Prompt& prompt) {
  return prompt.next_position >= 0 ? prompt.next_position : length_of(prompt);
}

/// Positions of one row: `pad` zeros, then those of tokens [first, last). [t] or [3, t].
at::Tensor row_positions(const Prompt& prompt, std::int64_t first, std::int64_t last, std::int64_t pad) {
  const at::Tensor own = prompt.positions.defined() ? prompt.positions.narrow(1, first, last - first)
                                                    : at::arange(first, last, at::kLong);
  return at::constant_pad_nd(own, {pad, 0});
}

/// Writes the features of images within [first, last) into a row of the embeddings, and the images' numbers.
void place_images(const Prompt& prompt, std::int64_t first, std::int64_t last, std::int64_t pad, at::Tensor row,
                  at::Tensor numbers) {
  std::int64_t number = 0;
  for (const ImageSpan& image : prompt.images) {
    ++number;
    const std::int64_t count = image.features.size(0);
    if (image.first < first || image.first >= last) continue;
    if (image.first + count > last) throw Error(ErrorCode::internal, "an image is cut by the end of a block");
    const std::int64_t place = image.first - first + pad;
    row.narrow(0, place, count).copy_(image.features);
    numbers.narrow(0, place, count).fill_(number);
  }
}

}  // namespace

TokenBlock block_of(const Decoder& decoder, std::span<const Prompt* const> prompts, std::int64_t first, std::int64_t last,
                    c10::Device device, c10::ScalarType dtype) {
  std::int64_t width = 0;
  for (const Prompt* prompt : prompts) width = std::max(width, (last < 0 ? length_of(*prompt) : last) - first);
  std::vector<std::int64_t> padding;
  std::vector<at::Tensor> ids, positions;
  for (const Prompt* prompt : prompts) {
    const std::int64_t end = last < 0 ? length_of(*prompt) : last;
    const std::int64_t pad = width - (end - first);
    padding.push_back(pad);
    std::vector<std::int64_t> row(static_cast<std::size_t>(pad), 0);
    row.insert(row.end(), prompt->ids.begin() + first, prompt->ids.begin() + end);
    ids.push_back(at::tensor(row, at::kLong));
    positions.push_back(row_positions(*prompt, first, end, pad));
  }
  TokenBlock block;
  const bool three = !decoder.shape().rotary.sections.empty();
  if (three) {
    for (at::Tensor& each : positions) each = each.dim() == 1 ? each.expand({3, each.size(0)}) : each;
  }
  block.positions = at::stack(positions, three ? 1 : 0).to(device);
  block.embeddings = decoder.embed(at::stack(ids).to(device), dtype);
  at::Tensor numbers = at::zeros({static_cast<std::int64_t>(prompts.size()), width}, at::kLong);
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const std::int64_t end = last < 0 ? length_of(*prompts[i]) : last;
    place_images(*prompts[i], first, end, padding[i], block.embeddings[row], numbers[row]);
  }
  if (decoder.shape().images_both_ways && numbers.any().item<bool>()) block.images = numbers.to(device);
  if (std::any_of(padding.begin(), padding.end(), [](std::int64_t pad) { return pad > 0; })) {
    block.padding = as_tensor(padding, device);
  }
  return block;
}

BatchRun::BatchRun(const Decoder& decoder, const GenerationSettings& settings, c10::Device device, c10::ScalarType dtype)
    : decoder_(decoder), settings_(settings), device_(device), dtype_(dtype) {}

std::shared_ptr<const SharedPrefix> BatchRun::read_shared(const Prompt& prompt, std::int64_t tokens) const {
  KeyValueCache cache(decoder_.shape().layers, tokens);
  const Prompt* const one[] = {&prompt};
  decoder_.forward(block_of(decoder_, one, 0, tokens, device_, dtype_), cache);
  return cache.release_as_prefix();
}

void BatchRun::start_rows(std::span<const Prompt> prompts, const PromptGroup& group,
                          std::span<const std::uint64_t> seeds) {
  rows_.clear();
  for (const std::size_t member : group.members) {
    Row row;
    row.member = member;
    row.next_position = next_position(prompts[member]);
    if (member < seeds.size()) row.choice.seed = seeds[member];
    if (settings_.repetition_penalty != 1) row.choice.seen = {prompts[member].ids.begin(), prompts[member].ids.end()};
    rows_.push_back(std::move(row));
  }
}

std::vector<std::int64_t> BatchRun::choose(const at::Tensor& states) const {
  std::vector<const TokenChoice*> choices;
  for (const Row& row : rows_) choices.push_back(&row.choice);
  return choose_tokens(decoder_.logits(states.select(1, states.size(1) - 1)).to(at::kFloat), settings_, choices);
}

void BatchRun::take(const std::vector<std::int64_t>& ids, std::vector<Generated>& results) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    Row& row = rows_[i];
    if (row.ended) continue;
    auto& answer = results[row.member].ids;
    row.ended = std::find(settings_.stop.begin(), settings_.stop.end(), ids[i]) != settings_.stop.end();
    if (row.ended) continue;
    answer.push_back(ids[i]);
    if (settings_.repetition_penalty != 1) row.choice.seen.insert(ids[i]);
    ++row.choice.step;
    const std::int64_t context = decoder_.shape().context;
    row.ended = row.choice.step >= settings_.max_new_tokens || (context > 0 && row.next_position >= context);
  }
}

/// Once half of the answers have ended, the others go on without them.
void BatchRun::drop_ended(KeyValueCache& cache, std::vector<std::int64_t>& ids) {
  const auto going = std::count_if(rows_.begin(), rows_.end(), [](const Row& row) { return !row.ended; });
  if (going == 0 || 2 * static_cast<std::size_t>(going) > rows_.size()) return;
  std::vector<Row> rows;
  std::vector<std::int64_t> kept, kept_ids;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].ended) continue;
    kept.push_back(static_cast<std::int64_t>(i));
    kept_ids.push_back(ids[i]);
    rows.push_back(std::move(rows_[i]));
  }
  cache.keep(as_tensor(kept, device_));
  rows_ = std::move(rows);
  ids = std::move(kept_ids);
}

TokenBlock BatchRun::next_block(const std::vector<std::int64_t>& ids) const {
  std::vector<std::int64_t> positions;
  for (const Row& row : rows_) positions.push_back(row.next_position);
  TokenBlock block;
  block.embeddings = decoder_.embed(as_tensor(ids, device_).unsqueeze(1), dtype_);
  block.positions = as_tensor(positions, device_).unsqueeze(1);
  if (!decoder_.shape().rotary.sections.empty()) block.positions = block.positions.unsqueeze(0).expand({3, -1, 1});
  return block;
}

void BatchRun::run(std::span<const Prompt> prompts, const PromptGroup& group, std::span<const std::uint64_t> seeds,
                   std::vector<Generated>& results) {
  start_rows(prompts, group, seeds);
  std::vector<const Prompt*> members;
  for (const std::size_t member : group.members) members.push_back(&prompts[member]);
  const auto prefix = group.shared > 0 ? read_shared(*members.front(), group.shared) : nullptr;
  const TokenBlock block = block_of(decoder_, members, group.shared, -1, device_, dtype_);
  KeyValueCache cache(decoder_.shape().layers, block.embeddings.size(1) + settings_.max_new_tokens, prefix);
  at::Tensor states = decoder_.forward(block, cache);
  for (;;) {
    std::vector<std::int64_t> ids = choose(states);
    take(ids, results);
    if (std::all_of(rows_.begin(), rows_.end(), [](const Row& row) { return row.ended; })) return;
    drop_ended(cache, ids);
    states = decoder_.forward(next_block(ids), cache);
    for (Row& row : rows_) ++row.next_position;
  }
}

}  // namespace medvlm::sdk::language
