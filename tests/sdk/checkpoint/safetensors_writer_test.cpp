// What is written is read again, by the reader that checks every rule of the format.
#include <ATen/ATen.h>

#include "checks.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/sdk/checkpoint/safetensors.hpp"
#include "medvlm/sdk/checkpoint/safetensors_writer.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;

TEST_CASE("tensors of all types, shapes and layouts come back, and the metadata with them") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "t.safetensors";
  const at::Tensor numbers = at::arange(12, at::kFloat).view({3, 4});
  const sdk::WeightMap tensors{{"f64", numbers.to(at::kDouble)},
                               {"f32", numbers},
                               {"view", numbers.t()},
                               {"bf16", numbers.to(at::kBFloat16)},
                               {"u8", numbers.to(at::kByte)},
                               {"i64", numbers.to(at::kLong)},
                               {"flag", numbers > 3},
                               {"scalar", at::tensor(2.5)},
                               {"empty", at::empty({0, 3})}};
  sdk::write_safetensors(file, tensors, {{"format", "pt"}, {"note", "quote \" and é"}});
  const sdk::Safetensors stored(file);
  CHECK(stored.names().size() == tensors.size());
  for (const auto& [name, tensor] : tensors) {
    CAPTURE(name);
    CHECK((stored.tensor(name).scalar_type() == tensor.scalar_type()));
    CHECK(at::equal(stored.tensor(name), tensor));
  }
  CHECK(stored.metadata().at("note") == "quote \" and é");
  const std::string first = read_file(file);
  sdk::write_safetensors(file, tensors, {{"format", "pt"}, {"note", "quote \" and é"}});
  CHECK(read_file(file) == first);
}

TEST_CASE("a file that cannot be written is named") {
  CHECK_THROWS_WITH_AS(sdk::write_safetensors("/nowhere/t.safetensors", {{"a", at::ones({1})}}),
                       doctest::Contains("/nowhere"), Error);
}

TEST_CASE("a type that the format does not have is refused") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_WITH_AS(sdk::write_safetensors(folder.path() / "t", {{"a", at::ones({1}, at::kComplexFloat)}}),
                       doctest::Contains("'a'"), Error);
}
