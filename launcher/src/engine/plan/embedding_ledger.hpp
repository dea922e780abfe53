// Which image embeddings are there and which are still to make, without looking at any image.
#pragma once

#include <map>
#include <set>
#include <tuple>

#include "medvlm/core/embedding_cache.hpp"
#include "study_runner.hpp"

namespace medvlm::launcher {

/// Keeps account per model of whose images have embeddings. Images of one dataset and part are taken to be there all or none,
/// except that what the cache holds beyond what is accounted for belongs to the first that ask.
class EmbeddingLedger {
 public:
  enum class Part { test, training };

  explicit EmbeddingLedger(const Study& study) : study_(study) {}

  /// Finished work has put the embeddings of all `images` of this part into the cache.
  void note(const PlannedScenario& planned, Part part, std::size_t images);
  /// A scenario needs all `images` of this part: how many of them must be encoded for it. Later scenarios find them there.
  std::size_t claim(const PlannedScenario& planned, Part part, std::size_t images);
  /// Bytes of one embedding in the cache; 0 where nothing is kept.
  double bytes_each(const PlannedScenario& planned);

 private:
  struct Account {
    CachedEmbeddings cached;
    std::size_t accounted = 0;  ///< of `cached.count`
  };
  Account& account(const PlannedScenario& planned);

  const Study& study_;
  std::map<const Item<Model>*, Account> accounts_;
  std::set<std::tuple<const Item<Model>*, const Item<Dataset>*, Part>> there_;
};

}  // namespace medvlm::launcher
