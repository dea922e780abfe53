// The Adapter interface: how a model is made to predict (off the shelf, linear probe, LoRA).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "medvlm/core/dataset.hpp"
#include "medvlm/core/model.hpp"
#include "medvlm/core/progress.hpp"

namespace medvlm {

/// What an adapter wants for each sample it predicts.
enum class AdapterInput {
  embeddings,  ///< of the frozen image encoder: computed once, cached
  images,      ///< preprocessed images, because the adapter changed the encoder
  questions,   ///< preprocessed images and the sample's question, for an answerer
};

struct AdapterTraits {
  AdapterInput input = AdapterInput::embeddings;
  bool trains = false;  ///< reads the train split in prepare()
};

/// Preprocessed images of samples in the order that was asked for, decoded ahead on loader threads: for training sets
/// that do not fit into memory.
class MEDVLM_API ImageStream {
 public:
  virtual ~ImageStream();
  struct Item {
    std::size_t index = 0;  ///< within the order that was asked for
    ProcessedImage image;
  };
  /// The next image, or nothing at the end. Images that fail are skipped and reported in the log.
  virtual std::optional<Item> next() = 0;
};

/// What an adapter may use while it prepares. Lent by the evaluation for the duration of prepare().
class MEDVLM_API AdapterContext {
 public:
  virtual ~AdapterContext();
  virtual Model& model() = 0;
  virtual const DatasetInfo& dataset() const = 0;
  virtual std::uint64_t seed() const = 0;
  /// A folder for checkpoints and trained weights, private to the scenario.
  virtual const std::filesystem::path& folder() const = 0;
  /// Whether the dataset has the split. Throws as samples().
  virtual bool has(Split split) const = 0;
  /// Samples of the train or validation split. Throws Error(internal) for the test split: it is closed until training
  /// has ended.
  virtual std::vector<Sample> samples(Split split) = 0;
  /// Frozen embeddings of the samples, from the cache where possible. Samples whose image fails are left out and
  /// reported; `kept` receives the indices of the others.
  virtual ImageEmbeddings embed(std::span<const Sample> samples, std::vector<std::size_t>& kept) = 0;
  /// Preprocessed images of the samples, decoded on loader threads; `kept` as above.
  virtual std::vector<ProcessedImage> load(std::span<const Sample> samples, std::vector<std::size_t>& kept) = 0;
  /// The same one after another, in the order given. The samples must outlive the stream.
  virtual std::unique_ptr<ImageStream> stream(std::span<const Sample* const> order) = 0;
  /// Where to tell how far the training is.
  virtual Progress& progress() = 0;
  /// True when the user asked to stop: save what can be resumed and throw Error(interrupted).
  virtual bool stop_requested() const = 0;
};

/// One batch to predict. Which of the fields are filled is said by AdapterTraits::input.
struct AdapterBatch {
  std::vector<const Sample*> samples;
  ImageEmbeddings embeddings;           ///< rows belong to samples
  std::vector<ProcessedImage> images;   ///< one per sample
};

/// An adapter plugin implements this. One object serves one scenario.
class MEDVLM_API Adapter {
 public:
  virtual ~Adapter();
  /// Throws Error(config) if the adapter cannot serve this kind of model or dataset.
  virtual AdapterTraits traits(const DatasetInfo& dataset) const = 0;
  /// How many parameters prepare() would train on the model, for a forecast; the model's weights need not be loaded. -1: not
  /// known before.
  virtual std::int64_t trainable_parameters(Model& model, const DatasetInfo& dataset) const;
  /// How many images of the train split pass through the model while prepare() trains, as a multiple of their number, for a
  /// forecast: epochs. 0 where frozen embeddings are enough; -1: not known before.
  virtual double training_passes(const DatasetInfo& dataset) const;
  /// Trains, or loads what an earlier call of another object left in context.folder(). Called once, before predict(). An
  /// adapter that trains leaves its state there, so that a killed training goes on and a finished one is only loaded; the
  /// folder holds nothing of another study. Throws Error.
  virtual void prepare(AdapterContext& context) = 0;
  /// After prepare(): a JSON object that tells how the training went (parameters updated, epochs, chosen strength, losses),
  /// for result.json. The same whether the adapter was trained or loaded.
  virtual std::string training_report() const;
  /// One prediction per sample of the batch, in order. A sample that fails gets Prediction::error; an exception fails
  /// the whole batch.
  virtual std::vector<Prediction> predict(const AdapterBatch& batch) = 0;
};

}  // namespace medvlm
