// Replies by the content of their questions, in memory and in a file that only grows.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "medvlm/base/files.hpp"
#include "medvlm/sdk/chat/message.hpp"

namespace medvlm::sdk::chat {

/// One line of the file is "<crc32> <JSON>\n" with the key, the answer, its tokens, the raw reply and its SHA-256.
/// Lines are appended and forced to the disk, never changed; a damaged one (a kill, the disk) is skipped with a warning
/// and its question is asked again. Malformed replies are kept in the file too, but never given out. Thread safe.
class MEDVLM_API ReplyStore {
 public:
  /// In memory alone.
  ReplyStore() = default;
  /// Opens or creates the file and its folder. Throws Error(io).
  explicit ReplyStore(const std::filesystem::path& file);

  /// The store of a file, one for all users in this process.
  static std::shared_ptr<ReplyStore> open(const std::filesystem::path& file);

  std::optional<Reply> find(const std::string& key) const;
  /// Keeps a reply. One that is not `accepted` goes to the file only. Throws Error(io).
  void add(const std::string& key, const Reply& reply, bool accepted = true);

  std::size_t size() const;

 private:
  void read(const std::string& bytes);

  std::filesystem::path file_;
  std::unique_ptr<AppendFile> out_;
  bool torn_ = false;  ///< the file's last line has no end
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Reply> replies_;
};

}  // namespace medvlm::sdk::chat
