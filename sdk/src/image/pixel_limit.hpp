// The largest picture that is decoded or made: larger ones are damage or an attack on memory.
#pragma once

#include <cstddef>

namespace medvlm::sdk {

inline constexpr std::size_t kMaxPixels = std::size_t{1} << 28;
inline constexpr std::size_t kMaxSide = 1'000'000;

}  // namespace medvlm::sdk
