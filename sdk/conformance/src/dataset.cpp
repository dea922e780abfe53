#include "medvlm/conformance/dataset.hpp"

#include <set>

#include "laws.hpp"

namespace medvlm::conformance {
namespace {

bool same(const Sample& a, const Sample& b) {
  return a.id == b.id && a.image == b.image && a.row == b.row && a.label == b.label && a.labels == b.labels &&
         a.question == b.question && a.answer == b.answer && a.open == b.open && a.groups == b.groups;
}

void require_consistent(const Image& image, const std::string& what) {
  const std::string size = std::to_string(image.width) + " x " + std::to_string(image.height);
  require(image.width > 0 && image.height > 0, what + " has the size " + size);
  require(image.pixels.size() == std::size_t(image.width) * std::size_t(image.height) * 3,
          what + " of " + size + " holds " + std::to_string(image.pixels.size()) +
              " bytes, expected width * height * 3");
}

class DatasetLaws {
 public:
  explicit DatasetLaws(Dataset& dataset) : dataset_(dataset) {}

  std::vector<Finding> run() {
    laws_.check("info is well-formed", [&] { info(); });
    const bool listed = laws_.check("splits are unique and not empty", [&] { splits(); });
    if (!listed) return laws_.take();
    laws_.check("ids are unique over all splits", [&] { ids(); });
    laws_.check("labels fit their kind", [&] { labels(); });
    laws_.check("the cluster group is known of every sample", [&] { clusters(); });
    laws_.check("a split lists the same twice", [&] { stable(); });
    for (const auto& [split, samples] : samples_) {
      laws_.check("the first image of " + std::string(to_string(split)) + " decodes, the same in two threads",
                  [&, &first = samples.front()] { image(first); });
      laws_.check("damaged bytes of " + std::string(to_string(split)) + " are refused with an Error",
                  [&, &first = samples.front()] { damage(first); });
    }
    return laws_.take();
  }

 private:
  void info() const {
    const DatasetInfo& info = dataset_.info();
    require(!info.name.empty(), "the name is empty");
    if (info.task == Task::vqa) {
      require(info.classes.empty(), "a VQA dataset has no classes");
      return;
    }
    const std::size_t classes = info.classes.size();
    require(info.labels != LabelKind::binary || classes == 2,
            "a binary dataset has two classes, found " + std::to_string(classes));
    require(classes >= (info.labels == LabelKind::multilabel ? 1 : 2), "too few classes: " + std::to_string(classes));
    std::set<std::string> names;
    for (const ClassInfo& item : info.classes) {
      require(!item.name.empty() && !item.text.empty(), "a class has no name or no text");
      require(names.insert(item.name).second, "two classes are called '" + item.name + "'");
    }
    require(info.prompt_template.find("{}") != std::string::npos, "the prompt template has no {} for the class");
  }

  void splits() {
    std::set<Split> seen;
    for (const Split split : dataset_.splits()) {
      const std::string name(to_string(split));
      require(seen.insert(split).second, "the split " + name + " is listed twice");
      samples_.emplace_back(split, dataset_.samples(split));
      require(!samples_.back().second.empty(), "the split " + name + " is empty");
    }
    require(!samples_.empty(), "there are no splits");
  }

  void each(const std::function<void(const Sample&)>& body) const {
    for (const auto& [split, samples] : samples_) {
      for (const Sample& sample : samples) body(sample);
    }
  }

  void ids() const {
    std::set<std::string_view> seen;
    each([&](const Sample& sample) {
      require(!sample.id.empty(), "a sample has no id");
      require(seen.insert(sample.id).second, "the id '" + sample.id + "' occurs twice");
    });
  }

  void labels() const {
    const DatasetInfo& info = dataset_.info();
    const auto classes = std::int64_t(info.classes.size());
    each([&](const Sample& sample) {
      const std::string who = "sample '" + sample.id + "'";
      if (info.task == Task::vqa) {
        require(!sample.question.empty(), who + " has no question");
        require(!sample.answer.empty(), who + " has no answer");
      } else if (info.labels == LabelKind::multilabel) {
        require(std::int64_t(sample.labels.size()) == classes, who + " has " + std::to_string(sample.labels.size()) +
                                                                   " labels, expected " + std::to_string(classes));
        for (const int label : sample.labels) {
          require(label >= -1 && label <= 1, who + " has the label " + std::to_string(label) + ", expected -1, 0 or 1");
        }
      } else {
        require(sample.label >= 0 && sample.label < classes,
                who + " has the label " + std::to_string(sample.label) + " of " + std::to_string(classes) + " classes");
      }
    });
  }

  void clusters() const {
    const std::string& group = dataset_.info().cluster_group;
    if (group.empty()) throw NotApplicable{"the dataset names no cluster group"};
    each([&](const Sample& sample) {
      require(find_group(sample, group) != nullptr, "sample '" + sample.id + "' has no group '" + group + "'");
    });
  }

  void stable() const {
    for (const auto& [split, samples] : samples_) {
      const std::vector<Sample> again = dataset_.samples(split);
      require(again.size() == samples.size(), std::string(to_string(split)) + " lists another number of samples");
      for (std::size_t i = 0; i < samples.size(); ++i) {
        require(same(samples[i], again[i]), "sample '" + samples[i].id + "' differs between two calls");
      }
    }
  }

  void image(const Sample& sample) const {
    const auto [first, second] = in_two_threads([&] { return dataset_.decode_image(dataset_.read_image(sample)); });
    require_consistent(first, "the image of '" + sample.id + "'");
    require(first.width == second.width && first.height == second.height && first.pixels == second.pixels,
            "the image of '" + sample.id + "' differs between two threads");
  }

  void damage(const Sample& sample) const {
    const EncodedImage encoded = dataset_.read_image(sample);
    EncodedImage empty = encoded;
    empty.bytes.clear();
    bool refused = false;
    try {
      dataset_.decode_image(empty);
    } catch (const Error&) {
      refused = true;
    }
    require(refused, "no bytes at all were decoded to an image");
    EncodedImage half = encoded;
    half.bytes.resize(half.bytes.size() / 2);
    try {
      // Some formats give the upper half of a cut image, as Pillow can; then it must at least be consistent.
      require_consistent(dataset_.decode_image(half), "the image of a file that was cut in half");
    } catch (const Error&) {
    }
  }

  Dataset& dataset_;
  Laws laws_;
  std::vector<std::pair<Split, std::vector<Sample>>> samples_;
};

}  // namespace

std::vector<Finding> check_dataset(Dataset& dataset) { return DatasetLaws(dataset).run(); }

}  // namespace medvlm::conformance
