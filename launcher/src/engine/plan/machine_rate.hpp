// How fast this machine computes, for forecasts.
#pragma once

#include <c10/core/Device.h>

namespace medvlm::launcher {

/// Floating-point operations a second of a product of float32 matrices on the device, measured in a tenth of a second.
double matrix_rate(c10::Device device);

}  // namespace medvlm::launcher
