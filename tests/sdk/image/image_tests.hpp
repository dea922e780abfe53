// What the tests of pictures share.
#pragma once

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "goldens_folder.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/sdk/image/decode.hpp"

namespace medvlm::test {

inline std::filesystem::path golden_file(const std::string& name) { return goldens_folder() / "images" / "files" / name; }

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The message of the data error that decoding must end in; it begins with `name`, ": " and `format`.
inline std::string decoding_refusal(const std::string& bytes, const std::string& name, const std::string& format = "") {
  try {
    sdk::decode_image(bytes, name);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::data);
    CHECK(error.message().starts_with(name + ": " + format));
    return error.message();
  }
  return "no error";
}

}  // namespace medvlm::test
