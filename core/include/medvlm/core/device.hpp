// Devices, computation types and what memory exhaustion looks like.
#pragma once

#include <exception>
#include <string>

#include "medvlm/core/model.hpp"

namespace medvlm {

/// "auto" (a GPU if there is one), "cpu", "cuda", "cuda:1". Throws Error(device) that says what is available.
MEDVLM_API c10::Device parse_device(const std::string& name);

/// "auto" (the family's preferred type that the device computes fast), "float32", "bfloat16", "float16".
/// Throws Error(device) if the family does not support it.
MEDVLM_API c10::ScalarType parse_dtype(const std::string& name, const ModelInfo& info, c10::Device device);

MEDVLM_API std::string dtype_name(c10::ScalarType dtype);

/// True if the exception means that host or device memory is exhausted, whoever threw it.
MEDVLM_API bool is_out_of_memory(const std::exception& error);

/// Gives cached device memory back, so that a smaller batch has a chance.
MEDVLM_API void release_cached_memory();

}  // namespace medvlm
