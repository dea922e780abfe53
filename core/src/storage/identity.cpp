#include "medvlm/core/identity.hpp"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "medvlm/base/files.hpp"
#include "medvlm/base/hash.hpp"
#include "medvlm/base/log.hpp"

namespace medvlm {
namespace {

/// Path, size and time of change: what must be equal for a remembered hash to hold.
std::string file_stamp(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) throw Error(ErrorCode::io, "cannot read '" + file.string() + "'");
  return std::filesystem::absolute(file).lexically_normal().string() + "|" + std::to_string(status.st_size) + "|" +
         std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) + "|" +
         std::to_string(status.st_ino);
}

nlohmann::json read_memo(const std::filesystem::path& memo) {
  if (memo.empty() || !std::filesystem::exists(memo)) return nlohmann::json::object();
  nlohmann::json known = nlohmann::json::parse(read_file(memo), nullptr, false);
  return known.is_object() ? known : nlohmann::json::object();
}

}  // namespace

std::string hash_files(std::span<const std::filesystem::path> files, const std::filesystem::path& memo) {
  nlohmann::json known = read_memo(memo);
  bool learned = false;
  Sha256 total;
  for (const auto& file : files) {
    const std::string stamp = file_stamp(file);
    if (!known.contains(stamp) || !known[stamp].is_string()) {
      known[stamp] = sha256_file(file);
      learned = true;
    }
    total.add_field(file.filename().string()).add_field(known[stamp].get<std::string>());
  }
  if (learned && !memo.empty()) {
    try {
      make_folder(memo.parent_path());
      write_file_atomically(memo, known.dump(1));
    } catch (const Error& error) {
      log(LogLevel::warning, std::string("checkpoint hashes are not remembered: ") + error.what());
    }
  }
  return total.hex();
}

std::string hash_samples(std::span<const Sample> samples) {
  Sha256 hash;
  for (const Sample& sample : samples) {
    hash.add_field(sample.id).add_field(sample.image).add_field(std::to_string(sample.label));
    hash.add_field({reinterpret_cast<const char*>(sample.labels.data()), sample.labels.size()});
    hash.add_field(sample.question).add_field(sample.answer).add_field(sample.open ? "open" : "closed");
    for (const auto& [group, value] : sample.groups) hash.add_field(group).add_field(value);
  }
  return hash.hex();
}

}  // namespace medvlm
