// Small trees in the public layouts of VQA datasets, and what pandas, pyarrow and Pillow read from them
// (tests/peers/make_vqa_trees.py, compute_vqa_expected.py).
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "medvlm/base/files.hpp"
#include "medvlm/base/hash.hpp"
#include "medvlm/core/dataset.hpp"
#include "plugin_options.hpp"

namespace medvlm::test {

inline std::filesystem::path vqa_tree(const std::string& name) {
  return std::filesystem::path(MEDVLM_GOLDENS_DEFAULT) / "trees" / "vqa" / name;
}

/// What the peers read: split -> questions in order.
inline nlohmann::json vqa_expected(const std::string& tree) {
  static const auto all = nlohmann::json::parse(read_file(vqa_tree("expected.json")));
  return all.at(tree);
}

/// A dataset over a folder, with its options.
template <typename DatasetType>
DatasetType open_vqa(const std::string& plugin, const std::filesystem::path& root, Value::Table given = {}) {
  given.emplace("root", root.string());
  return DatasetType(plugin_options(plugin, given));
}

inline std::string group_of(const Sample& sample, const std::string& group) {
  const std::string* value = find_group(sample, group);
  return value ? *value : "(none)";
}

/// One question with its picture against the peers'. Keys that are no fields of a sample are the names of groups.
inline void check_question(const Dataset& dataset, const Sample& sample, const nlohmann::json& peer) {
  CAPTURE(sample.id);
  CHECK(sample.question == peer["question"]);
  CHECK(sample.answer == peer["answer"]);
  CHECK(sample.open == peer["open"]);
  CHECK(sample.image == peer["image"]);
  CHECK(sample.row == peer["row"]);
  CHECK(group_of(sample, "image") == sample.image);
  const Image image = dataset.decode_image(dataset.read_image(sample));
  CHECK(image.width == peer["size"][0]);
  CHECK(image.height == peer["size"][1]);
  CHECK(sha256_hex({reinterpret_cast<const char*>(image.pixels.data()), image.pixels.size()}) == peer["pixels"]);
  for (const char* group : {"modality", "content_type", "organ", "patient"}) {
    if (peer.contains(group)) CHECK(group_of(sample, group) == peer[group]);
  }
}

/// Every question of every split, and ids that occur once.
inline void check_questions(Dataset& dataset, const nlohmann::json& expected) {
  CHECK(dataset.info().task == Task::vqa);
  CHECK(dataset.info().cluster_group == "image");
  CHECK(dataset.splits().size() == expected.size());
  std::set<std::string> ids;
  for (const auto& [name, questions] : expected.items()) {
    CAPTURE(name);
    const std::vector<Sample> samples = dataset.samples(split_from_string(name).value());
    REQUIRE(samples.size() == questions.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      check_question(dataset, samples[i], questions[i]);
      CHECK(ids.insert(samples[i].id).second);
    }
  }
}

}  // namespace medvlm::test
