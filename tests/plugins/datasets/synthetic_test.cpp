#include <doctest/doctest.h>

#include <map>
#include <set>

#include "medvlm/base/hash.hpp"
#include "plugin_options.hpp"
#include "scratch_folder.hpp"
#include "synthetic/synthetic.hpp"

using namespace medvlm;
using namespace medvlm::test;
using medvlm::synthetic::Synthetic;

namespace {

const char* const kKinds[] = {"radiograph", "histology", "fundus", "shapes"};

Synthetic make(Value::Table given) {
  given.emplace("image_size", 48);
  return Synthetic(plugin_options("synthetic", given));
}

Image paint(const Synthetic& dataset, const Sample& sample) {
  return dataset.decode_image(dataset.read_image(sample));
}

double mean(const Image& image) {
  double sum = 0;
  for (const auto value : image.pixels) sum += value;
  return sum / double(image.pixels.size());
}

}  // namespace

TEST_CASE("synthetic splits have the wanted sizes") {
  Synthetic dataset = make({{"train", 6}, {"test", 10}});
  CHECK((dataset.splits() == std::vector<Split>{Split::train, Split::test}));
  CHECK(dataset.samples(Split::train).size() == 6);
  CHECK(dataset.samples(Split::test).size() == 10);
  CHECK(contains(error_of([&] { dataset.samples(Split::validation); }), "set option 'validation' above 0"));
}

TEST_CASE("synthetic labels are balanced and shared by the two images of a patient") {
  Synthetic dataset = make({{"test", 200}});
  std::map<std::string, std::set<std::int64_t>> of_patient;
  std::int64_t positives = 0;
  for (const Sample& sample : dataset.samples(Split::test)) {
    of_patient[*find_group(sample, "patient")].insert(sample.label);
    positives += sample.label;
  }
  CHECK(positives == 100);
  CHECK(of_patient.size() == 100);
  for (const auto& [patient, labels] : of_patient) CHECK(labels.size() == 1);
}

TEST_CASE("synthetic labels and grades are pinned, so that they are the same everywhere") {
  std::string labels, grades;
  for (const Sample& sample : make({{"test", 16}}).samples(Split::test)) {
    labels += std::to_string(sample.label);
    grades += find_group(sample, "difficulty")->front();
  }
  CHECK(labels == "0011110011001100");
  CHECK(grades == "emhmehemhehhhmhm");
}

TEST_CASE("all grades of difficulty occur") {
  std::map<std::string, int> counts;
  for (const Sample& sample : make({{"test", 300}}).samples(Split::test)) ++counts[*find_group(sample, "difficulty")];
  CHECK(counts.size() == 3);
  for (const auto& [grade, count] : counts) CHECK(count > 60);
}

TEST_CASE("a smaller synthetic set is the beginning of a larger one") {
  const auto small = make({{"test", 10}}).samples(Split::test);
  const auto large = make({{"test", 50}}).samples(Split::test);
  for (std::size_t i = 0; i < small.size(); ++i) {
    CHECK(small[i].id == large[i].id);
    CHECK(small[i].image == large[i].image);
    CHECK(small[i].label == large[i].label);
  }
}

TEST_CASE("synthetic ids differ between splits and so do patients") {
  Synthetic dataset = make({{"train", 20}, {"test", 20}});
  std::set<std::string> ids, patients;
  for (const Split split : dataset.splits()) {
    for (const Sample& sample : dataset.samples(split)) {
      ids.insert(sample.id);
      patients.insert(*find_group(sample, "patient"));
    }
  }
  CHECK(ids.size() == 40);
  CHECK(patients.size() == 20);
}

TEST_CASE("a synthetic image has the wanted size and is the same each time") {
  for (const char* kind : kKinds) {
    Synthetic dataset = make({{"kind", kind}});
    const Sample sample = dataset.samples(Split::test)[5];
    const Image image = paint(dataset, sample);
    CHECK(image.width == 48);
    CHECK(image.height == 48);
    CHECK(image.pixels.size() == 48 * 48 * 3);
    CHECK(image.pixels == paint(make({{"kind", kind}}), sample).pixels);
  }
}

TEST_CASE("each synthetic image is another, and another seed gives others") {
  for (const char* kind : kKinds) {
    Synthetic dataset = make({{"kind", kind}, {"test", 12}});
    Synthetic other = make({{"kind", kind}, {"test", 12}, {"seed", 7}});
    std::set<std::string> hashes;
    for (Synthetic* one : {&dataset, &other}) {
      for (const Sample& sample : one->samples(Split::test)) {
        const Image image = paint(*one, sample);
        hashes.insert(sha256_hex({reinterpret_cast<const char*>(image.pixels.data()), image.pixels.size()}));
      }
    }
    CHECK(hashes.size() == 24);
  }
}

TEST_CASE("the finding can be seen in the pixels: opacities and cups are bright, crowded nuclei dark") {
  for (const auto& [kind, sign] : {std::pair{"radiograph", 1.0}, {"histology", -1.0}, {"fundus", 1.0}}) {
    Synthetic dataset = make({{"kind", kind}, {"test", 120}, {"difficulty", 0.0}});
    double sums[2] = {0, 0};
    for (const Sample& sample : dataset.samples(Split::test)) sums[sample.label] += mean(paint(dataset, sample));
    CHECK(sign * (sums[1] - sums[0]) > 0);
  }
}

TEST_CASE("greater difficulty makes the finding fainter") {
  // The same image with and without its finding can be had by the difficulty alone.
  const auto distance = [](double difficulty) {
    Synthetic plain = make({{"difficulty", difficulty}}), faint = make({{"difficulty", 1.0}});
    double sum = 0;
    for (std::size_t i = 0; i < 40; ++i) {
      const Sample a = plain.samples(Split::test)[i], b = faint.samples(Split::test)[i];
      if (a.label == 0) continue;
      const Image x = paint(plain, a), y = paint(faint, b);
      for (std::size_t p = 0; p < x.pixels.size(); ++p) sum += std::abs(int(x.pixels[p]) - int(y.pixels[p]));
    }
    return sum;
  };
  CHECK(distance(0.0) > distance(0.5));
  CHECK(distance(0.5) > distance(0.9));
}

TEST_CASE("damaged recipes are refused") {
  const Synthetic dataset = make({});
  const std::string good = dataset.read_image(make({}).samples(Split::test)[0]).bytes;
  const auto decode = [&](const std::string& bytes) {
    return error_of([&] { dataset.decode_image({"synthetic-1", bytes, "x"}); });
  };
  CHECK(decode(good).empty());
  for (std::size_t length = 0; length + 3 < good.size(); ++length) CHECK(!decode(good.substr(0, length)).empty());
  CHECK(contains(decode(good + " more=1"), "is no recipe"));
  CHECK(contains(decode("kind=radiograph seed=1 split=test index=0 size=99999999 difficulty=0"), "is no recipe"));
  CHECK(contains(decode("kind=radiograph seed=1 split=test index=-1 size=32 difficulty=0"), "is no recipe"));
  CHECK(contains(decode("kind=radiograph seed=1 split=test index=0 size=32 difficulty=nan"), "is no recipe"));
  CHECK(contains(error_of([&] { dataset.decode_image({"file", good, "x"}); }), "made for decoder 'file'"));
}

TEST_CASE("synthetic class texts stand alone") {
  for (const char* kind : kKinds) {
    const DatasetInfo info = make({{"kind", kind}}).info();
    CHECK(info.prompt_template == "{}");
    CHECK(info.labels == LabelKind::binary);
    REQUIRE(info.classes.size() == 2);
    CHECK(info.classes[0].text != info.classes[1].text);
  }
}

TEST_CASE("synthetic questions: four on each image, balanced, with the answers that the image has") {
  Synthetic dataset = make({{"test", 240}, {"task", "vqa"}, {"kind", "mixed"}});
  CHECK((dataset.info().task == Task::vqa));
  const auto samples = dataset.samples(Split::test);
  REQUIRE(samples.size() == 4 * 240);
  std::map<std::string, int> yes, closed, answers;
  std::set<std::string> images, ids;
  for (const Sample& sample : samples) {
    CHECK(ids.insert(sample.id).second);
    images.insert(sample.image);
    CHECK(find_group(sample, "patient") != nullptr);
    const bool yes_or_no = sample.answer == "yes" || sample.answer == "no";
    CHECK(sample.open == !yes_or_no);
    const std::string kind = sample.question.substr(0, 9);
    if (yes_or_no) ++closed[kind];
    if (sample.answer == "yes") ++yes[kind];
    if (sample.question == "What kind of image is this?") {
      ++answers[sample.answer];
      CHECK(contains(sample.image, "kind=" + std::string(sample.answer == "chest radiograph" ? "radiograph"
                                                         : sample.answer == "histology slide" ? "histology" : "fundus")));
    }
  }
  CHECK(images.size() == 240);
  CHECK(answers == std::map<std::string, int>{{"chest radiograph", 80}, {"histology slide", 80}, {"fundus photograph", 80}});
  for (const auto& [kind, count] : closed) CHECK(std::abs(2 * yes[kind] - count) < count / 4);
}

TEST_CASE("synthetic questions need a medical kind, and mixed images have no classes") {
  CHECK(contains(error_of([] { make({{"task", "vqa"}, {"kind", "shapes"}}); }), "shapes"));
  CHECK(contains(error_of([] { make({{"kind", "mixed"}}); }), "vqa"));
}
