// A model behind a chat endpoint.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "medvlm/base/options.hpp"
#include "medvlm/core/model.hpp"
#include "medvlm/sdk/chat/client.hpp"

namespace medvlm::chat_api {

/// Has no weights and no files: its options are its identity.
class ChatModel final : public Model, public Answerer {
 public:
  explicit ChatModel(const Options& options);
  ~ChatModel() override;

  const ModelInfo& info() const override { return info_; }
  /// Reads the key and tries the endpoint. Throws Error(config), Error(network) with what to do.
  void load(c10::Device device, c10::ScalarType dtype) override;
  Answerer* answerer() override { return this; }

  /// The image in its original size as PNG: `pixels` holds the file's bytes, the extra "sha256" the hash of its pixels.
  ProcessedImage preprocess(const Image& image) const override;
  std::string preprocessing_identity() const override { return "PNG of the original pixels, 1"; }
  /// Throws Error(network) if the endpoint is gone for all questions; other faults are those of single answers.
  std::vector<Answer> answer(std::span<const Question> questions, const Generation& generation) override;

 private:
  std::string prompt(const Question& question) const;
  sdk::chat::Request request(const Question& question, const std::shared_ptr<const sdk::chat::Picture>& picture,
                             const Generation& generation) const;

  ModelInfo info_;
  sdk::chat::Settings settings_;
  std::optional<std::string> system_;
  bool concise_;
  bool image_first_;
  std::optional<std::filesystem::path> cache_folder_;
  std::unique_ptr<sdk::chat::Client> client_;
  std::shared_ptr<sdk::chat::ReplyStore> store_;
};

}  // namespace medvlm::chat_api
