// Rotary position embedding, with the scalings and the three-way positions that public checkpoints use.
#pragma once

#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/base/api.hpp"

namespace medvlm::sdk::language {

struct RotarySettings {
  double theta = 10000;
  double factor = 1;  ///< linear scaling: positions are divided by it
  /// Llama 3's scaling of slow frequencies.
  struct Llama3 {
    double factor = 8, low = 1, high = 4, original_context = 8192;
  };
  std::optional<Llama3> llama3;
  /// M-RoPE: how many of the head_width / 2 frequencies follow the time, the row and the column. Empty: one position.
  std::vector<std::int64_t> sections;
};

/// Angles of one block of tokens, ready to turn queries and keys.
struct MEDVLM_API Rotary {
  at::Tensor cos, sin;  ///< [n, 1, t, head_width / 2] float32

  /// positions [n, t], or [3, n, t] with sections. (Su et al. 2021, arXiv:2104.09864; sections: Wang et al. 2024,
  /// arXiv:2409.12191.)
  static Rotary at(const at::Tensor& positions, std::int64_t head_width, const RotarySettings& settings);
  /// x [n, heads, t, head_width]: its two halves are the coordinates that are turned, as in Hugging Face's models.
  at::Tensor turn(const at::Tensor& x) const;
};

}  // namespace medvlm::sdk::language
