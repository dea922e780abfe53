// Checkpoints in folders: which file is taken, shards, and defects of the index.
#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "checkpoint_files.hpp"
#include "medvlm/sdk/checkpoint/checkpoint.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using namespace medvlm::test;

namespace {

std::string tensors_file(const std::string& name, float value) {
  const std::string header = R"({")" + name + R"(":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  return safetensors_bytes(header, values_bytes<float>({value}));
}

std::string pickled_file(const std::string& name, float value) {
  return torch_file(pickle_dict(name, pickle_tensor(pickle_storage("FloatStorage", "0", 1), 0, {1}, {1})),
                    values_bytes<float>({value}));
}

float value_of(const std::filesystem::path& place, const CheckpointNames& names = {}) {
  return Checkpoint::open(place, names).tensor("t").item<float>();
}

constexpr const char* kIndex = "model.safetensors.index.json";

}  // namespace

TEST_CASE("safetensors come before torch.save, and one file before shards") {
  const ScratchFolder folder;
  folder.write("pytorch_model.bin.index.json", R"({"weight_map":{"t":"p1.bin"}})");
  folder.write("p1.bin", pickled_file("t", 4));
  CHECK(value_of(folder.path()) == 4);
  folder.write("pytorch_model.bin", pickled_file("t", 3));
  CHECK(value_of(folder.path()) == 3);
  folder.write(kIndex, R"({"weight_map":{"t":"s1.safetensors"}})");
  folder.write("s1.safetensors", tensors_file("t", 2));
  CHECK(value_of(folder.path()) == 2);
  folder.write("model.safetensors", tensors_file("t", 1));
  CHECK(value_of(folder.path()) == 1);
}

TEST_CASE("other base names are looked for when asked") {
  const ScratchFolder folder;
  folder.write("open_clip_model.safetensors", tensors_file("t", 5));
  CHECK(value_of(folder.path(), {{"open_clip_model"}, {"open_clip_pytorch_model"}}) == 5);
  const std::string message = checkpoint_error([&] { Checkpoint::open(folder.path()); });
  CHECK(message.find("looked for model.safetensors, model.safetensors.index.json, pytorch_model.bin") !=
        std::string::npos);
}

TEST_CASE("a weight file or an index is opened by its own path") {
  const ScratchFolder folder;
  const auto shard = folder.write("shards/x.safetensors", tensors_file("t", 6));
  const auto index = folder.write(kIndex, R"({"metadata":{},"weight_map":{"t":"shards/x.safetensors"}})");
  CHECK(value_of(shard) == 6);
  CHECK(value_of(index) == 6);
}

TEST_CASE("shards are one checkpoint, whose files are the index and the shards") {
  const ScratchFolder folder;
  const auto a = folder.write("a.safetensors", tensors_file("t", 1));
  const auto b = folder.write("b.safetensors", tensors_file("u", 2));
  const auto index = folder.write(kIndex, R"({"weight_map":{"t":"a.safetensors","u":"b.safetensors"}})");
  const auto checkpoint = Checkpoint::open(folder.path());
  CHECK(checkpoint.names() == std::vector<std::string>{"t", "u"});
  CHECK(checkpoint.files() == std::vector{index, a, b});
  CHECK(checkpoint.tensor("u").item<float>() == 2);
  CHECK(checkpoint.info("u").shape == std::vector<std::int64_t>{1});
  CHECK(checkpoint_error([&] { checkpoint.tensor("uu"); }).find("did you mean 'u'") != std::string::npos);
}

TEST_CASE("each defect of an index gives a message that names it") {
  const ScratchFolder folder;
  folder.write("a.safetensors", tensors_file("t", 1));
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "is not valid JSON"},
      {"[]", "has no table 'weight_map'"},
      {"{}", "has no table 'weight_map'"},
      {R"({"weight_map":[]})", "has no table 'weight_map'"},
      {R"({"weight_map":{"t":1}})", "'t': expected text, found integer"},
      {R"({"weight_map":{"t":"a.safetensors","t":"a.safetensors"}})", "'t' appears twice"},
      {R"({"weight_map":{"t":"b.safetensors"}})", "the shard 'b.safetensors' is missing"},
      {R"({"weight_map":{"u":"a.safetensors"}})", "'u' is said to be in a.safetensors, which lacks it"},
      {R"({"weight_map":{"t":"../a.safetensors"}})", "lies outside"},
      {R"({"weight_map":{"t":"x/../../a.safetensors"}})", "lies outside"},
      {R"({"weight_map":{"t":"/etc/passwd"}})", "lies outside"},
      {R"({"weight_map":{"t":""}})", "lies outside"},
      {R"({"weight_map":{"t":"a.safetensors\u0000"}})", "lies outside"},
      {R"({"weight_map":{"t":"config.json"}})", "is missing"},
  };
  for (const auto& [index, expected] : cases) {
    CAPTURE(index);
    folder.write(kIndex, index);
    const std::string message = checkpoint_error([&] { Checkpoint::open(folder.path()); });
    CAPTURE(message);
    CHECK(message.find(kIndex) != std::string::npos);
    CHECK(message.find(expected) != std::string::npos);
  }
}

TEST_CASE("a path that does not exist and a file of another kind are refused") {
  const ScratchFolder folder;
  CHECK(checkpoint_error([&] { Checkpoint::open(folder.path() / "no"); }).find("does not exist") != std::string::npos);
  const auto text = folder.write("weights.txt", "x");
  CHECK(checkpoint_error([&] { Checkpoint::open(text); }).find("ends in .safetensors") != std::string::npos);
}
