// The steps of a whole tokenizer.json.
#include "../checkpoint/json_text.hpp"
#include "json_part.hpp"
#include "medvlm/base/files.hpp"
#include "pipeline.hpp"

namespace medvlm::sdk {

using nlohmann::json;

namespace {

const json& part_or_null(const json& file, const char* key) {
  static const json kNull;
  const auto found = file.find(key);
  return found == file.end() ? kNull : *found;
}

}  // namespace

PipelineParts json_parts(const json& file, LongLists& lists, const std::string& label) {
  check_keys(file, label,
             {"version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor",
              "decoder", "model"});
  PipelineParts parts;
  parts.normalizer = make_normalizer(part_or_null(file, "normalizer"), label + ": normalizer");
  parts.pre_tokenizer = make_pre_tokenizer(part_or_null(file, "pre_tokenizer"), label + ": pre_tokenizer");
  parts.model = make_model(part_at(file, "model", label), lists, label + ": model");
  parts.post_processor = make_post_processor(part_or_null(file, "post_processor"), label + ": post_processor");
  parts.decoder = make_decoder(part_at(file, "decoder", label), label + ": decoder");
  parts.added = make_added_tokens(part_or_null(file, "added_tokens"), label + ": added_tokens");
  return parts;
}

PipelineParts tokenizer_json_parts(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  LongLists lists;
  const json content = parse_tokenizer_json(text, file.string(), lists);
  PipelineParts parts = json_parts(content, lists, file.string());
  parts.file = file;
  return parts;
}

}  // namespace medvlm::sdk
