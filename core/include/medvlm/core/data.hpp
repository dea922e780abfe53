// The plain data that flows between datasets, models, adapters and metrics.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "medvlm/base/error.hpp"

namespace medvlm {

/// What is asked of a model.
enum class Task { diagnosis, vqa };

/// How a diagnosis sample is labelled. Binary is two classes, exactly one of which is true; class 1 is positive.
enum class LabelKind { binary, multiclass, multilabel };

enum class Split { train, validation, test };

MEDVLM_API std::string_view to_string(Task task);
MEDVLM_API std::string_view to_string(LabelKind kind);
MEDVLM_API std::string_view to_string(Split split);
MEDVLM_API std::optional<Split> split_from_string(std::string_view name);

/// One item of a dataset. The image is named, not loaded.
struct Sample {
  std::string id;             ///< unique within the dataset and stable between runs
  std::string image;          ///< the dataset's own locator; shown in messages, e.g. a path below the root
  std::int64_t row = -1;      ///< the dataset's own index
  std::int64_t label = -1;    ///< class index for binary and multi-class diagnosis
  std::vector<std::int8_t> labels;  ///< one per class for multi-label: 1, 0, or -1 for unknown (left out of the scores)
  std::string question;       ///< VQA
  std::string answer;         ///< VQA: the reference answer
  bool open = false;          ///< VQA: open-ended (true) or closed question
  std::vector<std::pair<std::string, std::string>> groups;  ///< e.g. {"patient","17"}, {"sex","F"}
};

/// The value of a sample's group, or null.
MEDVLM_API const std::string* find_group(const Sample& sample, std::string_view group);

/// One diagnosis class.
struct ClassInfo {
  std::string name;           ///< short, for tables: "melanoma"
  std::string text;           ///< what zero-shot prompts say, verbatim
  std::string negative_text;  ///< multi-label only: what the absence of the finding is called; may be empty
};

/// What a dataset says of itself.
struct DatasetInfo {
  std::string name;      ///< display name, "HAM10000"
  Task task = Task::diagnosis;
  LabelKind labels = LabelKind::binary;
  std::vector<ClassInfo> classes;  ///< empty for VQA
  std::string modality;            ///< "dermatoscopy", "chest radiograph", ...
  std::string prompt_template = "a photo of {}";  ///< "{}" is replaced by the class text
  std::string cluster_group;  ///< group whose members are not independent (patient, lesion, image); empty: none
};

/// An image as stored, with what decodes it. Its hash is the image's identity in caches.
struct EncodedImage {
  std::string decoder;  ///< names how `bytes` become pixels, e.g. "file", "rnflt-8bit"
  std::string bytes;
  std::string origin;   ///< for messages: the file's path
};

/// 8-bit RGB pixels, row by row, without gaps.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;  ///< height * width * 3
};

/// A preprocessed image, as one model wants it. Made on loader threads, on the CPU.
struct ProcessedImage {
  at::Tensor pixels;  ///< e.g. [3, height, width] float32
  std::vector<std::pair<std::string, at::Tensor>> extras;  ///< e.g. a patch grid
};

/// Embeddings of n images, first dimension n.
struct ImageEmbeddings {
  at::Tensor joint;     ///< in the space shared with texts, not normalised; [n, d] or [n, queries, d]
  at::Tensor features;  ///< [n, d] for probes; undefined: `joint` serves
};

/// Why a sample has no prediction. Never scored as wrong, always counted.
struct SampleError {
  std::string stage;  ///< "read", "decode", "preprocess", "encode", "predict"
  ErrorCode code = ErrorCode::internal;
  std::string message;
};

/// The outcome for one sample: scores (diagnosis), a text (VQA), or an error.
struct Prediction {
  std::vector<double> scores;  ///< one per class; probabilities where the adapter says so
  std::string text;
  std::int64_t prompt_tokens = 0;
  std::int64_t new_tokens = 0;
  double seconds = 0;  ///< VQA: latency; not part of what must be reproducible
  std::optional<SampleError> error;
};

}  // namespace medvlm
