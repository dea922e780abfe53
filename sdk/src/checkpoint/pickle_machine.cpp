// A small pickle machine that knows what state dictionaries need, and executes nothing.
#include "pickle_machine.hpp"

#include <map>
#include <set>

#include "json_text.hpp"
#include "medvlm/base/error.hpp"
#include "pickle_values.hpp"

namespace medvlm::sdk {
namespace {

// A checkpoint of 10,000 tensors needs about half a million; a hostile file could otherwise ask for all memory.
constexpr std::size_t kMostNodes = 2'000'000;

class Machine {
 public:
  Machine(std::string_view pickle, const std::string& label) : pickle_(pickle), label_(label) {}

  std::vector<NamedTensor> run() {
    while (step()) {
    }
    return state_dict(pop());
  }

 private:
  // --- input -------------------------------------------------------------------------------------------------------
  [[noreturn]] void fail(const std::string& complaint) const {
    throw Error(ErrorCode::checkpoint, label_ + ": byte " + std::to_string(opcode_at_) + ": " + complaint);
  }
  [[noreturn]] void damaged(const std::string& complaint) const {
    fail(complaint + "; the file is damaged, download it again or convert it to safetensors");
  }
  std::string_view take(std::uint64_t length) {
    if (length > pickle_.size() - at_) damaged("the pickle is cut short");
    const auto bytes = pickle_.substr(at_, length);
    at_ += length;
    return bytes;
  }
  std::uint64_t take_number(unsigned width) {
    const auto bytes = take(width);
    std::uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i) value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return value;
  }
  std::string take_line() {
    const auto end = pickle_.find('\n', at_);
    if (end == pickle_.npos) damaged("the pickle is cut short");
    const std::string line(take(end - at_));
    take(1);
    return line;
  }

  // --- nodes and stack ---------------------------------------------------------------------------------------------
  NodeId add(Node node) {
    if (nodes_.size() >= kMostNodes) fail("holds more values than any state dictionary; it is refused");
    nodes_.push_back(std::move(node));
    return static_cast<NodeId>(nodes_.size() - 1);
  }
  void push(Node node) { stack_.push_back(add(std::move(node))); }
  void push_kind(NodeKind kind, std::int64_t integer = 0) {
    Node node;
    node.kind = kind;
    node.integer = integer;
    push(std::move(node));
  }
  void push_text(std::string_view text) {
    Node node;
    node.kind = NodeKind::text;
    node.text = text;
    push(std::move(node));
  }
  NodeId pop() {
    if (stack_.empty()) damaged("an operation finds the stack empty");
    const NodeId top = stack_.back();
    stack_.pop_back();
    return top;
  }
  Node& top(NodeKind kind) {
    if (stack_.empty()) damaged("an operation finds the stack empty");
    return expect(stack_.back(), kind);
  }
  Node& expect(NodeId id, NodeKind kind) {
    Node& node = nodes_[id];
    if (node.kind != kind) {
      damaged("expected " + std::string(node_kind_name(kind)) + ", found " + std::string(node_kind_name(node.kind)));
    }
    return node;
  }
  std::vector<NodeId> pop_to_mark() {
    auto begin = stack_.end();
    while (begin != stack_.begin() && nodes_[*(begin - 1)].kind != NodeKind::mark) --begin;
    if (begin == stack_.begin()) damaged("an operation finds no mark on the stack");
    std::vector<NodeId> items(begin, stack_.end());
    stack_.erase(begin - 1, stack_.end());
    return items;
  }
  void push_tuple(std::vector<NodeId> items) {
    Node node;
    node.kind = NodeKind::tuple;
    node.items = std::move(items);
    push(std::move(node));
  }
  void push_tuple(std::size_t count) {
    std::vector<NodeId> items(count);
    for (auto i = count; i-- > 0;) items[i] = pop();
    push_tuple(std::move(items));
  }
  void remember(std::uint64_t slot) {
    if (stack_.empty()) damaged("an operation finds the stack empty");
    memo_[slot] = stack_.back();
  }
  void recall(std::uint64_t slot) {
    const auto found = memo_.find(slot);
    if (found == memo_.end()) damaged("recalls a value that was never stored");
    stack_.push_back(found->second);
  }

  // --- operations --------------------------------------------------------------------------------------------------
  bool step() {
    opcode_at_ = at_;
    const auto opcode = static_cast<unsigned char>(take(1).front());
    if (opcode == '.') return false;
    if (!step_constant(opcode) && !step_container(opcode) && !step_object(opcode)) refuse_opcode(opcode);
    return true;
  }

  bool step_constant(unsigned char opcode) {
    switch (opcode) {
      case 'N': push_kind(NodeKind::none); return true;
      case 0x88: push_kind(NodeKind::boolean, 1); return true;
      case 0x89: push_kind(NodeKind::boolean, 0); return true;
      case 'J': push_kind(NodeKind::integer, static_cast<std::int32_t>(take_number(4))); return true;
      case 'K': push_kind(NodeKind::integer, static_cast<std::int64_t>(take_number(1))); return true;
      case 'M': push_kind(NodeKind::integer, static_cast<std::int64_t>(take_number(2))); return true;
      case 0x8a: push_long(); return true;
      case 'G': take(8); push_kind(NodeKind::number); return true;  // never needed for a tensor
      case 'X': push_text(take(take_number(4))); return true;
      case 0x8c: push_text(take(take_number(1))); return true;
      case 'T': push_text(take(take_number(4))); return true;
      case 'U': push_text(take(take_number(1))); return true;
      default: return false;
    }
  }

  void push_long() {
    const auto width = take_number(1);
    if (width > 8) fail("holds an integer of more than 64 bits, which no tensor has");
    std::uint64_t value = take_number(static_cast<unsigned>(width));
    if (width > 0 && width < 8 && (value >> (8 * width - 1)) != 0) value |= ~std::uint64_t{0} << (8 * width);
    push_kind(NodeKind::integer, static_cast<std::int64_t>(value));
  }

  bool step_container(unsigned char opcode) {
    switch (opcode) {
      case '(': push_kind(NodeKind::mark); return true;
      case ')': push_tuple(std::vector<NodeId>{}); return true;
      case 't': push_tuple(pop_to_mark()); return true;
      case 0x85: push_tuple(std::size_t{1}); return true;
      case 0x86: push_tuple(std::size_t{2}); return true;
      case 0x87: push_tuple(std::size_t{3}); return true;
      case ']': push_kind(NodeKind::list); return true;
      case '}': push_kind(NodeKind::dict); return true;
      case 'a': append({pop()}, NodeKind::list); return true;
      case 'e': append(pop_to_mark(), NodeKind::list); return true;
      case 's': set_item(); return true;
      case 'u': append(pop_to_mark(), NodeKind::dict); return true;
      default: return false;
    }
  }

  void append(const std::vector<NodeId>& items, NodeKind kind) {
    if (kind == NodeKind::dict && items.size() % 2 != 0) damaged("a dictionary has a key without a value");
    Node& container = top(kind);
    container.items.insert(container.items.end(), items.begin(), items.end());
  }
  void set_item() {
    const NodeId value = pop();
    const NodeId key = pop();
    append({key, value}, NodeKind::dict);
  }

  bool step_object(unsigned char opcode) {
    switch (opcode) {
      case 0x80: check_protocol(take_number(1)); return true;
      case 0x95: take(8); return true;  // a frame of protocol 4: a hint for buffering
      case 'q': remember(take_number(1)); return true;
      case 'r': remember(take_number(4)); return true;
      case 0x94: remember(memo_.size()); return true;
      case 'h': recall(take_number(1)); return true;
      case 'j': recall(take_number(4)); return true;
      case '0': pop(); return true;
      case 'c': {
        const std::string module = take_line();
        push_function(module, take_line());
        return true;
      }
      case 0x93: {
        const NodeId name = pop();
        const NodeId module = pop();
        const std::string module_text = expect(module, NodeKind::text).text;
        push_function(module_text, expect(name, NodeKind::text).text);
        return true;
      }
      case 'Q': push_storage(); return true;
      case 'R': call(); return true;
      case 'b': build(); return true;
      default: return false;
    }
  }

  void check_protocol(std::uint64_t protocol) const {
    if (protocol < 2 || protocol > 5) fail("is of pickle protocol " + std::to_string(protocol) + "; 2 to 5 are read");
  }

  [[noreturn]] void refuse_opcode(unsigned char opcode) const {
    constexpr char kDigits[] = "0123456789abcdef";
    const std::string code = {'0', 'x', kDigits[opcode >> 4], kDigits[opcode & 15]};
    fail("the pickle operation " + code + " is not used by state dictionaries and is refused; " + cure());
  }
  static std::string cure() {
    return "convert the weights to safetensors on a machine where you trust the file (safetensors.torch.save_file)";
  }

  void push_function(const std::string& module, const std::string& name) {
    const auto known = find_function(module + " " + name);
    if (!known) {
      fail("the file asks to use the Python function " + in_quotes(module + "." + name) +
           "; only tensors and dictionaries are read, because a pickle can run any program: refused; " + cure());
    }
    Node node;
    node.kind = NodeKind::function;
    node.text = module + "." + name;
    node.function = known->function;
    node.tensor.dtype = known->dtype;
    push(std::move(node));
  }

  /// ('storage', torch.FloatStorage, '0', 'cpu', 12)
  void push_storage() {
    const std::vector<NodeId> id = expect(pop(), NodeKind::tuple).items;
    if (id.size() != 5 || expect(id[0], NodeKind::text).text != "storage") damaged("a storage is described wrongly");
    const Node& type = expect(id[1], NodeKind::function);
    if (type.function != KnownFunction::storage_type) damaged("a storage has the type " + in_quotes(type.text));
    Node node;
    node.kind = NodeKind::storage;
    node.tensor.dtype = type.tensor.dtype;
    node.tensor.storage_key = expect(id[2], NodeKind::text).text;
    node.tensor.storage_numel = expect(id[4], NodeKind::integer).integer;
    push(std::move(node));
  }

  void call() {
    const NodeId arguments_id = pop();
    const NodeId function_id = pop();
    const std::vector<NodeId> arguments = expect(arguments_id, NodeKind::tuple).items;
    const Node& function = expect(function_id, NodeKind::function);
    switch (function.function) {
      case KnownFunction::ordered_dict:
        if (!arguments.empty()) fail("an OrderedDict with initial values is not used by state dictionaries; " + cure());
        push_kind(NodeKind::dict);
        return;
      case KnownFunction::rebuild_tensor:
      case KnownFunction::rebuild_tensor_v2: push_tensor(arguments); return;
      case KnownFunction::rebuild_parameter:
        if (arguments.empty()) damaged("a parameter holds no tensor");
        expect(arguments[0], NodeKind::tensor);
        stack_.push_back(arguments[0]);
        return;
      case KnownFunction::storage_type: fail("a storage outside a tensor is not read; " + cure());
    }
  }

  /// (storage, offset, size, stride, requires_grad, hooks): the last two say nothing about the values.
  void push_tensor(const std::vector<NodeId>& arguments) {
    if (arguments.size() < 4) damaged("a tensor is described wrongly");
    Node node;
    node.tensor = expect(arguments[0], NodeKind::storage).tensor;
    node.kind = NodeKind::tensor;
    node.tensor.offset = expect(arguments[1], NodeKind::integer).integer;
    node.tensor.shape = integers(arguments[2]);
    node.tensor.strides = integers(arguments[3]);
    push(std::move(node));
  }

  std::vector<std::int64_t> integers(NodeId tuple) {
    std::vector<std::int64_t> values;
    for (const NodeId item : expect(tuple, NodeKind::tuple).items) {
      values.push_back(expect(item, NodeKind::integer).integer);
    }
    return values;
  }

  /// Python attributes: `_metadata` of an OrderedDict, which holds no weights.
  void build() {
    pop();
    if (stack_.empty() || nodes_[stack_.back()].kind != NodeKind::dict) {
      fail("sets attributes of a Python object that is no dictionary: refused; " + cure());
    }
  }

  // --- result ------------------------------------------------------------------------------------------------------
  std::vector<NamedTensor> state_dict(NodeId root) {
    if (nodes_[root].kind != NodeKind::dict) {
      fail("holds " + std::string(node_kind_name(nodes_[root].kind)) +
           ", not a dictionary of tensors; save model.state_dict()");
    }
    std::vector<NamedTensor> tensors;
    std::set<std::string> seen;
    const auto& items = nodes_[root].items;
    for (std::size_t i = 0; i < items.size(); i += 2) {
      const Node& key = nodes_[items[i]];
      const Node& value = nodes_[items[i + 1]];
      if (key.kind != NodeKind::text) fail("a key is " + std::string(node_kind_name(key.kind)) + ", not text");
      if (value.kind != NodeKind::tensor) {
        fail("the key " + in_quotes(key.text) + " holds " + std::string(node_kind_name(value.kind)) +
             ", not a tensor; save model.state_dict() alone");
      }
      if (!seen.insert(key.text).second) fail("the key " + in_quotes(key.text) + " appears twice");
      tensors.push_back({key.text, value.tensor});
    }
    return tensors;
  }

  std::string_view pickle_;
  const std::string& label_;
  std::size_t at_ = 0;
  std::size_t opcode_at_ = 0;
  std::vector<Node> nodes_;
  std::vector<NodeId> stack_;
  std::map<std::uint64_t, NodeId> memo_;
};

}  // namespace

std::vector<NamedTensor> read_state_dict(std::string_view pickle, const std::string& label) {
  return Machine(pickle, label).run();
}

}  // namespace medvlm::sdk
