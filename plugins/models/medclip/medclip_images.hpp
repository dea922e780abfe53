// MedCLIP's two preprocessings: that of its own package, and what the original benchmark did.
#pragma once

#include <array>
#include <string>

#include <ATen/core/Tensor.h>

#include "medvlm/sdk/image/processor.hpp"

namespace medvlm::medclip {

enum class Preprocessing {
  package,    ///< gray, in the middle of a black square, bicubic; one channel
  benchmark,  ///< colour, in the middle of a black square, bilinear; the mean used as a factor
};

/// "medclip" or "benchmark". Throws Error(config) for any other name.
Preprocessing preprocessing_from_name(const std::string& name);

/// Makes square inputs of `size` pixels. Const calls are thread safe.
class MedclipImages {
 public:
  MedclipImages(Preprocessing kind, std::int64_t size);
  /// [1, size, size] (package) or [3, size, size] (benchmark), float32, on the CPU. Throws Error(data) for an empty or far
  /// too long picture.
  at::Tensor operator()(const Image& image) const;
  /// Everything that determines the result.
  std::string identity() const;

 private:
  at::Tensor gray(const Image& image) const;

  Preprocessing kind_;
  int size_;
  sdk::ImageProcessor colour_;
  std::array<float, 256> table_{};  ///< the float of a gray value
};

}  // namespace medvlm::medclip
