#include "medvlm/sdk/chat/reply_store.hpp"

#include <cstdio>
#include <map>

#include <nlohmann/json.hpp>

#include "medvlm/base/hash.hpp"
#include "medvlm/base/log.hpp"

namespace medvlm::sdk::chat {
namespace {

using nlohmann::json;

constexpr std::size_t kCrcDigits = 8;

std::string crc_text(std::string_view bytes) {
  char text[kCrcDigits + 1];
  std::snprintf(text, sizeof text, "%08x", crc32(bytes));
  return text;
}

/// The JSON of a line, or nothing if it is damaged.
std::optional<json> checked_line(std::string_view line) {
  if (line.size() < kCrcDigits + 2 || line[kCrcDigits] != ' ') return std::nullopt;
  const std::string_view content = line.substr(kCrcDigits + 1);
  if (line.substr(0, kCrcDigits) != crc_text(content)) return std::nullopt;
  json parsed = json::parse(content, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  return parsed;
}

std::string line_of(const std::string& key, const Reply& reply, bool accepted) {
  const json content{{"key", key},
                     {"accepted", accepted},
                     {"text", reply.text},
                     {"prompt_tokens", reply.prompt_tokens},
                     {"completion_tokens", reply.completion_tokens},
                     {"seconds", reply.seconds},
                     {"served_model", reply.served_model},
                     {"raw_sha256", sha256_hex(reply.raw)},
                     {"raw", reply.raw}};
  const std::string text = content.dump(-1, ' ', false, json::error_handler_t::replace);
  return crc_text(text) + " " + text + "\n";
}

/// Throws json::exception for a line of another shape.
Reply reply_of(const json& line) {
  Reply reply;
  reply.text = line.at("text").get<std::string>();
  reply.prompt_tokens = line.at("prompt_tokens").get<std::int64_t>();
  reply.completion_tokens = line.at("completion_tokens").get<std::int64_t>();
  reply.seconds = line.at("seconds").get<double>();
  reply.served_model = line.at("served_model").get<std::string>();
  reply.raw = line.at("raw").get<std::string>();
  return reply;
}

}  // namespace

ReplyStore::ReplyStore(const std::filesystem::path& file) : file_(file) {
  if (file.has_parent_path()) make_folder(file.parent_path());
  if (std::filesystem::exists(file)) read(read_file(file));
  out_ = std::make_unique<AppendFile>(file);
}

std::shared_ptr<ReplyStore> ReplyStore::open(const std::filesystem::path& file) {
  static std::mutex mutex;
  static std::map<std::filesystem::path, std::weak_ptr<ReplyStore>> stores;
  const std::lock_guard lock(mutex);
  auto& known = stores[std::filesystem::weakly_canonical(std::filesystem::absolute(file))];
  auto store = known.lock();
  if (!store) known = store = std::make_shared<ReplyStore>(file);
  return store;
}

void ReplyStore::read(const std::string& bytes) {
  std::size_t damaged = 0;
  for (std::size_t start = 0, end = 0; start < bytes.size(); start = end + 1) {
    end = std::min(bytes.find('\n', start), bytes.size());
    if (end == start) continue;
    const auto line = checked_line(std::string_view(bytes).substr(start, end - start));
    try {
      if (!line || sha256_hex(line->at("raw").get<std::string>()) != line->at("raw_sha256")) {
        ++damaged;
      } else if (line->at("accepted").get<bool>()) {
        replies_.emplace(line->at("key").get<std::string>(), reply_of(*line));
      }
    } catch (const json::exception&) {
      ++damaged;
    }
  }
  torn_ = !bytes.empty() && bytes.back() != '\n';
  if (damaged > 0) {
    log(LogLevel::warning, file_.string() + ": " + std::to_string(damaged) +
                               " damaged records are not used (a stop in the " +
                               "middle of writing leaves one); their questions are asked again");
  }
}

std::optional<Reply> ReplyStore::find(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = replies_.find(key);
  if (found == replies_.end()) return std::nullopt;
  return found->second;
}

void ReplyStore::add(const std::string& key, const Reply& reply, bool accepted) {
  const std::lock_guard lock(mutex_);
  if (accepted && replies_.count(key) != 0) return;  // the first reply stays
  if (out_) {
    const std::string line = line_of(key, reply, accepted);
    const std::string whole = (torn_ ? "\n" : "") + line;
    torn_ = true;
    out_->append(whole);
    out_->sync();
    torn_ = false;
  }
  if (accepted) replies_.emplace(key, reply);
}

std::size_t ReplyStore::size() const {
  const std::lock_guard lock(mutex_);
  return replies_.size();
}

}  // namespace medvlm::sdk::chat
