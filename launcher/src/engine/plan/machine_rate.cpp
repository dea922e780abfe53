#include "machine_rate.hpp"

#include <algorithm>
#include <chrono>

#include <ATen/ATen.h>

namespace medvlm::launcher {

double matrix_rate(c10::Device device) {
  const std::int64_t size = device.is_cpu() ? 512 : 4096;
  const at::Tensor a = at::ones({size, size}, at::TensorOptions(device).dtype(at::kFloat));
  double best = 0;
  for (int round = 0; round < 4; ++round) {  // the first warms up
    const auto start = std::chrono::steady_clock::now();
    const float corner = at::matmul(a, a).index({0, 0}).item<float>();  // waits for the device
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (corner > 0 && seconds.count() > 0) best = std::max(best, 2.0 * double(size) * double(size) * double(size) / seconds.count());
  }
  return best;
}

}  // namespace medvlm::launcher
