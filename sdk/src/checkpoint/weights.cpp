// Takes the weights that a model needs from a checkpoint.
#include "medvlm/sdk/checkpoint/weights.hpp"

#include <set>

#include <ATen/ATen.h>

#include "json_text.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::sdk {
namespace {

constexpr std::size_t kShownComplaints = 20;

bool is_ignored(const std::string& name, const WeightOptions& options) {
  return std::any_of(options.ignored_endings.begin(), options.ignored_endings.end(),
                     [&](const std::string& ending) { return name.ends_with(ending); });
}

std::vector<std::string> find_complaints(const Checkpoint& checkpoint, const std::vector<WeightSpec>& specs,
                                         const WeightOptions& options) {
  std::vector<std::string> complaints;
  std::set<std::string_view> wanted;
  for (const auto& spec : specs) {
    wanted.insert(spec.name);
    if (!checkpoint.has(spec.name)) {
      if (!spec.optional) complaints.push_back(in_quotes(spec.name) + " is missing");
      continue;
    }
    const TensorInfo info = checkpoint.info(spec.name);
    if (info.shape != spec.shape) {
      complaints.push_back(in_quotes(spec.name) + " has the shape " + shape_text(info.shape) + ", expected " +
                           shape_text(spec.shape));
    }
  }
  if (!options.refuse_unexpected) return complaints;
  for (const auto& name : checkpoint.names()) {
    if (wanted.contains(name) || is_ignored(name, options)) continue;
    complaints.push_back(in_quotes(name) + " is not expected");
  }
  return complaints;
}

void report(const Checkpoint& checkpoint, const std::vector<std::string>& complaints) {
  std::string message = checkpoint.path().string() + ": " + std::to_string(complaints.size()) +
                        " tensors do not fit the model; check that config.json belongs to these weights:";
  for (std::size_t i = 0; i < complaints.size() && i < kShownComplaints; ++i) message += "\n  " + complaints[i];
  if (complaints.size() > kShownComplaints) {
    message += "\n  and " + std::to_string(complaints.size() - kShownComplaints) + " more";
  }
  throw Error(ErrorCode::checkpoint, std::move(message));
}

}  // namespace

WeightMap load_weights(const Checkpoint& checkpoint, const std::vector<WeightSpec>& specs,
                       const WeightOptions& options) {
  const auto complaints = find_complaints(checkpoint, specs, options);
  if (!complaints.empty()) report(checkpoint, complaints);
  WeightMap weights;
  for (const auto& spec : specs) {
    if (!checkpoint.has(spec.name)) continue;
    const at::Tensor stored = checkpoint.tensor(spec.name);
    const auto dtype = options.dtype && stored.is_floating_point() ? *options.dtype : stored.scalar_type();
    weights.insert_or_assign(spec.name, stored.to(options.device, dtype).contiguous());
  }
  return weights;
}

}  // namespace medvlm::sdk
