// The matching head of BLIP-2 against the reference library.
#include <doctest/doctest.h>

#include <ATen/ATen.h>

#include "blip2_goldens.hpp"

using namespace medvlm;
using test::blip2_goldens;
using test::blip2_model;

TEST_CASE("matching logits and probabilities of all pairs equal the reference's") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : blip2_goldens()) {
    const test::ContrastiveGoldens goldens(folder);
    auto model = blip2_model(folder, "itm");
    model.load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    const auto images = model.encode_images(test::golden_inputs(model, folder));
    const auto texts = model.encode_texts(test::golden_texts(folder));
    goldens.check("vision_cls", images.features);
    goldens.check("itm_logits", model.matching_logits(images.joint, texts));
    CHECK(model.logit_rule() == LogitRule::sigmoid);
    goldens.check("probs_itm", at::sigmoid(model.similarity(images.joint, texts)));
  }
}

TEST_CASE("a pair's logits do not depend on how many there are") {
  if (!test::goldens_present("contrastive")) return;
  for (const auto& folder : blip2_goldens()) {
    auto model = blip2_model(folder, "itm");
    model.load(at::kCPU, at::kFloat);
    const c10::InferenceMode frozen;
    const at::Tensor images = model.encode_images(test::golden_inputs(model, folder)).joint;
    const at::Tensor texts = model.encode_texts(test::golden_texts(folder));
    const at::Tensor all = model.matching_logits(images, texts);
    const at::Tensor many = model.matching_logits(images, texts.repeat({20, 1, 1}));  // more than are matched at once
    CHECK(at::allclose(many.narrow(1, 0, texts.size(0)), all, 1e-5, 1e-6));
    CHECK(at::allclose(many.narrow(1, 19 * texts.size(0), texts.size(0)), all, 1e-5, 1e-6));
    const at::Tensor one = model.matching_logits(images.narrow(0, 1, 1), texts.narrow(0, 2, 1));
    CHECK(at::allclose(one[0][0], all[1][2], 1e-5, 1e-6));
  }
}

TEST_CASE("the mean of several prompts cannot be matched, and that is said") {
  if (!test::goldens_present("contrastive")) return;
  auto model = blip2_model(blip2_goldens().front(), "itm");
  model.load(at::kCPU, at::kFloat);
  const at::Tensor images = model.encode_images(test::golden_inputs(model, blip2_goldens().front())).joint;
  const at::Tensor texts = model.encode_texts(test::golden_texts(blip2_goldens().front()));
  CHECK_NOTHROW(model.similarity(images, texts));
  CHECK_THROWS_AS(model.similarity(images, texts / texts.norm(2, -1, true)), Error);
  CHECK_THROWS_AS(model.similarity(images, texts.mean(0, true)), Error);
}

TEST_CASE("gradients flow through the matching head to the images and the texts") {
  if (!test::goldens_present("contrastive")) return;
  auto model = blip2_model(blip2_goldens().front(), "itm");
  model.load(at::kCPU, at::kFloat);
  const at::Tensor images =
      model.encode_images(test::golden_inputs(model, blip2_goldens().front())).joint.detach().requires_grad_(true);
  const at::Tensor texts = model.encode_texts(test::golden_texts(blip2_goldens().front())).detach().requires_grad_(true);
  model.similarity(images, texts).sum().backward();
  CHECK(images.grad().abs().sum().item<double>() > 0);
  CHECK(texts.grad().abs().sum().item<double>() > 0);
}
