#include "contrastive.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>
#include <cstdio>

#include "checkpoint.hpp"

namespace medvlm::demo {
namespace {

struct Collection {
  std::vector<ProcessedImage> images;
  std::vector<std::string> captions, meanings;
};

Collection paint(const clip::ClipModel& model, const std::function<Captioned(std::int64_t)>& picture, std::int64_t count) {
  Collection all;
  all.images.resize(std::size_t(count));
  all.captions.resize(std::size_t(count));
  all.meanings.resize(std::size_t(count));
  at::parallel_for(0, count, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      Captioned one = picture(i);
      all.images[std::size_t(i)] = model.preprocess(one.image);
      all.captions[std::size_t(i)] = std::move(one.caption);
      all.meanings[std::size_t(i)] = std::move(one.meaning);
    }
  });
  return all;
}

/// [n, n]: each row shares 1 among the captions that fit the picture.
at::Tensor fitting(const std::vector<std::string>& meanings) {
  const auto n = std::int64_t(meanings.size());
  at::Tensor same = at::zeros({n, n});
  auto values = same.accessor<float, 2>();
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) values[i][j] = meanings[std::size_t(i)] == meanings[std::size_t(j)] ? 1.0F : 0.0F;
  }
  return same / same.sum(1, true);
}

at::Tensor contrastive_loss(const at::Tensor& logits, const at::Tensor& targets) {
  const at::Tensor by_image = -(targets * at::log_softmax(logits, 1)).sum(1).mean();
  const at::Tensor by_text = -(targets.t() * at::log_softmax(logits, 0)).sum(0).mean();
  return (by_image + by_text) / 2;
}

/// Half of the pictures are mirrored: one more that costs nothing.
ProcessedImage maybe_mirrored(const ProcessedImage& image, bool mirror) {
  return mirror ? ProcessedImage{image.pixels.flip({2}), {}} : image;
}

}  // namespace

void train(clip::ClipModel& model, const std::function<Captioned(std::int64_t)>& picture, const TrainingPlan& plan) {
  const Collection all = paint(model, picture, plan.pictures);
  std::fprintf(stderr, "%lld pictures painted\n", static_cast<long long>(plan.pictures));
  run_epochs(plan, make_trainable(model), [&](std::span<const std::size_t> batch, Splitmix64& random) {
    std::vector<ProcessedImage> images;
    std::vector<std::string> captions, meanings;
    for (const std::size_t i : batch) {
      images.push_back(maybe_mirrored(all.images[i], (random() >> 63) != 0));
      captions.push_back(all.captions[i]);
      meanings.push_back(all.meanings[i]);
    }
    const at::Tensor logits = model.similarity(model.encode_images(images).joint, model.encode_texts(captions));
    return contrastive_loss(logits, fitting(meanings));
  });
}

}  // namespace medvlm::demo
