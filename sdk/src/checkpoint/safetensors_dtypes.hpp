// The names of dtypes in safetensors files.
#pragma once

#include <array>
#include <string_view>

#include <c10/core/ScalarType.h>

namespace medvlm::sdk {

struct SafetensorsDtype {
  std::string_view name;
  c10::ScalarType dtype;
};

inline constexpr std::array kSafetensorsDtypes = {
    SafetensorsDtype{"F64", c10::kDouble},
    SafetensorsDtype{"F32", c10::kFloat},
    SafetensorsDtype{"F16", c10::kHalf},
    SafetensorsDtype{"BF16", c10::kBFloat16},
    SafetensorsDtype{"I64", c10::kLong},
    SafetensorsDtype{"I32", c10::kInt},
    SafetensorsDtype{"I16", c10::kShort},
    SafetensorsDtype{"I8", c10::kChar},
    SafetensorsDtype{"U8", c10::kByte},
    SafetensorsDtype{"BOOL", c10::kBool},
    SafetensorsDtype{"F8_E4M3", c10::kFloat8_e4m3fn},
    SafetensorsDtype{"F8_E5M2", c10::kFloat8_e5m2},
    SafetensorsDtype{"U16", c10::kUInt16},
    SafetensorsDtype{"U32", c10::kUInt32},
    SafetensorsDtype{"U64", c10::kUInt64},
};

}  // namespace medvlm::sdk
