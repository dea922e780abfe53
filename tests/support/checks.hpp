// doctest for tests that use tensors: LibTorch's logging header takes the name CHECK, and a failed check of its kind
// ends the program and is not counted. Include this header last, or anything that includes it.
#pragma once

#include <c10/util/Logging.h>
#include <doctest/doctest.h>

#undef CHECK
#define CHECK(...) DOCTEST_CHECK(__VA_ARGS__)
