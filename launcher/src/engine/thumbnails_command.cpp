#include "thumbnails_command.hpp"

#include <algorithm>
#include <atomic>
#include <iostream>
#include <map>
#include <thread>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "medvlm/base/files.hpp"
#include "medvlm/base/log.hpp"
#include "medvlm/core/sample_error.hpp"
#include "medvlm/sdk/image/resize.hpp"
#include "study_options.hpp"
#include "terminal.hpp"
#include "workbench.hpp"

namespace medvlm::launcher {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr int kJpegQuality = 80;

/// The picture as JPEG, no side longer than `side`.
std::string thumbnail_of(const Image& image, int side) {
  const int longest = std::max(image.width, image.height);
  const auto scaled = [&](int length) { return std::max(1, int(std::int64_t{length} * side / longest)); };
  const Image small = longest <= side ? image : sdk::resize(image, scaled(image.width), scaled(image.height), sdk::Filter::bicubic);
  cv::Mat blue_first(small.height, small.width, CV_8UC3);
  for (std::size_t i = 0; i < small.pixels.size(); ++i) blue_first.data[i - i % 3 + 2 - i % 3] = small.pixels[i];
  std::vector<unsigned char> bytes;
  cv::imencode(".jpg", blue_first, bytes, {cv::IMWRITE_JPEG_QUALITY, kJpegQuality});
  return {bytes.begin(), bytes.end()};
}

/// The test images of one dataset, each with the places that show it: questions on one picture share it.
class DatasetThumbnails {
 public:
  DatasetThumbnails(Dataset& dataset, const std::vector<Sample>& samples, fs::path folder, int side)
      : dataset_(dataset), samples_(samples), folder_(std::move(folder)), side_(side) {
    std::map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto [found, added] = known.try_emplace(samples[i].image, places_.size());
      if (added) places_.emplace_back();
      places_[found->second].push_back(i);
    }
  }

  /// Returns how many images could not be read.
  std::size_t write() {
    make_folder(folder_);
    std::vector<std::jthread> threads;
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < cores; ++i) threads.emplace_back([this] { work(); });
    threads.clear();
    return failed_;
  }

 private:
  void work() {
    for (std::size_t next = next_++; next < places_.size() && !stop_requested(); next = next_++) {
      const auto error = sample_error_of("thumbnail", [&] { write(places_[next]); });
      if (!error) continue;
      ++failed_;
      log(LogLevel::warning, samples_[places_[next].front()].image + ": no thumbnail: " + error->message);
    }
  }

  void write(const std::vector<std::size_t>& places) {
    const Image image = dataset_.decode_image(dataset_.read_image(samples_[places.front()]));
    const std::string bytes = thumbnail_of(image, side_);
    for (const std::size_t place : places) write_file_atomically(folder_ / (std::to_string(place) + ".jpg"), bytes);
  }

  Dataset& dataset_;
  const std::vector<Sample>& samples_;
  fs::path folder_;
  int side_;
  std::vector<std::vector<std::size_t>> places_;  ///< by image: positions in the test split
  std::atomic<std::size_t> next_{0}, failed_{0};
};

}  // namespace

int thumbnails_main(int argc, char** argv) {
  po::options_description own;
  own.add_options()("out", po::value<std::string>()->value_name("FOLDER"), "where the pictures go (needed)")
      ("size", po::value<int>()->default_value(96)->value_name("PIXELS"), "the longer side of a picture");
  StudyOptions options;
  if (!options.parse(argc, argv, "thumbnails",
                     "Makes small pictures of the test images of a study's datasets, <out>/<dataset>/<index>.jpg, for\n"
                     "'medvlm report RESULTS --thumbnails <out>'. They show patients' images: mind who gets the report.",
                     own)) {
    return 0;
  }
  start_logging(options.has("quiet"));
  install_stop_signals();
  if (!options.has("out")) throw Error(ErrorCode::usage, "say where the pictures go: --out FOLDER");
  const int side = options.get<int>("size");
  if (side < 8 || side > 1024) throw Error(ErrorCode::usage, "--size must be from 8 to 1024 pixels");
  std::vector<Diagnostic> diagnostics;
  Study read = options.read(diagnostics);
  Workbench bench(std::move(read), options.plugin_folders(), std::move(diagnostics));
  const fs::path out = options.get<std::string>("out");
  for (auto& dataset : bench.datasets()) {
    const std::vector<Sample> samples = bench.test_samples(dataset);
    const std::size_t failed = DatasetThumbnails(*dataset.object, samples, out / dataset.entry.name, side).write();
    if (stop_requested()) return exit_status(ErrorCode::interrupted);
    std::cout << dataset.entry.name << ": pictures of " << samples.size() << " samples"
              << (failed == 0 ? "" : ", " + std::to_string(failed) + " images could not be read") << "\n";
  }
  std::cout << "show them: medvlm report " << bench.study().output.string() << " --thumbnails " << out.string() << "\n";
  return 0;
}

}  // namespace medvlm::launcher
