// The post-processors of tokenizer.json: start and end tokens.
#include "../checkpoint/json_text.hpp"
#include "json_part.hpp"
#include "pipeline.hpp"

namespace medvlm::sdk {

using nlohmann::json;

namespace {

/// ["<|endoftext|>", 49407]
std::int64_t id_of_pair(const json& part, const char* key, const std::string& place) {
  const json& pair = list_at(part, key, place);
  if (pair.size() != 2 || !pair[0].is_string()) fail_part(place, std::string(key) + ": expected a token and its id");
  return id_of(pair[1], place + ": " + key);
}

PostProcessor make_roberta(const json& part, const std::string& place) {
  check_keys(part, place, {"sep", "cls", "trim_offsets", "add_prefix_space"});  // the last two concern offsets only
  return {{id_of_pair(part, "cls", place)}, {id_of_pair(part, "sep", place)}};
}

PostProcessor make_bert_processor(const json& part, const std::string& place) {
  check_keys(part, place, {"sep", "cls"});
  return {{id_of_pair(part, "cls", place)}, {id_of_pair(part, "sep", place)}};
}

/// Appends the ids that stand for a special token of the template.
void append_special(const json& part, const json& item, std::vector<std::int64_t>& ids, const std::string& place) {
  const std::string name = text_at(item, "id", place);
  const json& special = part_at(part_at(part, "special_tokens", place), name.c_str(), place + ": special_tokens");
  for (const auto& id : list_at(special, "ids", place)) ids.push_back(id_of(id, place + ": " + in_quotes(name)));
}

PostProcessor make_template(const json& part, const std::string& place) {
  check_keys(part, place, {"single", "pair", "special_tokens"});
  PostProcessor result;
  int sequences = 0;
  for (const auto& item : list_at(part, "single", place)) {
    check_keys(item, place + ": single", {"SpecialToken", "Sequence"});
    if (item.contains("Sequence")) {
      ++sequences;
    } else {
      append_special(part, part_at(item, "SpecialToken", place), sequences ? result.after : result.before, place);
    }
  }
  if (sequences != 1) fail_part(place, "single: expected the sequence once, found " + std::to_string(sequences));
  return result;
}

/// Each step puts its tokens around what the steps before it made.
PostProcessor make_sequence_processor(const json& part, const std::string& place) {
  check_keys(part, place, {"processors"});
  PostProcessor result;
  std::size_t count = 0;
  for (const auto& step : list_at(part, "processors", place)) {
    const PostProcessor made = make_post_processor(step, item_place(place, count++));
    result.before.insert(result.before.begin(), made.before.begin(), made.before.end());
    result.after.insert(result.after.end(), made.after.begin(), made.after.end());
  }
  return result;
}

}  // namespace

PostProcessor make_post_processor(const json& part, const std::string& place) {
  if (part.is_null()) return {};
  const std::string type = part_type(part, place);
  if (type == "Sequence") return make_sequence_processor(part, place);
  if (type == "RobertaProcessing") return make_roberta(part, place);
  if (type == "BertProcessing") return make_bert_processor(part, place);
  if (type == "TemplateProcessing") return make_template(part, place);
  if (type == "ByteLevel") {
    check_keys(part, place, {"add_prefix_space", "trim_offsets", "use_regex"});
    return {};  // moves offsets only
  }
  fail_part(place, "the post-processor " + in_quotes(type) + " is not supported");
}

}  // namespace medvlm::sdk
