// The reader of torch.save files: values, strides, offsets.
#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "checkpoint_files.hpp"
#include "medvlm/sdk/checkpoint/pickle.hpp"
#include "medvlm/sdk/checkpoint/safetensors.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using namespace medvlm::test;

namespace {

at::Tensor read_one(const ScratchFolder& folder, const std::string& tensor, const std::string& storage = kSix) {
  return TorchPickle(folder.write("t.bin", torch_file(pickle_dict("t", tensor), storage))).tensor("t");
}

std::string six(std::int32_t offset, const std::vector<std::int32_t>& shape, const std::vector<std::int32_t>& strides) {
  return pickle_tensor(pickle_storage("FloatStorage", "0", 6), offset, shape, strides);
}

}  // namespace

TEST_CASE("a dense tensor of a state dictionary is read") {
  const ScratchFolder folder;
  CHECK(at::equal(read_one(folder, six(0, {2, 3}, {3, 1})), at::arange(6, at::kFloat).view({2, 3})));
}

TEST_CASE("a transposed tensor is read through its strides") {
  const ScratchFolder folder;
  CHECK(at::equal(read_one(folder, six(0, {3, 2}, {1, 3})), at::arange(6, at::kFloat).view({2, 3}).t()));
}

TEST_CASE("a tensor that begins within its storage is read from its offset") {
  const ScratchFolder folder;
  CHECK(at::equal(read_one(folder, six(1, {2}, {3})), at::tensor({1.0f, 4.0f})));
}

TEST_CASE("scalars and empty tensors are read") {
  const ScratchFolder folder;
  CHECK(read_one(folder, six(5, {}, {})).item<float>() == 5);
  CHECK((read_one(folder, six(6, {0, 3}, {3, 1})).sizes() == at::IntArrayRef({0, 3})));
}

TEST_CASE("each storage type has its ATen type") {
  const ScratchFolder folder;
  const std::vector<std::pair<const char*, at::ScalarType>> types = {
      {"DoubleStorage", at::kDouble}, {"FloatStorage", at::kFloat}, {"HalfStorage", at::kHalf},
      {"BFloat16Storage", at::kBFloat16}, {"LongStorage", at::kLong}, {"IntStorage", at::kInt},
      {"ShortStorage", at::kShort}, {"CharStorage", at::kChar}, {"ByteStorage", at::kByte}, {"BoolStorage", at::kBool}};
  for (const auto& [name, dtype] : types) {
    CAPTURE(name);
    const std::string tensor = pickle_tensor(pickle_storage(name, "0", 2), 0, {2}, {1});
    const at::Tensor read = read_one(folder, tensor, std::string(2 * c10::elementSize(dtype), '\0'));
    CHECK((read.scalar_type() == dtype));
    CHECK(read.sum().item<double>() == 0);
  }
}

TEST_CASE("a parameter is its tensor") {
  const ScratchFolder folder;
  const std::string parameter =
      "ctorch._utils\n_rebuild_parameter\n(" + six(0, {6}, {1}) + "\x88" "ccollections\nOrderedDict\n)RtR";
  CHECK(at::equal(read_one(folder, parameter), at::arange(6, at::kFloat)));
}

TEST_CASE("an OrderedDict with attributes, as torch.save writes it, is read") {
  const ScratchFolder folder;
  const std::string pickle = "\x80\x02" "ccollections\nOrderedDict\nq\x01)Rq\x02(" + pickle_text("a") +
                             six(0, {2}, {1}) + pickle_text("b") + six(4, {2}, {1}) + "u}" +
                             pickle_text("_metadata") + "h\x01)Rsb.";
  const TorchPickle file(folder.write("t.bin", torch_file(pickle, kSix)));
  CHECK(file.names() == std::vector<std::string>{"a", "b"});
  CHECK(at::equal(file.tensor("b"), at::tensor({4.0f, 5.0f})));
}

TEST_CASE("torch.save's file holds the same tensors as the safetensors file of the same model") {
  const auto folder = goldens() / "contrastive" / "clip";
  const Safetensors expected(folder / "model.safetensors");
  const TorchPickle found(folder / "pytorch_model.bin");
  CHECK(expected.names().size() > 50);
  CHECK(found.names() == expected.names());
  for (const auto& name : expected.names()) {
    CAPTURE(name);
    CHECK(found.info(name).shape == expected.info(name).shape);
    CHECK((found.tensor(name).scalar_type() == expected.tensor(name).scalar_type()));
    CHECK(at::equal(found.tensor(name), expected.tensor(name)));
  }
}

TEST_CASE("an archive with 64-bit sizes and places is read") {
  const ScratchFolder folder;
  const std::string bytes =
      zip_bytes({{"archive/data.pkl", pickle_dict("t", six(0, {6}, {1}))}, {"archive/data/0", kSix}}, {0, true});
  const TorchPickle file(folder.write("t.bin", bytes));
  CHECK(at::equal(file.tensor("t"), at::arange(6, at::kFloat)));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto cut = folder.write("cut.bin", bytes.substr(0, length));
    CHECK(checkpoint_error([&] { TorchPickle{cut}; }) != "(no error)");
  }
}

TEST_CASE("a pickled tensor outlives its file object") {
  const ScratchFolder folder;
  const at::Tensor tensor = read_one(folder, six(0, {6}, {1}));
  CHECK(at::equal(tensor, at::arange(6, at::kFloat)));
}
