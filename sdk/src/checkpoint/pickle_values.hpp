// The values on the pickle machine's stack, and the only functions that it knows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pickle_machine.hpp"

namespace medvlm::sdk {

/// Index into the machine's nodes: cycles through the memo then need no ownership.
using NodeId = std::uint32_t;

enum class NodeKind { none, boolean, integer, number, text, tuple, list, dict, function, storage, tensor, mark };

enum class KnownFunction {
  ordered_dict,
  rebuild_tensor,
  rebuild_tensor_v2,
  rebuild_parameter,
  storage_type,  ///< torch.FloatStorage and its kin: an argument, never called
};

struct Node {
  NodeKind kind = NodeKind::none;
  std::int64_t integer = 0;
  std::string text;           ///< of a text, or a function's name
  std::vector<NodeId> items;  ///< of a tuple or list; of a dict keys and values in turn
  KnownFunction function = KnownFunction::ordered_dict;
  PickledTensor tensor;  ///< of a tensor; of a storage its dtype, key and size
};

/// "text", "list", ...: the word for messages.
std::string_view node_kind_name(NodeKind kind);

struct FunctionEntry {
  KnownFunction function;
  at::ScalarType dtype;  ///< of a storage type
};

/// Nothing for a function that the reader does not know.
std::optional<FunctionEntry> find_function(std::string_view module_and_name);

}  // namespace medvlm::sdk
