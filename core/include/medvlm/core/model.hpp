// The Model interface and its capabilities: image-text encoder, answerer (also one that learns), adaptable.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include "medvlm/core/adaptable.hpp"
#include "medvlm/core/data.hpp"

namespace medvlm {

/// What a model says of itself before its weights are loaded.
struct ModelInfo {
  std::string family;           ///< "CLIP"
  std::int64_t parameters = 0;  ///< computed from the architecture
  std::vector<std::filesystem::path> files;  ///< every file that determines the outputs; hashed for identity
  std::vector<c10::ScalarType> dtypes;       ///< computation types the family supports, preferred first
};

/// How a contrastive model's logits become probabilities.
enum class LogitRule { softmax, sigmoid };

/// A contrastive model: images and texts in one space. One thread at a time except where said.
class MEDVLM_API ImageTextEncoder {
 public:
  virtual ~ImageTextEncoder();
  /// Resize, crop, normalise. Called from several loader threads at once.
  virtual ProcessedImage preprocess(const Image& image) const = 0;
  /// Text that determines what preprocess() does; part of cache keys.
  virtual std::string preprocessing_identity() const = 0;
  /// Embeds n images. Results are on the model's device. Differentiable when gradients are enabled.
  virtual ImageEmbeddings encode_images(std::span<const ProcessedImage> images) = 0;
  /// Embeds m texts: [m, ...], not normalised. Differentiable when gradients are enabled.
  virtual at::Tensor encode_texts(std::span<const std::string> texts) = 0;
  /// True if a text's embedding depends on the texts that it is encoded with (padding takes part in it). What is compared
  /// should then be encoded in one call.
  virtual bool texts_depend_on_batch() const { return false; }
  /// Logits [n, m] of ImageEmbeddings::joint against encode_texts(): normalises, scales, adds the bias.
  virtual at::Tensor similarity(const at::Tensor& images, const at::Tensor& texts) = 0;
  virtual LogitRule logit_rule() const = 0;
  /// The width of the vectors that probes learn on (ImageEmbeddings::features, or `joint` where it serves), known before
  /// weights are loaded; -1: not known.
  virtual std::int64_t probe_width() const { return -1; }
};

/// One question to a generative model.
struct Question {
  std::string text;            ///< complete instruction, without the family's chat template
  const ProcessedImage* image = nullptr;  ///< questions whose images share the memory of `pixels` share the image
  std::uint64_t seed = 0;      ///< for sampling: depends on the sample alone
};

/// How answers are generated. What is not set follows the checkpoint's generation settings, then the family's default.
struct Generation {
  std::optional<std::int64_t> max_new_tokens;
  std::optional<double> temperature;         ///< 0: greedy
  std::optional<double> top_p;               ///< in (0, 1]; 1: all tokens
  std::optional<std::int64_t> top_k;         ///< 0: all tokens
  std::optional<double> repetition_penalty;  ///< 1: none
};

struct Answer {
  std::string text;
  std::int64_t prompt_tokens = 0;
  std::int64_t new_tokens = 0;
  double seconds = 0;  ///< this question's share of the time that its batch took
  std::optional<SampleError> error;  ///< a question that fails by itself, without the others of its batch
};

/// A model that answers questions about an image. One thread at a time except where said.
class MEDVLM_API Answerer {
 public:
  virtual ~Answerer();
  /// Called from several loader threads at once.
  virtual ProcessedImage preprocess(const Image& image) const = 0;
  virtual std::string preprocessing_identity() const = 0;
  /// One answer per question, in order; the same whatever the batch. Throws Error(out_of_memory) for a batch that is too
  /// large: the caller asks again with less.
  virtual std::vector<Answer> answer(std::span<const Question> questions, const Generation& generation) = 0;
};

/// A question with the answer that a model is to learn.
struct TaughtQuestion {
  Question question;
  std::string answer;
};

/// How unlikely a model finds the answers of some questions.
struct AnswerLoss {
  at::Tensor sum;           ///< negative log-likelihood of all answer tokens, a scalar in float32; undefined: no tokens
  std::int64_t tokens = 0;  ///< so many; sum / tokens is the mean that trainings minimise
  std::vector<std::optional<SampleError>> errors;  ///< one per question; one that failed is not in the sum
};

/// The capability of an answerer that can learn reference answers. One thread at a time.
class MEDVLM_API TrainableAnswerer {
 public:
  virtual ~TrainableAnswerer();
  /// Every question is asked as Answerer::answer() asks it, followed by its answer and the token that ends the family's
  /// answers. These tokens count, those of prompt and image do not. Differentiable in what is attached to the model's layers
  /// when gradients are enabled; the model's own weights get no gradient. Throws Error(out_of_memory).
  virtual AnswerLoss answer_loss(std::span<const TaughtQuestion> questions) = 0;
};

/// A model plugin implements this. The constructor reads configuration files only; throws Error(checkpoint).
class MEDVLM_API Model {
 public:
  virtual ~Model();

  virtual const ModelInfo& info() const = 0;

  /// Loads the weights. `dtype` is one of info().dtypes. Throws Error(checkpoint) that lists every missing tensor and
  /// every wrong shape, Error(device), Error(out_of_memory).
  virtual void load(c10::Device device, c10::ScalarType dtype) = 0;

  /// Capabilities: a pointer owned by the model, or null. Valid for the model's life; usable after load().
  virtual ImageTextEncoder* encoder() { return nullptr; }
  virtual Answerer* answerer() { return nullptr; }
  virtual TrainableAnswerer* trainable_answerer() { return nullptr; }
  virtual Adaptable* adaptable() { return nullptr; }
};

}  // namespace medvlm
