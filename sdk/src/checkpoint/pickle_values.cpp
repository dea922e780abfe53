// The values on the pickle machine's stack, and the only functions that it knows.
#include "pickle_values.hpp"

#include <array>
#include <utility>

namespace medvlm::sdk {

std::string_view node_kind_name(NodeKind kind) {
  switch (kind) {
    case NodeKind::none: return "None";
    case NodeKind::boolean: return "a boolean";
    case NodeKind::integer: return "an integer";
    case NodeKind::number: return "a number";
    case NodeKind::text: return "text";
    case NodeKind::tuple: return "a tuple";
    case NodeKind::list: return "a list";
    case NodeKind::dict: return "a dictionary";
    case NodeKind::function: return "a function";
    case NodeKind::storage: return "a storage";
    case NodeKind::tensor: return "a tensor";
    case NodeKind::mark: return "a mark";
  }
  return "an unknown value";
}

std::optional<FunctionEntry> find_function(std::string_view module_and_name) {
  using Known = std::pair<std::string_view, FunctionEntry>;
  constexpr auto storage = KnownFunction::storage_type;
  static constexpr std::array kFunctions = {
      Known{"collections OrderedDict", {KnownFunction::ordered_dict, at::kFloat}},
      Known{"torch._utils _rebuild_tensor", {KnownFunction::rebuild_tensor, at::kFloat}},
      Known{"torch._utils _rebuild_tensor_v2", {KnownFunction::rebuild_tensor_v2, at::kFloat}},
      Known{"torch._utils _rebuild_parameter", {KnownFunction::rebuild_parameter, at::kFloat}},
      Known{"torch DoubleStorage", {storage, at::kDouble}},
      Known{"torch FloatStorage", {storage, at::kFloat}},
      Known{"torch HalfStorage", {storage, at::kHalf}},
      Known{"torch BFloat16Storage", {storage, at::kBFloat16}},
      Known{"torch LongStorage", {storage, at::kLong}},
      Known{"torch IntStorage", {storage, at::kInt}},
      Known{"torch ShortStorage", {storage, at::kShort}},
      Known{"torch CharStorage", {storage, at::kChar}},
      Known{"torch ByteStorage", {storage, at::kByte}},
      Known{"torch BoolStorage", {storage, at::kBool}},
  };
  for (const auto& [name, entry] : kFunctions) {
    if (name == module_and_name) return entry;
  }
  return std::nullopt;
}

}  // namespace medvlm::sdk
