// Loading the weights of a model: conversion, views, and the list of complaints.
#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "checkpoint_files.hpp"
#include "medvlm/sdk/checkpoint/weights.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using namespace medvlm::test;

namespace {

/// 'w' F32 [2, 2], 'ids' I64 [1], 'text.position_ids' I64 [1], aligned.
Checkpoint small_checkpoint(const ScratchFolder& folder) {
  std::string header =
      R"({"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
      R"("ids":{"dtype":"I64","shape":[1],"data_offsets":[16,24]},)"
      R"("text.position_ids":{"dtype":"I64","shape":[1],"data_offsets":[24,32]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const std::string data = values_bytes<float>({1, 2, 3, 4}) + values_bytes<std::int64_t>({5, 6});
  return Checkpoint::open(folder.write("model.safetensors", safetensors_bytes(header, data)));
}

}  // namespace

TEST_CASE("weights in the type of the file are views, not copies") {
  const ScratchFolder folder;
  const auto checkpoint = small_checkpoint(folder);
  const auto weights = load_weights(checkpoint, {{"w", {2, 2}}});
  CHECK(weights.size() == 1);
  CHECK((weights.at("w").data_ptr() == checkpoint.tensor("w").data_ptr()));
}

TEST_CASE("floating-point weights are converted to the wanted type, integers are not") {
  const ScratchFolder folder;
  WeightOptions options;
  options.dtype = at::kBFloat16;
  const auto weights = load_weights(small_checkpoint(folder), {{"w", {2, 2}}, {"ids", {1}}}, options);
  CHECK((weights.at("w").scalar_type() == at::kBFloat16));
  CHECK(weights.at("w").sum().item<float>() == 10);
  CHECK((weights.at("ids").scalar_type() == at::kLong));
}

TEST_CASE("a weight stored transposed arrives contiguous with the same values") {
  const ScratchFolder folder;
  const std::string tensor = pickle_tensor(pickle_storage("FloatStorage", "0", 6), 0, {3, 2}, {1, 3});
  const std::string values = values_bytes<float>({0, 1, 2, 3, 4, 5});
  const auto file = folder.write("t.bin", torch_file(pickle_dict("t", tensor), values));
  const auto weights = load_weights(Checkpoint::open(file), {{"t", {3, 2}}});
  CHECK(weights.at("t").is_contiguous());
  CHECK(at::equal(weights.at("t"), at::arange(6, at::kFloat).view({2, 3}).t()));
}

TEST_CASE("an optional weight may be absent, but not of another shape") {
  const ScratchFolder folder;
  const auto checkpoint = small_checkpoint(folder);
  CHECK(load_weights(checkpoint, {{"bias", {2}, true}}).empty());
  const std::string message = checkpoint_error([&] { load_weights(checkpoint, {{"w", {4}, true}}); });
  CHECK(message.find("'w' has the shape [2, 2], expected [4]") != std::string::npos);
}

TEST_CASE("all complaints come in one error") {
  const ScratchFolder folder;
  WeightOptions options;
  options.refuse_unexpected = true;
  options.ignored_endings = {"position_ids"};
  const std::string message =
      checkpoint_error([&] { load_weights(small_checkpoint(folder), {{"w", {2}}, {"v", {1}}}, options); });
  CHECK(message.find("model.safetensors: 3 tensors do not fit") != std::string::npos);
  CHECK(message.find("'w' has the shape [2, 2], expected [2]") != std::string::npos);
  CHECK(message.find("'v' is missing") != std::string::npos);
  CHECK(message.find("'ids' is not expected") != std::string::npos);
  CHECK(message.find("position_ids") == std::string::npos);
}

TEST_CASE("of many complaints the first 20 and their number are shown") {
  const ScratchFolder folder;
  std::vector<WeightSpec> specs;
  for (int i = 100; i < 125; ++i) specs.push_back({std::string("x").append(std::to_string(i)), {1}});
  const std::string message = checkpoint_error([&] { load_weights(small_checkpoint(folder), specs); });
  CHECK(message.find("'x119' is missing") != std::string::npos);
  CHECK(message.find("'x120' is missing") == std::string::npos);
  CHECK(message.find("and 5 more") != std::string::npos);
}
