#include "chat_model.hpp"

#include <cstring>
#include <map>

#include <ATen/ATen.h>

#include "medvlm/base/log.hpp"
#include "medvlm/sdk/chat/png.hpp"

namespace medvlm::chat_api {
namespace {

namespace chat = sdk::chat;

/// The original benchmark's, for closed models.
constexpr const char* kConcise = "\n\nPlease answer the question concisely in no more than 2 sentences.";

at::Tensor bytes_tensor(const std::string& bytes) {
  at::Tensor tensor = at::empty({static_cast<std::int64_t>(bytes.size())}, at::kByte);
  std::memcpy(tensor.mutable_data_ptr(), bytes.data(), bytes.size());
  return tensor;
}

std::string tensor_bytes(const at::Tensor& tensor) {
  const at::Tensor whole = tensor.contiguous();
  return {static_cast<const char*>(whole.const_data_ptr()), static_cast<std::size_t>(whole.numel())};
}

std::shared_ptr<const chat::Picture> picture_of(const ProcessedImage& image) {
  return std::make_shared<const chat::Picture>(
      chat::Picture{tensor_bytes(image.pixels), tensor_bytes(image.extras.at(0).second)});
}

/// What no chat API offers must not be dropped silently.
void check_generation(const Generation& generation, chat::Api api) {
  if (generation.repetition_penalty && *generation.repetition_penalty != 1) {
    throw Error(ErrorCode::config,
                "a chat endpoint takes no repetition_penalty; leave it out, or write what the endpoint calls "
                "it into the model's `parameters`");
  }
  if (generation.top_k.value_or(0) > 0 && api == chat::Api::openai) {
    throw Error(ErrorCode::config,
                "the OpenAI API takes no top_k; leave it out, or write it into the model's `parameters` if "
                "this endpoint takes it");
  }
}

Answer answer_of(const chat::Outcome& outcome) {
  Answer answer;
  if (outcome.error) {
    answer.error = SampleError{"predict", outcome.error->code(), outcome.error->what()};
    return answer;
  }
  answer.text = outcome.reply.text;
  answer.prompt_tokens = outcome.reply.prompt_tokens;
  answer.new_tokens = outcome.reply.completion_tokens;
  answer.seconds = outcome.reply.seconds;
  return answer;
}

}  // namespace

ChatModel::ChatModel(const Options& options)
    : settings_(chat::read_settings(options)),
      concise_(options.flag("concise")),
      image_first_(options.flag("image_first")) {
  if (options.has("system")) system_ = options.text("system");
  if (options.has("answer_cache")) cache_folder_ = options.path("answer_cache");
  info_.family = settings_.model + " (chat endpoint)";
  info_.dtypes = {at::kFloat};  // of what the endpoint computes in nothing is known
}

ChatModel::~ChatModel() {
  if (client_ && client_->usage().questions > 0) {
    log(LogLevel::info, settings_.model + ": " + chat::to_string(client_->usage()));
  }
}

void ChatModel::load(c10::Device, c10::ScalarType) {
  client_ = std::make_unique<chat::Client>(settings_);
  if (cache_folder_) store_ = chat::ReplyStore::open(*cache_folder_ / "replies.jsonl");
  client_->check();
}

ProcessedImage ChatModel::preprocess(const Image& image) const {
  return {bytes_tensor(chat::encode_png(image.width, image.height, image.pixels)),
          {{"sha256", bytes_tensor(chat::pixels_sha256(image.width, image.height, image.pixels))}}};
}

std::string ChatModel::prompt(const Question& question) const {
  const bool asks_yes_or_no = question.text.find("yes or no") != std::string::npos;
  return concise_ && !asks_yes_or_no ? question.text + kConcise : question.text;
}

chat::Request ChatModel::request(const Question& question, const std::shared_ptr<const chat::Picture>& picture,
                                 const Generation& generation) const {
  chat::Request request;
  if (system_) request.messages.push_back({chat::Role::system, *system_});
  request.messages.push_back({chat::Role::user, prompt(question), {}, image_first_});
  if (picture) request.messages.back().pictures.push_back(picture);
  request.max_tokens = generation.max_new_tokens;
  request.temperature = generation.temperature;
  request.top_p = generation.top_p;
  if (generation.top_k.value_or(0) > 0) request.top_k = generation.top_k;
  return request;
}

std::vector<Answer> ChatModel::answer(std::span<const Question> questions, const Generation& generation) {
  check_generation(generation, settings_.api);
  std::map<const void*, std::shared_ptr<const chat::Picture>> pictures;
  std::vector<chat::Request> requests;
  for (const Question& question : questions) {
    std::shared_ptr<const chat::Picture> picture;
    if (question.image) {
      auto& known = pictures[question.image->pixels.const_data_ptr()];
      if (!known) known = picture_of(*question.image);
      picture = known;
    }
    requests.push_back(request(question, picture, generation));
  }
  std::vector<Answer> answers;
  for (const chat::Outcome& outcome : client_->ask(requests, {}, store_.get()).outcomes) {
    answers.push_back(answer_of(outcome));
  }
  return answers;
}

}  // namespace medvlm::chat_api
