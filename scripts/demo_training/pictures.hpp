// What the demo's checkpoints are trained on: pictures with a caption each.
#pragma once

#include <cstdint>
#include <string>

#include "medvlm/core/data.hpp"

namespace medvlm::demo {

/// A picture and what it shows. Pictures with the same `meaning` may be described by each other's captions.
struct Captioned {
  Image image;
  std::string caption;
  std::string meaning;
};

/// Everyday things on plain, striped, dotted or cloudy grounds: "a picture of a large red circle on a dark ground". Depends
/// on (seed, index) alone.
Captioned everyday_picture(std::uint64_t seed, std::int64_t index, int size);

/// A generated chest radiograph with a line of a report: "a chest radiograph with an opacity". From the train split of
/// plugins/datasets/synthetic with another seed than the demo's, so that no picture is in both.
Captioned radiograph(std::uint64_t seed, std::int64_t index, int size);

}  // namespace medvlm::demo
