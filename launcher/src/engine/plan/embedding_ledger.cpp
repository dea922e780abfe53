#include "embedding_ledger.hpp"

#include <algorithm>

namespace medvlm::launcher {

EmbeddingLedger::Account& EmbeddingLedger::account(const PlannedScenario& planned) {
  auto [found, added] = accounts_.try_emplace(planned.model);
  if (added && study_.run.cache) {
    found->second.cached = cached_embeddings(study_.run.cache_folder, encoder_key(planned.parts));
  }
  return found->second;
}

void EmbeddingLedger::note(const PlannedScenario& planned, Part part, std::size_t images) {
  Account& known = account(planned);
  // The cache may have been deleted since.
  if (known.cached.count < known.accounted + images || !there_.emplace(planned.model, planned.dataset, part).second) return;
  known.accounted += images;
}

std::size_t EmbeddingLedger::claim(const PlannedScenario& planned, Part part, std::size_t images) {
  if (!study_.run.cache) return images;
  if (!there_.emplace(planned.model, planned.dataset, part).second) return 0;
  Account& known = account(planned);
  const std::size_t found = std::min(images, known.cached.count - known.accounted);
  known.accounted += found;
  return images - found;
}

double EmbeddingLedger::bytes_each(const PlannedScenario& planned) {
  if (!study_.run.cache) return 0;
  const CachedEmbeddings& cached = account(planned).cached;
  if (cached.bytes_each > 0) return double(cached.bytes_each);
  const ImageTextEncoder* encoder = planned.model->object->encoder();
  const double width = encoder && encoder->probe_width() > 0 ? double(encoder->probe_width()) : 1024;
  return 4 * 2 * width;  // joint and features at most, in float32
}

}  // namespace medvlm::launcher
