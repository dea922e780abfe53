// Typed reading of Hugging Face JSON files.
#include "medvlm/sdk/checkpoint/hf_config.hpp"

#include "json_text.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::sdk {

using nlohmann::json;

struct HfConfig::Document {
  std::string label;
  json root;
};

namespace {

const json& as_json(const void* node) { return *static_cast<const json*>(node); }

std::string with_article(const std::string& type) {
  if (type == "text" || type == "nothing") return type;
  return (type == "integer" ? "an " : "a ") + type;
}

std::string mismatch(const std::string& expected, const json& found) {
  return "expected " + expected + ", found " + with_article(json_type_name(found));
}

}  // namespace

HfConfig::HfConfig(std::shared_ptr<const Document> document, const void* node, std::string prefix)
    : document_(std::move(document)), node_(node), prefix_(std::move(prefix)) {}

HfConfig HfConfig::from_file(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    throw Error(ErrorCode::checkpoint, file.string() + ": does not exist; the checkpoint is incomplete, download it");
  }
  return from_text(read_file(file), file.string());
}

HfConfig HfConfig::from_text(std::string_view text, const std::string& label) {
  auto document = std::make_shared<Document>(Document{label, parse_strict_json(text, label)});
  if (!document->root.is_object()) {
    throw Error(ErrorCode::checkpoint, label + ": " + mismatch("a table", document->root));
  }
  const void* root = &document->root;
  return {std::move(document), root, ""};
}

const std::string& HfConfig::file() const { return document_->label; }

void HfConfig::fail(std::string_view key, const std::string& complaint) const {
  throw Error(ErrorCode::checkpoint, document_->label + ": " + prefix_ + std::string(key) + ": " + complaint);
}

/// Null where the key is absent or its value is null; complains if a step on the way is no table.
const void* HfConfig::find(std::string_view key) const {
  const json* node = &as_json(node_);
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(key.find('.', begin), key.size());
    if (!node->is_object()) fail(key.substr(0, begin - 1), mismatch("a table", *node));
    const auto found = node->find(std::string(key.substr(begin, end - begin)));
    if (found == node->end() || found->is_null()) return nullptr;
    node = &*found;
    if (end == key.size()) return node;
    begin = end + 1;
  }
}

bool HfConfig::has(std::string_view key) const { return find(key) != nullptr; }

std::string HfConfig::type_of(std::string_view key) const {
  const void* node = find(key);
  return node ? json_type_name(as_json(node)) : "nothing";
}

std::vector<std::string> HfConfig::keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, unused] : as_json(node_).items()) keys.push_back(key);
  return keys;
}

namespace {

/// Each complains through `fail`, which knows file and key.
template <class Fail>
std::int64_t to_integer(const json& value, const Fail& fail) {
  if (!value.is_number_integer()) fail(mismatch("an integer", value));
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
    fail("the integer " + value.dump() + " is too large");
  }
  return value.get<std::int64_t>();
}

template <class Fail>
double to_number(const json& value, const Fail& fail) {
  if (!value.is_number()) fail(mismatch("a number", value));
  return value.get<double>();
}

template <class Fail>
std::string to_text(const json& value, const Fail& fail) {
  if (!value.is_string()) fail(mismatch("text", value));
  return value.get<std::string>();
}

template <class Fail>
bool to_flag(const json& value, const Fail& fail) {
  if (!value.is_boolean()) fail(mismatch("a boolean", value));
  return value.get<bool>();
}

template <class Convert, class Fail>
auto to_list(const json& value, const Convert& convert, const Fail& fail) {
  if (!value.is_array()) fail(mismatch("a list", value));
  std::vector<decltype(convert(value, fail))> list;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto fail_item = [&](const std::string& complaint) { fail("item " + std::to_string(i) + ": " + complaint); };
    list.push_back(convert(value[i], fail_item));
  }
  return list;
}

}  // namespace

// What all getters share: `value` is the JSON value, `complain` the way to refuse it.
#define MEDVLM_FIND(absent)                                                                     \
  const auto complain = [&](const std::string& complaint) { this->fail(key, complaint); };      \
  const void* node = find(key);                                                                 \
  if (!node) absent;                                                                            \
  const json& value = as_json(node)

std::int64_t HfConfig::integer(std::string_view key) const {
  MEDVLM_FIND(fail(key, "is missing; expected an integer"));
  return to_integer(value, complain);
}
std::int64_t HfConfig::integer(std::string_view key, std::int64_t fallback) const {
  MEDVLM_FIND(return fallback);
  return to_integer(value, complain);
}
double HfConfig::number(std::string_view key) const {
  MEDVLM_FIND(fail(key, "is missing; expected a number"));
  return to_number(value, complain);
}
double HfConfig::number(std::string_view key, double fallback) const {
  MEDVLM_FIND(return fallback);
  return to_number(value, complain);
}
bool HfConfig::flag(std::string_view key) const {
  MEDVLM_FIND(fail(key, "is missing; expected a boolean"));
  return to_flag(value, complain);
}
bool HfConfig::flag(std::string_view key, bool fallback) const {
  MEDVLM_FIND(return fallback);
  return to_flag(value, complain);
}
std::string HfConfig::text(std::string_view key) const {
  MEDVLM_FIND(fail(key, "is missing; expected text"));
  return to_text(value, complain);
}
std::string HfConfig::text(std::string_view key, std::string_view fallback) const {
  MEDVLM_FIND(return std::string(fallback));
  return to_text(value, complain);
}
std::vector<std::int64_t> HfConfig::integers(std::string_view key) const {
  MEDVLM_FIND(fail(key, "is missing; expected a list of integers"));
  return to_list(value, [](const json& item, const auto& refuse) { return to_integer(item, refuse); }, complain);
}
std::vector<double> HfConfig::numbers(std::string_view key) const {
  MEDVLM_FIND(fail(key, "is missing; expected a list of numbers"));
  return to_list(value, [](const json& item, const auto& refuse) { return to_number(item, refuse); }, complain);
}
std::vector<std::string> HfConfig::texts(std::string_view key) const {
  MEDVLM_FIND(fail(key, "is missing; expected a list of texts"));
  return to_list(value, [](const json& item, const auto& refuse) { return to_text(item, refuse); }, complain);
}

HfConfig HfConfig::object(std::string_view key) const {
  MEDVLM_FIND(fail(key, "is missing; expected a table"));
  if (!value.is_object()) complain(mismatch("a table", value));
  return {document_, node, prefix_ + std::string(key) + "."};
}

HfConfig HfConfig::object_or_empty(std::string_view key) const {
  static const json kEmpty = json::object();
  if (has(key)) return object(key);
  return {document_, &kEmpty, prefix_ + std::string(key) + "."};
}

std::vector<HfConfig> HfConfig::objects(std::string_view key) const {
  MEDVLM_FIND(fail(key, "is missing; expected a list of tables"));
  if (!value.is_array()) complain(mismatch("a list", value));
  std::vector<HfConfig> list;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string place = std::string(key) + "[" + std::to_string(i) + "]";
    if (!value[i].is_object()) fail(place, mismatch("a table", value[i]));
    list.push_back({document_, &value[i], prefix_ + place + "."});
  }
  return list;
}

#undef MEDVLM_FIND

}  // namespace medvlm::sdk
