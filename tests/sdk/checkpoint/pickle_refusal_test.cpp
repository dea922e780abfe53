// The reader of torch.save files: what it refuses, and how it says so.
#include <doctest/doctest.h>

#include "checkpoint_files.hpp"
#include "medvlm/sdk/checkpoint/pickle.hpp"

using namespace medvlm;
using namespace medvlm::sdk;
using namespace medvlm::test;

namespace {

std::string refusal(const ScratchFolder& folder, const std::string& bytes) {
  const auto file = folder.write("bad.bin", bytes);
  const std::string message = checkpoint_error([&] {
    const TorchPickle pickle(file);
    for (const auto& name : pickle.names()) pickle.tensor(name);
  });
  CHECK(message.starts_with(file.string() + ": "));
  return message;
}

struct Case {
  const char* what;
  std::string pickle;
  const char* message;
};

void check_pickles(const std::vector<Case>& cases) {
  const ScratchFolder folder;
  for (const auto& [what, pickle, expected] : cases) {
    CAPTURE(what);
    const std::string message = refusal(folder, torch_file(pickle, kSix));
    CAPTURE(message);
    CHECK(message.find(expected) != std::string::npos);
  }
}

std::string dict_of(std::int32_t numel, std::int32_t offset, const std::vector<std::int32_t>& shape,
                    const std::vector<std::int32_t>& strides, const std::string& key = "0") {
  return pickle_dict("t", pickle_tensor(pickle_storage("FloatStorage", key, numel), offset, shape, strides));
}

}  // namespace

TEST_CASE("a pickle that names a Python function is refused by that name, wherever it stands") {
  const std::string system_call = "cposix\nsystem\n" + pickle_text("touch /tmp/never") + "\x85R";
  check_pickles({
      {"posix.system", "\x80\x02" + system_call + ".", "'posix.system'"},
      {"builtins.eval", "\x80\x02" "cbuiltins\neval\n" + pickle_text("1") + "\x85R.", "'builtins.eval'"},
      {"as a value", pickle_dict("t", system_call), "'posix.system'"},
      {"within a tensor's arguments",
       pickle_dict("t", "ctorch._utils\n_rebuild_tensor_v2\n(" + system_call + "tR"), "'posix.system'"},
      {"named only, never called", "\x80\x02" "cos\nsystem\n0}.", "'os.system'"},
      {"protocol 4", "\x80\x04" "\x8c\x05posix\x8c\x06system\x93.", "'posix.system'"},
      {"whole model", "\x80\x02" "cmymodel\nNet\n)R.", "'mymodel.Net'"},
      {"the cure", "\x80\x02" "cposix\nsystem\n.", "safetensors.torch.save_file"},
      {"INST operation", "\x80\x02(iposix\nsystem\n.", "operation 0x69 is not used"},
      {"OBJ operation", "\x80\x02(o.", "operation 0x6f is not used"},
      {"NEWOBJ operation", "\x80\x02)\x81.", "operation 0x81 is not used"},
      {"EXT1 operation", "\x80\x02\x82\x01.", "operation 0x82 is not used"},
      {"attributes of a tensor",
       pickle_dict("t", pickle_tensor(pickle_storage("FloatStorage", "0", 6), 0, {6}, {1}) + "}b"), "sets attributes"},
  });
}

TEST_CASE("a damaged pickle is refused with the byte where it goes wrong") {
  check_pickles({
      {"empty", "", "byte 0: the pickle is cut short"},
      {"no end", "\x80\x02}", "byte 3: the pickle is cut short"},
      {"text longer than the file", "\x80\x02X\xff\xff\xff\xff", "cut short"},
      {"line without end", "\x80\x02" "ctorch", "cut short"},
      {"empty stack", "\x80\x02.", "finds the stack empty"},
      {"pop of nothing", "\x80\x02" "0.", "finds the stack empty"},
      {"no mark", "\x80\x02t.", "finds no mark"},
      {"memo never set", "\x80\x02h\x05.", "never stored"},
      {"call of text", "\x80\x02" + pickle_text("f") + ")R.", "expected a function, found text"},
      {"call without tuple", "\x80\x02" "ccollections\nOrderedDict\n}R.", "expected a tuple, found a dictionary"},
      {"call of a storage type", "\x80\x02" "ctorch\nFloatStorage\n)R.", "storage outside a tensor"},
      {"key without value", "\x80\x02}(" + pickle_text("a") + "u.", "a key without a value"},
      {"items into a tuple", "\x80\x02)(Nu.", "without a value"},
      {"long of 9 bytes", "\x80\x02\x8a\x09" + std::string(9, '\1') + ".", "more than 64 bits"},
      {"protocol 9", "\x80\x09}.", "pickle protocol 9"},
      {"storage id of 2", "\x80\x02" + pickle_text("storage") + "N\x86Q.", "a storage is described wrongly"},
      {"tensor of 1 argument", pickle_dict("t", "ctorch._utils\n_rebuild_tensor_v2\n)R"),
       "a tensor is described wrongly"},
      {"tensor without storage", pickle_dict("t", "ctorch._utils\n_rebuild_tensor_v2\n(NNNNtR"), "expected a storage"},
  });
}

TEST_CASE("a pickle that is no dictionary of tensors is refused") {
  check_pickles({
      {"list", "\x80\x02].", "holds a list, not a dictionary"},
      {"number key", "\x80\x02}K\x01Ns.", "a key is an integer"},
      {"number value", pickle_dict("epoch", "K\x03"), "'epoch' holds an integer"},
      {"nested dictionary", pickle_dict("state_dict", "}"), "'state_dict' holds a dictionary"},
      {"same key twice",
       "\x80\x02}" + pickle_text("t") + pickle_tensor(pickle_storage("FloatStorage", "0", 6), 0, {6}, {1}) + "s" +
           pickle_text("t") + pickle_tensor(pickle_storage("FloatStorage", "0", 6), 0, {6}, {1}) + "s.",
       "'t' appears twice"},
  });
}

TEST_CASE("shapes, strides and offsets that reach outside the storage are refused") {
  constexpr std::int32_t kHuge = 0x7fffffff;
  check_pickles({
      {"too many elements", dict_of(6, 0, {7}, {1}), "more elements than its storage of 6"},
      {"offset too far", dict_of(6, 1, {6}, {1}), "reach outside its storage"},
      {"negative offset", dict_of(6, -1, {6}, {1}), "reach outside its storage"},
      {"offset of an empty tensor", dict_of(6, 7, {0}, {1}), "reach outside its storage"},
      {"stride too far", dict_of(6, 0, {2, 2}, {5, 1}), "reach outside its storage"},
      {"negative stride", dict_of(6, 5, {6}, {-1}), "is negative"},
      {"negative size", dict_of(6, 0, {-1}, {1}), "is negative"},
      {"stride count", dict_of(6, 0, {2, 3}, {1}), "do not belong together"},
      {"terabytes of one value", dict_of(6, 0, {kHuge, kHuge}, {0, 0}), "more elements than its storage"},
      {"overflow", dict_of(6, 0, {kHuge, kHuge, kHuge}, {1, 1, 1}), "overflows"},
      {"storage claims more", dict_of(7, 0, {7}, {1}), "claims 7 elements and holds 6"},
      {"storage claims less than 0", dict_of(-1, 0, {0}, {1}), "claims -1 elements"},
      {"storage missing", dict_of(6, 0, {6}, {1}, "1"), "no storage '1'"},
      {"storage elsewhere", dict_of(6, 0, {6}, {1}, "../data.pkl"), "no storage '../data.pkl'"},
  });
}

TEST_CASE("files that are no archive of torch.save are refused with the cure") {
  const ScratchFolder folder;
  const std::string good = dict_of(6, 0, {6}, {1});
  CHECK(refusal(folder, "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9").find("PyTorch before 1.6") != std::string::npos);
  CHECK(refusal(folder, "hello").find("no zip archive") != std::string::npos);
  CHECK(refusal(folder, "").find("no zip archive") != std::string::npos);
  CHECK(refusal(folder, "version https://git-lfs.github.com/spec/v1").find("Git LFS") != std::string::npos);
  CHECK(refusal(folder, zip_bytes({{"a/b", "c"}})).find("no data.pkl") != std::string::npos);
  CHECK(refusal(folder, zip_bytes({{"a/data.pkl", good}, {"b/data.pkl", good}})).find("several") != std::string::npos);
  CHECK(refusal(folder, zip_bytes({{"a/data.pkl", good}, {"a/constants.pkl", ""}})).find("TorchScript") !=
        std::string::npos);
  CHECK(refusal(folder, zip_bytes({{"a/data.pkl", good}, {"a/data.pkl", good}})).find("twice") != std::string::npos);
  CHECK(refusal(folder, zip_bytes({{"a/data.pkl", good}}, {8, false})).find("is compressed") != std::string::npos);
  CHECK(refusal(folder, torch_file(good, kSix, "big")).find("byteorder") != std::string::npos);
}

TEST_CASE("an archive cut at any byte is refused") {
  const ScratchFolder folder;
  const std::string whole = torch_file(dict_of(6, 0, {6}, {1}), kSix);
  CHECK_NOTHROW(TorchPickle{folder.write("whole.bin", whole)});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK(refusal(folder, whole.substr(0, length)) != "(no error)");
  }
}

TEST_CASE("any single changed byte of an archive is either refused or leaves tensors within the file") {
  const ScratchFolder folder;
  const std::string whole = torch_file(dict_of(6, 0, {6}, {1}), kSix);
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char value : {'\0', '\xff', '\x7f'}) {
      std::string changed = whole;
      changed[at] = value;
      const auto file = folder.write("changed.bin", changed);
      try {
        const TorchPickle pickle(file);
        for (const auto& name : pickle.names()) CHECK(pickle.tensor(name).numel() <= 6);
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::checkpoint);
        ++refused;
      }
    }
  }
  CHECK(refused > 500);
}
