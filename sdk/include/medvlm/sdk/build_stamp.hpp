// The build stamp: everything that must be equal on both sides of a plugin's border, as one line of text.
//
// "medvlm-stamp:1;abi=1;compiler=gcc-12;stdlib=...;cxx=202002;torch=2.13.0;arch=x86_64;sanitizer=none;sizes=..."
// The text lies in the library's read-only data, so it can be read without loading the library.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <torch/headeronly/version.h>

#include "medvlm/base/options.hpp"
#include "medvlm/base/plugin_abi.hpp"
#include "medvlm/core/adapter.hpp"
#include "medvlm/core/metric.hpp"

#define MEDVLM_STAMP_TEXT2(x) #x
#define MEDVLM_STAMP_TEXT(x) MEDVLM_STAMP_TEXT2(x)

#if defined(__clang__)
#define MEDVLM_STAMP_COMPILER "clang-" MEDVLM_STAMP_TEXT(__clang_major__)
#else
#define MEDVLM_STAMP_COMPILER "gcc-" MEDVLM_STAMP_TEXT(__GNUC__)
#endif
#if defined(__GLIBCXX__)
#define MEDVLM_STAMP_STDLIB "libstdc++-cxx11abi" MEDVLM_STAMP_TEXT(_GLIBCXX_USE_CXX11_ABI)
#else
#define MEDVLM_STAMP_STDLIB "libc++"
#endif
#if defined(__SANITIZE_ADDRESS__)
#define MEDVLM_STAMP_SANITIZER "address"
#elif defined(__SANITIZE_THREAD__)
#define MEDVLM_STAMP_SANITIZER "thread"
#else
#define MEDVLM_STAMP_SANITIZER "none"
#endif
#if defined(__x86_64__)
#define MEDVLM_STAMP_ARCH "x86_64"
#elif defined(__aarch64__)
#define MEDVLM_STAMP_ARCH "aarch64"
#else
#define MEDVLM_STAMP_ARCH "other"
#endif

namespace medvlm::sdk {

/// Sizes of the structures that cross: they catch what version numbers miss.
inline constexpr std::array kCrossingSizes = {
    sizeof(Options),       sizeof(Value),     sizeof(Sample),     sizeof(DatasetInfo), sizeof(ClassInfo),
    sizeof(EncodedImage),  sizeof(Image),     sizeof(ProcessedImage), sizeof(ImageEmbeddings),
    sizeof(Prediction),    sizeof(ModelInfo), sizeof(Question),   sizeof(Generation),  sizeof(Answer),
    sizeof(AdapterTraits), sizeof(AdapterBatch), sizeof(NamedLayer), sizeof(Scored),   sizeof(MetricValue)};

inline constexpr std::string_view kStampHead =
    "medvlm-stamp:1;abi=" MEDVLM_STAMP_TEXT(MEDVLM_PLUGIN_ABI_NUMBER) ";compiler=" MEDVLM_STAMP_COMPILER
    ";stdlib=" MEDVLM_STAMP_STDLIB ";cxx=202002;torch=" TORCH_VERSION ";arch=" MEDVLM_STAMP_ARCH
    ";sanitizer=" MEDVLM_STAMP_SANITIZER ";sizes=";

namespace detail {
constexpr std::size_t decimal_digits(std::size_t n) { return n < 10 ? 1 : 1 + decimal_digits(n / 10); }
constexpr std::size_t stamp_length() {
  std::size_t length = kStampHead.size();
  for (const std::size_t size : kCrossingSizes) length += decimal_digits(size) + 1;
  return length;  // the last separator makes room for the terminating zero
}
constexpr auto make_stamp() {
  std::array<char, stamp_length()> text{};
  std::size_t at = 0;
  for (const char c : kStampHead) text[at++] = c;
  for (std::size_t i = 0; i < kCrossingSizes.size(); ++i) {
    if (i != 0) text[at++] = '.';
    const std::size_t digits = decimal_digits(kCrossingSizes[i]);
    std::size_t rest = kCrossingSizes[i];
    for (std::size_t d = digits; d-- > 0; rest /= 10) text[at + d] = static_cast<char>('0' + rest % 10);
    at += digits;
  }
  text[at] = '\0';
  return text;
}
}  // namespace detail

/// The stamp of whatever is being compiled.
inline constexpr auto kBuildStamp = detail::make_stamp();

}  // namespace medvlm::sdk
