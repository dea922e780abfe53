// The four kinds of pictures.
#pragma once

#include <cstdint>

#include "canvas.hpp"

namespace medvlm::synthetic {

/// What a scene shows.
struct Scene {
  bool finding = false;
  float strength = 1;         ///< of the finding, 0 to 1
  std::uint64_t patient = 0;  ///< seed of the anatomy, shared by the patient's images
  std::uint64_t image = 0;    ///< seed of position, noise and finding
};

/// A frontal chest radiograph; finding: an opacity in one lung.
void paint_radiograph(Canvas& canvas, const Scene& scene);
/// Tissue stained pink and purple; finding: crowded, large, dark nuclei.
void paint_histology(Canvas& canvas, const Scene& scene);
/// The back of an eye; finding: a large pale cup in the optic disc.
void paint_fundus(Canvas& canvas, const Scene& scene);
/// A circle, or (finding) a square, on a plain background; strength is the contrast.
void paint_shapes(Canvas& canvas, const Scene& scene);

}  // namespace medvlm::synthetic
