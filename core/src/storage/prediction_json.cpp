#include "medvlm/core/prediction_json.hpp"

#include <nlohmann/json.hpp>

namespace medvlm {

nlohmann::json prediction_to_json(const Prediction& prediction) {
  nlohmann::json json = nlohmann::json::object();
  if (prediction.error) {
    json["error"] = {{"stage", prediction.error->stage},
                     {"code", error_code_name(prediction.error->code)},
                     {"message", prediction.error->message}};
    return json;
  }
  if (!prediction.scores.empty()) json["scores"] = prediction.scores;
  if (prediction.scores.empty()) {
    json["text"] = prediction.text;
    json["prompt_tokens"] = prediction.prompt_tokens;
    json["new_tokens"] = prediction.new_tokens;
    json["seconds"] = prediction.seconds;
  }
  return json;
}

Prediction prediction_from_json(const nlohmann::json& json) {
  Prediction prediction;
  if (const auto error = json.find("error"); error != json.end()) {
    prediction.error = SampleError{error->at("stage").get<std::string>(),
                                   error_code_from_name(error->at("code").get<std::string>()),
                                   error->at("message").get<std::string>()};
    return prediction;
  }
  if (const auto scores = json.find("scores"); scores != json.end()) {
    prediction.scores = scores->get<std::vector<double>>();
    return prediction;
  }
  prediction.text = json.at("text").get<std::string>();
  prediction.prompt_tokens = json.value("prompt_tokens", std::int64_t{0});
  prediction.new_tokens = json.value("new_tokens", std::int64_t{0});
  prediction.seconds = json.value("seconds", 0.0);
  return prediction;
}

}  // namespace medvlm
