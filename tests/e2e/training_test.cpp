// Adapters that learn: the test split stays shut meanwhile, and seeds are spread.
#include <sys/inotify.h>

#include <cstring>

#include "program.hpp"

namespace medvlm::e2e {
namespace {

/// Records, in one order, every file that is opened or renamed in some folders.
class Watch {
 public:
  Watch() : queue_(::inotify_init1(IN_NONBLOCK)) {
    if (queue_ < 0) throw std::runtime_error("cannot watch files");
  }
  ~Watch() { ::close(queue_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void add(const fs::path& folder) {
    fs::create_directories(folder);
    if (::inotify_add_watch(queue_, folder.c_str(), IN_OPEN | IN_MOVED_TO) < 0) {
      throw std::runtime_error("cannot watch " + folder.string());
    }
  }

  /// "opened NAME" or "renamed to NAME", in the order of time. Call it once, after the program has ended.
  std::vector<std::string> events() const {
    std::vector<std::string> list;
    alignas(inotify_event) char buffer[1 << 16];
    for (ssize_t size; (size = ::read(queue_, buffer, sizeof buffer)) > 0;) {
      for (char* at = buffer; at < buffer + size;) {
        const auto* event = reinterpret_cast<const inotify_event*>(at);
        if (event->mask & IN_Q_OVERFLOW) throw std::runtime_error("too many events");
        const std::string name = event->len > 0 ? event->name : "";
        list.push_back(((event->mask & IN_MOVED_TO) ? "renamed to " : "opened ") + name);
        at += sizeof(inotify_event) + event->len;
      }
    }
    return list;
  }

 private:
  int queue_;
};

/// A copy of the CheXpert tree: one file of labels and one folder of images for each split.
std::string chexpert(const fs::path& root) {
  fs::create_directories(root);
  fs::copy(goldens_folder() / "trees" / "CheXpert-v1.0-small", root / "CheXpert-v1.0-small", fs::copy_options::recursive);
  return "[[datasets]]\nname = \"data\"\nplugin = \"chexpert\"\nroot = \"" + root.string() + "\"\n";
}

std::string study_with(const std::string& datasets, const std::string& adapters, const std::string& model_lines = "") {
  return "[study]\nname = \"e2e\"\n[run]\ndevice = \"cpu\"\ndtype = \"float32\"\nthreads = 1\n[bootstrap]\nrounds = 20\n"
         "[[models]]\nname = \"model\"\nplugin = \"clip\"\ncheckpoint = \"" MEDVLM_TINY_CHECKPOINT "\"\n" + model_lines + "\n" +
         datasets + adapters + "[[metrics]]\nplugin = \"auroc\"\n";
}

std::string shapes(int train, int test) {
  return "[[datasets]]\nname = \"data\"\nplugin = \"synthetic\"\nkind = \"shapes\"\nimage_size = 64\ntrain = " +
         std::to_string(train) + "\ntest = " + std::to_string(test) + "\n";
}

void check_order(const std::string& adapter) {
  TempFolder folder;
  const std::string text = study_with(chexpert(folder / "tree"), adapter);
  const fs::path scenario = folder / "out" / "model" / "data" / "learner";
  Watch watch;
  watch.add(scenario);
  watch.add(folder / "tree" / "CheXpert-v1.0-small");
  for (const auto& patient : fs::recursive_directory_iterator(folder / "tree" / "CheXpert-v1.0-small" / "valid")) {
    if (patient.is_directory() && contains(patient.path().filename().string(), "study")) watch.add(patient.path());
  }
  const Outcome outcome = run(write(folder / "study.toml", text), folder / "out");
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  REQUIRE(nlohmann::json::parse(read(scenario / "training.json"))["finished"] == true);
  const auto events = watch.events();
  const auto first = [&](const std::string& event) { return std::find(events.begin(), events.end(), event) - events.begin(); };
  const auto last_record = std::find(events.rbegin(), events.rend(), "renamed to training.json").base() - events.begin();
  const auto size = std::ptrdiff_t(events.size());
  REQUIRE(first("opened train.csv") < size);
  REQUIRE(first("opened valid.csv") < size);
  REQUIRE(first("opened view1_frontal.jpg") < size);
  CHECK(first("opened train.csv") < first("renamed to training.json"));
  CHECK(first("opened valid.csv") > last_record);
  CHECK(first("opened view1_frontal.jpg") > last_record);
}

}  // namespace

TEST_CASE("no file of the test split is opened before a probe is trained") {
  check_order("[[adapters]]\nname = \"learner\"\nplugin = \"linear_probe\"\n");
}

TEST_CASE("no file of the test split is opened before LoRA is trained") {
  check_order("[[adapters]]\nname = \"learner\"\nplugin = \"lora\"\nepochs = 1\nrank = 2\n");
}

TEST_CASE("an adapter with several seeds is trained with each, and their spread is told") {
  TempFolder folder;
  const std::string probe = "[[adapters]]\nname = \"probe\"\nplugin = \"linear_probe\"\nsolver = \"adamw\"\nepochs = 1\nseeds = [1, 2, 3]\n";
  const Outcome outcome = run(write(folder / "study.toml", study_with(shapes(40, 24), probe)), folder / "out");
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  CHECK(contains(outcome.out, "probe/seed-2"));
  CHECK(contains(outcome.out, "over seeds"));
  const fs::path group = folder / "out" / "model" / "data" / "probe";
  const auto spread = nlohmann::json::parse(read(group / "seeds.json")).at(0);
  CHECK(spread["seeds"] == nlohmann::json({1, 2, 3}));
  double sum = 0;
  for (int seed : {1, 2, 3}) sum += metric(result(group / ("seed-" + std::to_string(seed))), "auroc")["value"].get<double>();
  CHECK(spread["mean"].get<double>() == doctest::Approx(sum / 3));
  CHECK(spread["std"].get<double>() > 0);  // other starts, other orders
  CHECK(read(group / "seed-1" / "journal.jsonl") != read(group / "seed-2" / "journal.jsonl"));
}

TEST_CASE("seeds that are no numbers, and seeds of an adapter that does not learn, are refused") {
  TempFolder folder;
  const auto refused = [&](const std::string& adapter) {
    const Outcome outcome = plan(write(folder / "study.toml", study_with(shapes(8, 8), adapter)), folder / "out");
    CHECK(outcome.status == 3);
    return outcome.err;
  };
  CHECK(contains(refused("[[adapters]]\nplugin = \"linear_probe\"\nseeds = [1, 1]\n"), "adapters[0].seeds: expected a list of different"));
  CHECK(contains(refused("[[adapters]]\nplugin = \"linear_probe\"\nseeds = 3\n"), "adapters[0].seeds"));
  CHECK(contains(refused("[[adapters]]\nplugin = \"off_the_shelf\"\nseeds = [1, 2]\n"), "does not train"));
}

TEST_CASE("a trained scenario is not trained again, and a changed one is refused before any test") {
  TempFolder folder;
  const std::string probe = "[[adapters]]\nname = \"probe\"\nplugin = \"linear_probe\"\n";
  const fs::path study = write(folder / "study.toml", study_with(shapes(40, 24), probe));
  REQUIRE(run(study, folder / "out").status == 0);
  const fs::path scenario = folder / "out" / "model" / "data" / "probe";
  const std::string record = read(scenario / "training.json"), numbers = read(scenario / "result.json");
  REQUIRE(run(study, folder / "out").status == 0);
  CHECK(read(scenario / "training.json") == record);
  CHECK(read(scenario / "result.json") == numbers);
  const Outcome changed = run(study, folder / "out", {"--set", "adapters.probe.strengths=[0.5]"});
  CHECK(changed.status != 0);
  CHECK(contains(changed.err, "adapter.options.strengths"));
  CHECK(contains(changed.err, "--fresh"));
  CHECK(read(scenario / "training.json") == record);
  REQUIRE(run(study, folder / "out", {"--set", "adapters.probe.strengths=[0.5]", "--fresh"}).status == 0);
  CHECK(read(scenario / "training.json") != record);
}

}  // namespace medvlm::e2e
