#include "medvlm/sdk/vqa/question_dataset.hpp"

#include <algorithm>

#include "medvlm/sdk/table/image_file.hpp"
#include "medvlm/sdk/table/npy_image.hpp"
#include "medvlm/sdk/vqa/question_rows.hpp"

namespace medvlm::sdk {

QuestionSource::~QuestionSource() = default;

QuestionDataset::QuestionDataset(std::string name, std::string modality, std::unique_ptr<QuestionSource> source)
    : source_(std::move(source)) {
  info_.name = std::move(name);
  info_.task = Task::vqa;
  info_.modality = std::move(modality);
  info_.cluster_group = kImageGroup;
}

std::vector<Sample> QuestionDataset::samples(Split split) {
  const auto known = splits();
  if (std::find(known.begin(), known.end(), split) == known.end()) {
    std::string present;
    for (const Split one : known) present += (present.empty() ? "" : ", ") + std::string(to_string(one));
    throw Error(ErrorCode::data, info_.name + " has no " + std::string(to_string(split)) +
                                     " split here; there are files for: " + present);
  }
  std::vector<Sample> samples = source_->samples(split);
  if (samples.empty()) {
    throw Error(ErrorCode::data, info_.name + ": the " + std::string(to_string(split)) + " split has no questions");
  }
  return samples;
}

Image QuestionDataset::decode_image(const EncodedImage& encoded) const {
  return encoded.decoder == kNpyDecoder ? decode_npy_image(encoded) : decode_stored_image(encoded);
}

}  // namespace medvlm::sdk
