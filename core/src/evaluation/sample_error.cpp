#include "medvlm/core/sample_error.hpp"

#include "medvlm/core/device.hpp"

namespace medvlm {

SampleError current_sample_error(const std::string& stage) {
  try {
    throw;
  } catch (const Error& error) {
    // Neither says anything about the sample: the run ends, and goes on later.
    if (error.code() == ErrorCode::interrupted || error.code() == ErrorCode::network) throw;
    return {stage, error.code(), error.what()};
  } catch (const std::exception& error) {
    // LibTorch adds a stack trace after the first line, which helps nobody here.
    std::string text = error.what();
    text = text.substr(0, text.find("\nException raised from"));
    return {stage, is_out_of_memory(error) ? ErrorCode::out_of_memory : ErrorCode::plugin, text};
  } catch (...) {
    return {stage, ErrorCode::plugin, "the plugin threw something that is no std::exception"};
  }
}

}  // namespace medvlm
