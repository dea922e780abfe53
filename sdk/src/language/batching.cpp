#include "batching.hpp"

#include <algorithm>
#include <map>

namespace medvlm::sdk::language {
namespace {

/// A shorter beginning costs as much to read apart as together.
constexpr std::int64_t kWorthSharing = 8;
/// Tokens, padding included, that are read in one pass: bounds the memory of a batch.
constexpr std::int64_t kTokensAtOnce = 8192;

/// Families may cut an image's features into parts anew for every prompt: the same memory is the same image.
const void* image_of(const Prompt& prompt) {
  return prompt.images.empty() ? nullptr : prompt.images.front().features.const_data_ptr();
}

bool same_features(const at::Tensor& a, const at::Tensor& b) {
  return a.const_data_ptr() == b.const_data_ptr() && a.sizes() == b.sizes() && a.strides() == b.strides();
}

bool same_images(const Prompt& a, const Prompt& b, std::int64_t tokens) {
  for (std::size_t i = 0; i < std::max(a.images.size(), b.images.size()); ++i) {
    const bool in_a = i < a.images.size() && a.images[i].first < tokens;
    const bool in_b = i < b.images.size() && b.images[i].first < tokens;
    if (in_a != in_b) return false;
    if (in_a && (a.images[i].first != b.images[i].first || !same_features(a.images[i].features, b.images[i].features))) {
      return false;
    }
  }
  return true;
}

/// How many tokens two prompts begin with in common, never a part of an image.
std::int64_t common_beginning(const Prompt& a, const Prompt& b) {
  const auto [end, ignored] = std::mismatch(a.ids.begin(), a.ids.end(), b.ids.begin(), b.ids.end());
  auto tokens = static_cast<std::int64_t>(end - a.ids.begin());
  for (auto image = a.images.rbegin(); image != a.images.rend(); ++image) {
    if (image->first < tokens && tokens < image->first + image->features.size(0)) tokens = image->first;
  }
  return same_images(a, b, tokens) ? tokens : 0;
}

std::int64_t common_beginning(std::span<const Prompt> prompts, const std::vector<std::size_t>& members) {
  const Prompt& first = prompts[members.front()];
  auto shared = static_cast<std::int64_t>(first.ids.size()) - 1;
  for (std::size_t i = 1; i < members.size(); ++i) {
    const Prompt& other = prompts[members[i]];
    shared = std::min({shared, common_beginning(first, other), static_cast<std::int64_t>(other.ids.size()) - 1});
  }
  // The cut may fall into an image of the first prompt, whose last token is then its own.
  for (const ImageSpan& image : first.images) {
    if (image.first < shared && shared < image.first + image.features.size(0)) shared = image.first;
  }
  return shared;
}

/// Cuts members (in any order) into groups of at most kTokensAtOnce own tokens.
void add_groups(std::span<const Prompt> prompts, const std::vector<std::size_t>& members, std::int64_t shared,
                std::vector<PromptGroup>& groups) {
  std::int64_t longest = 0;
  PromptGroup group{{}, shared};
  for (const std::size_t member : members) {
    const std::int64_t own = static_cast<std::int64_t>(prompts[member].ids.size()) - shared;
    const std::int64_t padded = std::max(longest, own) * (static_cast<std::int64_t>(group.members.size()) + 1);
    if (!group.members.empty() && padded > kTokensAtOnce) {
      groups.push_back(std::move(group));
      group = {{}, shared};
      longest = 0;
    }
    group.members.push_back(member);
    longest = std::max(longest, own);
  }
  if (!group.members.empty()) groups.push_back(std::move(group));
}

}  // namespace

std::vector<PromptGroup> group_prompts(std::span<const Prompt> prompts, bool share) {
  std::map<const void*, std::vector<std::size_t>> by_image;
  std::vector<const void*> order;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const void* image = image_of(prompts[i]);
    if (!by_image.contains(image)) order.push_back(image);
    by_image[image].push_back(i);
  }
  std::vector<PromptGroup> groups;
  std::vector<std::size_t> rest;
  for (const void* image : order) {
    const auto& members = by_image[image];
    const std::int64_t shared = share && members.size() > 1 ? common_beginning(prompts, members) : 0;
    if (shared >= kWorthSharing) {
      add_groups(prompts, members, shared, groups);
    } else {
      rest.insert(rest.end(), members.begin(), members.end());
    }
  }
  std::stable_sort(rest.begin(), rest.end(),
                   [&](std::size_t a, std::size_t b) { return prompts[a].ids.size() < prompts[b].ids.size(); });
  add_groups(prompts, rest, 0, groups);
  return groups;
}

}  // namespace medvlm::sdk::language
