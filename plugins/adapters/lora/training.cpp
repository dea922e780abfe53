#include "training.hpp"

#include <cmath>

#include <ATen/ATen.h>

#include "medvlm/base/files.hpp"
#include "medvlm/base/log.hpp"
#include "medvlm/sdk/train/classification.hpp"
#include "medvlm/sdk/train/folds.hpp"

namespace medvlm::lora {
namespace {

using json = nlohmann::ordered_json;

bool asks(const DatasetInfo& dataset) { return dataset.task == Task::vqa; }

KnownSamples with_labels(const DatasetInfo& dataset, std::vector<Sample> samples) {
  KnownSamples known{std::move(samples), {}};
  if (!asks(dataset)) known.labels = sdk::train::label_tensor(dataset, known.samples);
  return known;
}

bool is_known(const DatasetInfo& dataset, const Sample& sample) {
  return asks(dataset) ? !sample.answer.empty() : sdk::train::has_label(dataset, sample);
}

std::vector<Sample> known_samples(AdapterContext& context, Split split, std::int64_t* unlabelled) {
  std::vector<Sample> kept;
  for (Sample& sample : context.samples(split)) {
    if (is_known(context.dataset(), sample)) kept.push_back(std::move(sample));
    else if (unlabelled) ++*unlabelled;
  }
  return kept;
}

/// Walks over an order of samples, batch by batch; images that fail are missing from their batch.
class Batches {
 public:
  Batches(AdapterContext& context, const KnownSamples& samples, std::vector<std::int64_t> order, std::int64_t size)
      : samples_(samples), order_(std::move(order)), size_(size) {
    for (const std::int64_t index : order_) pointers_.push_back(&samples.samples[std::size_t(index)]);
    stream_ = context.stream(pointers_);
    ahead_ = stream_->next();
  }

  bool done() const { return first_ >= std::int64_t(order_.size()); }
  /// How many samples the next batch asks for.
  std::int64_t asked() const { return std::min(size_, std::int64_t(order_.size()) - first_); }

  Batch next() {
    const std::int64_t last = first_ + asked();
    Batch batch;
    std::vector<std::int64_t> rows;
    while (ahead_ && std::int64_t(ahead_->index) < last) {
      rows.push_back(order_[ahead_->index]);
      batch.images.push_back(std::move(ahead_->image));
      batch.samples.push_back(pointers_[ahead_->index]);
      ahead_ = stream_->next();
    }
    first_ = last;
    if (samples_.labels.defined()) batch.labels = samples_.labels.index_select(0, at::tensor(rows, at::kLong));
    return batch;
  }

 private:
  const KnownSamples& samples_;
  std::vector<std::int64_t> order_;
  std::int64_t size_, first_ = 0;
  std::vector<const Sample*> pointers_;
  std::unique_ptr<ImageStream> stream_;
  std::optional<ImageStream::Item> ahead_;
};

class Training {
 public:
  Training(AdapterContext& context, const TrainingSamples& samples, sdk::lora::LoraAdapter& adapter, Objective& objective,
           const TrainingOptions& options)
      : context_(context),
        samples_(samples),
        adapter_(adapter),
        objective_(objective),
        options_(options),
        count_(std::int64_t(samples.train.samples.size())),
        steps_per_epoch_((count_ + options.batch_size - 1) / options.batch_size),
        trainer_(adapter, objective, options) {
    const std::int64_t total = steps_per_epoch_ * options.epochs;
    schedule_ = {options.decay, total, std::int64_t(std::ceil(options.warmup * double(total)))};
    if (std::filesystem::exists(state_file(context.folder()))) {
      state_ = load_state(state_file(context.folder()), adapter, objective, trainer_);
      looked_for_gradients_ = state_.step > 0;
    }
  }

  json run() {
    while (!finished()) {
      run_epoch();
      end_epoch();
    }
    if (state_.best_epoch > 0) restore_weights(state_.best, adapter_, objective_);
    return report();
  }

 private:
  std::int64_t finished_epochs() const { return std::int64_t(state_.log.size()); }

  bool finished() const {
    if (finished_epochs() >= options_.epochs) return true;
    return options_.patience > 0 && finished_epochs() - state_.best_epoch >= options_.patience;
  }

  void save() const { save_state(state_file(context_.folder()), state_, adapter_, objective_, trainer_); }

  void stop_if_asked() const {
    if (!context_.stop_requested()) return;
    save();
    throw Error(ErrorCode::interrupted, "stopped while training, after " + std::to_string(state_.step) + " of " +
                                            std::to_string(schedule_.total) + " updates");
  }

  void run_epoch() {
    const std::int64_t epoch = finished_epochs();
    const std::int64_t done = (state_.step - epoch * steps_per_epoch_) * options_.batch_size;
    std::vector<std::int64_t> order = sdk::train::epoch_order(count_, context_.seed(), epoch);
    order.erase(order.begin(), order.begin() + std::min(done, count_));
    context_.progress().begin("training, epoch " + std::to_string(epoch + 1) + " of " + std::to_string(options_.epochs),
                              std::size_t(count_), std::size_t(std::min(done, count_)));
    Batches batches(context_, samples_.train, std::move(order), options_.batch_size);
    while (!batches.done()) {
      stop_if_asked();
      update(batches, epoch);
      if (state_.step % options_.save_steps == 0) save();
    }
    context_.progress().end();
  }

  void update(Batches& batches, std::int64_t epoch) {
    const std::int64_t asked = batches.asked();
    const Batch batch = batches.next();
    const std::int64_t failed = asked - std::int64_t(batch.images.size());
    if (epoch == 0) state_.failed_images += failed;
    if (!batch.images.empty()) {
      const Trainer::Result result = trainer_.update(batch, state_.step, options_.lr * schedule_.factor(state_.step));
      if (epoch == 0) state_.failed_questions += result.failed;
      state_.loss += result.loss;
      state_.weight += result.weight;
      if (!std::isfinite(result.loss)) {
        throw Error(ErrorCode::config, "the training diverged (its loss is not a number) at update " +
                                           std::to_string(state_.step + 1) + "; lower lr, or raise warmup");
      }
      if (!looked_for_gradients_ && result.weight > 0) look_for_gradients();
    }
    ++state_.step;
    context_.progress().advance(std::size_t(asked), std::size_t(failed));
  }

  /// An adapter that gets no gradient would silently be a linear probe.
  void look_for_gradients() {
    looked_for_gradients_ = true;
    state_.without_gradient = adapter_.layers_without_gradient();
    if (state_.without_gradient.size() == adapter_.layer_count()) {
      throw Error(ErrorCode::config, "no layer that the adapter changes has any influence on the loss; choose others with "
                                     "part, target_modules or target_pattern");
    }
    for (const std::string& name : state_.without_gradient) {
      log(LogLevel::warning, "lora: layer '" + name + "' has no influence on the loss; its update does not learn");
    }
  }

  void end_epoch() {
    if (!(state_.weight > 0)) {
      throw Error(ErrorCode::data, "no sample of the train split of '" + context_.dataset().name + "' can be read");
    }
    const std::int64_t epoch = finished_epochs() + 1;
    json entry = {{"epoch", epoch}, {"updates", state_.step}, {"loss", state_.loss / state_.weight},
                  {"next_lr", options_.lr * schedule_.factor(state_.step)}};
    if (options_.patience > 0) {
      const double loss = validation_loss();
      entry["validation_loss"] = loss;
      if (loss < state_.best_loss) {
        state_.best_loss = loss;
        state_.best_epoch = epoch;
        state_.best = current_weights(adapter_, objective_);
      }
    }
    state_.loss = state_.weight = 0;
    state_.log.push_back(std::move(entry));
    save();
    write_log();
  }

  double validation_loss() {
    std::vector<std::int64_t> order(samples_.validation.samples.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = std::int64_t(i);
    Batches batches(context_, samples_.validation, std::move(order), options_.batch_size);
    double loss = 0, weight = 0;
    while (!batches.done()) {
      stop_if_asked();
      const Batch batch = batches.next();
      if (batch.images.empty()) continue;
      const Trainer::Result result = trainer_.evaluate(batch);
      loss += result.loss;
      weight += result.weight;
    }
    if (weight > 0) return loss / weight;
    throw Error(ErrorCode::data, "nothing held out for early stopping can be read; set patience = 0");
  }

  void write_log() const {
    std::string lines;
    for (const json& entry : state_.log) lines += entry.dump() + "\n";
    write_file_atomically(context_.folder() / "log.jsonl", lines);
  }

  json report() const {
    json losses = json::array(), validation = json::array();
    for (const json& entry : state_.log) {
      losses.push_back(entry.at("loss"));
      if (entry.contains("validation_loss")) validation.push_back(entry.at("validation_loss"));
    }
    json left_out = {{"without_label", samples_.unlabelled}, {"image_failed", state_.failed_images}};
    if (asks(context_.dataset())) {
      left_out = {{"without_answer", samples_.unlabelled},
                  {"image_failed", state_.failed_images},
                  {"question_failed", state_.failed_questions}};
    }
    json report = {{"samples", count_ - state_.failed_images - state_.failed_questions},
                   {"left_out", left_out},
                   {"epochs", finished_epochs()},
                   {"updates", state_.step},
                   {"losses", losses}};
    if (options_.patience > 0) {
      report["validation_samples"] = samples_.validation.samples.size();
      report["validation_losses"] = validation;
      report["best_epoch"] = state_.best_epoch;
    }
    if (!state_.without_gradient.empty()) report["layers_without_gradient"] = state_.without_gradient;
    return report;
  }

  AdapterContext& context_;
  const TrainingSamples& samples_;
  sdk::lora::LoraAdapter& adapter_;
  Objective& objective_;
  const TrainingOptions& options_;
  std::int64_t count_, steps_per_epoch_;
  Trainer trainer_;
  sdk::train::Schedule schedule_;
  TrainingState state_;
  bool looked_for_gradients_ = false;
};

}  // namespace

std::filesystem::path state_file(const std::filesystem::path& folder) { return folder / "state.safetensors"; }

TrainingSamples read_samples(AdapterContext& context, const TrainingOptions& options) {
  const DatasetInfo& dataset = context.dataset();
  TrainingSamples result;
  std::vector<Sample> train = known_samples(context, Split::train, &result.unlabelled), held_out;
  if (options.patience > 0 && context.has(Split::validation)) {
    held_out = known_samples(context, Split::validation, nullptr);
  } else if (options.patience > 0) {
    const int folds = std::max(2, int(std::lround(1 / options.validation_fraction)));
    const std::vector<int> fold = sdk::train::cluster_folds(dataset, train, folds, context.seed());
    std::vector<Sample> rest;
    for (std::size_t i = 0; i < train.size(); ++i) (fold[i] == 0 ? held_out : rest).push_back(std::move(train[i]));
    train = std::move(rest);
  }
  result.train = with_labels(dataset, std::move(train));
  result.validation = with_labels(dataset, std::move(held_out));
  if (!asks(dataset)) {
    const auto classes = std::int64_t(dataset.classes.size());
    sdk::train::require_two_classes(dataset, sdk::train::class_counts(dataset.labels, classes, result.train.labels), "train");
  } else if (result.train.samples.empty()) {
    throw Error(ErrorCode::data, "'" + dataset.name + "' has no question with an answer in its train split");
  }
  if (options.patience > 0 && result.validation.samples.empty()) {
    throw Error(ErrorCode::data, "'" + dataset.name + "' has no sample to hold out for early stopping; set patience = 0");
  }
  return result;
}

json train(AdapterContext& context, const TrainingSamples& samples, sdk::lora::LoraAdapter& adapter, Objective& objective,
           const TrainingOptions& options) {
  return Training(context, samples, adapter, objective, options).run();
}

}  // namespace medvlm::lora
