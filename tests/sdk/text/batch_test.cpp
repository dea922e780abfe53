// Batches of token ids.
#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"
#include "medvlm/sdk/text/batch.hpp"

using namespace medvlm::sdk;

namespace {

at::Tensor rows(const std::vector<std::vector<std::int64_t>>& values) {
  std::vector<at::Tensor> tensors;
  for (const auto& row : values) tensors.push_back(at::tensor(row, at::kLong));
  return at::stack(tensors);
}

}  // namespace

TEST_CASE("short texts are padded to the longest and masked") {
  const auto batch = pad_and_truncate({{1, 2}, {1, 5, 2}}, 10, 9);
  CHECK(at::equal(batch.input_ids, rows({{1, 2, 9}, {1, 5, 2}})));
  CHECK(at::equal(batch.attention_mask, rows({{1, 1, 0}, {1, 1, 1}})));
}

TEST_CASE("a text that is cut keeps its last id if asked") {
  CHECK(at::equal(pad_and_truncate({{1, 5, 6, 7, 2}}, 3, 9).input_ids, rows({{1, 5, 2}})));
  CHECK(at::equal(pad_and_truncate({{1, 5, 6, 7, 2}}, 3, 9, false).input_ids, rows({{1, 5, 6}})));
  CHECK(at::equal(pad_and_truncate({{1, 5, 2}}, 3, 9).input_ids, rows({{1, 5, 2}})));
}

TEST_CASE("batches can be padded to the maximum") {
  const auto batch = pad_and_truncate({{1}}, 3, 0, true, PadTo::max_length);
  CHECK(at::equal(batch.input_ids, rows({{1, 0, 0}})));
  CHECK(at::equal(batch.attention_mask, rows({{1, 0, 0}})));
}

TEST_CASE("no texts and empty texts give empty batches") {
  CHECK((pad_and_truncate({}, 3, 0).input_ids.sizes() == at::IntArrayRef({0, 0})));
  CHECK((pad_and_truncate({{}}, 3, 0).input_ids.sizes() == at::IntArrayRef({1, 0})));
  CHECK_THROWS_AS(pad_and_truncate({{1}}, 0, 0), medvlm::Error);
}
