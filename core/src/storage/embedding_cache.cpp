#include "medvlm/core/embedding_cache.hpp"

#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include <ATen/ATen.h>

#include "medvlm/base/files.hpp"
#include "medvlm/base/hash.hpp"
#include "medvlm/base/log.hpp"

namespace medvlm {
namespace {

// A segment is a sequence of records:
//   "MVEC" | u32 length of the rest | u32 CRC-32 of the rest | 64 characters image hash | tensor joint | tensor features
// and a tensor is u32 dimensions | u32 sizes... | float32 values; dimensions 0xffffffff: absent. Little endian.
constexpr char kMagic[4] = {'M', 'V', 'E', 'C'};
constexpr std::uint32_t kAbsent = 0xffffffff;
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kHeadBytes = 12;

void put_u32(std::string& out, std::uint32_t value) { out.append(reinterpret_cast<const char*>(&value), 4); }

void put_tensor(std::string& out, const at::Tensor& row) {
  if (!row.defined()) return put_u32(out, kAbsent);
  const at::Tensor values = row.to(at::kCPU, at::kFloat).contiguous();
  put_u32(out, static_cast<std::uint32_t>(values.dim()));
  for (const auto size : values.sizes()) put_u32(out, static_cast<std::uint32_t>(size));
  out.append(static_cast<const char*>(values.const_data_ptr()), values.nbytes());
}

/// Reads from bounds-checked bytes; `good` turns false at the first read beyond the end.
struct Reader {
  std::string_view bytes;
  bool good = true;

  std::string_view take(std::size_t count) {
    if (count > bytes.size()) {
      good = false;
      return {};
    }
    const auto part = bytes.substr(0, count);
    bytes.remove_prefix(count);
    return part;
  }
  std::uint32_t u32() {
    const auto part = take(4);
    std::uint32_t value = 0;
    if (good) std::memcpy(&value, part.data(), 4);
    return value;
  }
  at::Tensor tensor() {
    const std::uint32_t dimensions = u32();
    if (!good || dimensions == kAbsent || dimensions > 8) return {};
    std::vector<std::int64_t> sizes{1};
    std::size_t count = 1;
    for (std::uint32_t i = 0; i < dimensions; ++i) {
      sizes.push_back(u32());
      count *= static_cast<std::size_t>(sizes.back());
      if (!good || count > bytes.size() / 4) return {};
    }
    const auto values = take(count * 4);
    if (!good) return {};
    at::Tensor tensor = at::empty(sizes, at::kFloat);
    std::memcpy(tensor.mutable_data_ptr(), values.data(), values.size());
    return tensor;
  }
};

}  // namespace

struct EmbeddingCache::State {
  std::filesystem::path folder;
  mutable std::shared_mutex mutex;
  std::vector<std::unique_ptr<MappedFile>> segments;
  std::unordered_map<std::string, std::string_view> stored;    ///< image hash -> tensors, inside a segment
  std::unordered_map<std::string, std::string> written;        ///< the same, of this process
  std::unique_ptr<AppendFile> out;
  bool writable = true;

  void index(std::string_view bytes) {
    while (bytes.size() >= kHeadBytes && std::memcmp(bytes.data(), kMagic, 4) == 0) {
      std::uint32_t length = 0, checksum = 0;
      std::memcpy(&length, bytes.data() + 4, 4);
      std::memcpy(&checksum, bytes.data() + 8, 4);
      if (length < kHashDigits || length > bytes.size() - kHeadBytes) return;
      const auto body = bytes.substr(kHeadBytes, length);
      if (crc32(body) == checksum) stored.emplace(body.substr(0, kHashDigits), body.substr(kHashDigits));
      bytes.remove_prefix(kHeadBytes + length);
    }
  }
};

EmbeddingCache::EmbeddingCache(const std::filesystem::path& folder, const std::string& encoder_key)
    : state_(std::make_unique<State>()) {
  state_->folder = folder / "embeddings" / encoder_key;
  if (!std::filesystem::is_directory(state_->folder)) return;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(state_->folder)) {
    if (entry.path().extension() == ".bin") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    state_->segments.push_back(std::make_unique<MappedFile>(file));
    state_->index(state_->segments.back()->bytes());
  }
}

EmbeddingCache::~EmbeddingCache() = default;

bool EmbeddingCache::contains(const std::string& image_hash) const {
  std::shared_lock lock(state_->mutex);
  return state_->stored.contains(image_hash) || state_->written.contains(image_hash);
}

ImageEmbeddings EmbeddingCache::find(const std::string& image_hash) const {
  std::shared_lock lock(state_->mutex);
  Reader reader;
  if (const auto found = state_->stored.find(image_hash); found != state_->stored.end()) {
    reader.bytes = found->second;
  } else if (const auto mine = state_->written.find(image_hash); mine != state_->written.end()) {
    reader.bytes = mine->second;
  } else {
    return {};
  }
  ImageEmbeddings embeddings;
  embeddings.joint = reader.tensor();
  embeddings.features = reader.tensor();
  return reader.good ? embeddings : ImageEmbeddings{};
}

void EmbeddingCache::put(const std::string& image_hash, const ImageEmbeddings& batch, std::int64_t row) {
  if (image_hash.size() != kHashDigits || contains(image_hash)) return;
  std::string tensors;
  put_tensor(tensors, batch.joint.select(0, row));
  put_tensor(tensors, batch.features.defined() ? batch.features.select(0, row) : at::Tensor());
  std::unique_lock lock(state_->mutex);
  if (state_->writable) {
    const std::string body = image_hash + tensors;
    std::string record(kMagic, 4);
    put_u32(record, static_cast<std::uint32_t>(body.size()));
    put_u32(record, crc32(body));
    try {
      if (!state_->out) {
        make_folder(state_->folder);
        static std::atomic<unsigned> count{0};
        const auto name = "segment-" + sha256_hex(std::to_string(::getpid()) + "/" + std::to_string(::time(nullptr)) +
                                                  "/" + std::to_string(count++)).substr(0, 16) + ".bin";
        state_->out = std::make_unique<AppendFile>(state_->folder / name);
      }
      state_->out->append(record + body);
    } catch (const Error& error) {
      state_->writable = false;
      log(LogLevel::warning, std::string("embeddings are not cached from here on: ") + error.what());
    }
  }
  state_->written.emplace(image_hash, std::move(tensors));
}

std::size_t EmbeddingCache::size() const {
  std::shared_lock lock(state_->mutex);
  return state_->stored.size() + state_->written.size();
}

CachedEmbeddings cached_embeddings(const std::filesystem::path& folder, const std::string& encoder_key) {
  CachedEmbeddings cached;
  const auto place = folder / "embeddings" / encoder_key;
  if (!std::filesystem::is_directory(place)) return cached;
  for (const auto& entry : std::filesystem::directory_iterator(place)) {
    if (entry.path().extension() != ".bin") continue;
    char head[kHeadBytes];
    std::ifstream file(entry.path(), std::ios::binary);
    if (!file.read(head, kHeadBytes) || std::memcmp(head, kMagic, 4) != 0) continue;
    std::uint32_t length = 0;
    std::memcpy(&length, head + 4, 4);
    // Embeddings of one encoder are of one size.
    cached.bytes_each = kHeadBytes + length;
    cached.count += static_cast<std::size_t>(entry.file_size() / cached.bytes_each);
  }
  return cached;
}

std::string image_hash(const EncodedImage& image) {
  return Sha256().add_field(image.decoder).add_field(image.bytes).hex();
}

}  // namespace medvlm
