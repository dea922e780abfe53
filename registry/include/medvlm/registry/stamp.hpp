// Build stamps: what must be equal in the program and in a plugin, compared field by field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "medvlm/base/api.hpp"

namespace medvlm::registry {

/// How every stamp begins; the digit is the version of the stamp's layout.
inline constexpr std::string_view kStampMagic = "medvlm-stamp:1;";

/// The stamp with which this program was built.
MEDVLM_API std::string_view host_stamp();

/// One field in which two stamps differ; "nothing" stands for a field that one of them lacks.
struct StampDifference {
  std::string field;
  std::string found;
  std::string wanted;
};

/// The fields that differ, in the order of `wanted`. Empty if and only if the stamps are equal.
MEDVLM_API std::vector<StampDifference> compare_stamps(std::string_view found, std::string_view wanted);

/// "torch: found 2.11.0, wanted 2.13.0; compiler: found ..., wanted ...".
MEDVLM_API std::string to_string(const std::vector<StampDifference>& differences);

/// All complete stamps in the bytes of a library, in order, each once.
MEDVLM_API std::vector<std::string> find_stamps(std::string_view bytes);

}  // namespace medvlm::registry
