#include "medvlm/core/image_loader.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "medvlm/core/sample_error.hpp"

namespace medvlm {

struct ImageLoader::State {
  const Dataset& dataset;
  std::vector<const Sample*> samples;
  Preprocess preprocess;
  const EmbeddingCache* cache;
  std::size_t window;

  std::mutex mutex;
  std::condition_variable room, ready;
  std::vector<std::optional<LoadedImage>> loaded;
  std::size_t claimed = 0;   ///< the next sample that a thread takes
  std::size_t consumed = 0;  ///< the next sample that the consumer gets
  bool stopping = false;
  std::vector<std::thread> threads;

  LoadedImage load(const Sample& sample, const EmbeddingCache* known) const {
    LoadedImage image;
    EncodedImage encoded;
    image.error = sample_error_of("read", [&] { encoded = dataset.read_image(sample); });
    if (image.error) return image;
    image.hash = image_hash(encoded);
    if (known && known->contains(image.hash)) {
      image.cached = true;
      return image;
    }
    Image pixels;
    image.error = sample_error_of("decode", [&] { pixels = dataset.decode_image(encoded); });
    if (image.error) return image;
    image.error = sample_error_of("preprocess", [&] { image.processed = preprocess(pixels); });
    return image;
  }

  void work() {
    for (;;) {
      std::size_t index;
      {
        std::unique_lock lock(mutex);
        room.wait(lock, [&] { return stopping || claimed >= samples.size() || claimed < consumed + window; });
        if (stopping || claimed >= samples.size()) return;
        index = claimed++;
      }
      LoadedImage image = load(*samples[index], cache);
      {
        std::lock_guard lock(mutex);
        loaded[index] = std::move(image);
      }
      ready.notify_one();
    }
  }
};

ImageLoader::ImageLoader(const Dataset& dataset, std::span<const Sample* const> samples, Preprocess preprocess,
                         const EmbeddingCache* cache, int threads, std::size_t window)
    : state_(new State{dataset, {samples.begin(), samples.end()}, std::move(preprocess), cache,
                       std::max<std::size_t>(window, 1), {}, {}, {}, {}, 0, 0, false, {}}) {
  state_->loaded.resize(samples.size());
  for (int i = 0; i < std::max(threads, 1); ++i) state_->threads.emplace_back([this] { state_->work(); });
}

ImageLoader::~ImageLoader() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->room.notify_all();
  for (auto& thread : state_->threads) thread.join();
}

LoadedImage ImageLoader::next() {
  std::unique_lock lock(state_->mutex);
  const std::size_t index = state_->consumed;
  if (index >= state_->samples.size()) throw Error(ErrorCode::internal, "the image loader has no more images");
  state_->ready.wait(lock, [&] { return state_->loaded[index].has_value(); });
  LoadedImage image = std::move(*state_->loaded[index]);
  state_->loaded[index].reset();
  ++state_->consumed;
  lock.unlock();
  state_->room.notify_all();
  return image;
}

LoadedImage ImageLoader::load(const Sample& sample) const { return state_->load(sample, nullptr); }

}  // namespace medvlm
