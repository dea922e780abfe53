#include "cluster/scenario_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"

namespace medvlm::launcher::cluster {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Takes `samples` from the beginning of a result, and stops reading at the metrics.
class ResultHead final : public json::json_sax_t {
 public:
  explicit ResultHead(ScenarioFiles& files) : files_(files) {}

  bool key(string_t& name) override {
    key_ = name;
    if (depth_ != 1) return true;
    section_ = name;
    return name != "metrics" && name != "manifest";
  }
  bool number_unsigned(number_unsigned_t number) override {
    if (section_ == "samples" && depth_ == 2 && key_ == "total") files_.samples = number;
    if (section_ == "samples" && depth_ == 2 && key_ == "errored") files_.errored = number;
    return true;
  }
  bool start_object(std::size_t) override { return ++depth_ > 0; }
  bool end_object() override { return --depth_ >= 0; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }

 private:
  ScenarioFiles& files_;
  std::string key_, section_;
  int depth_ = 0;
};

/// Of a journal's lines the first is its header.
std::size_t records_in(const fs::path& folder) {
  const std::size_t lines = count_lines(folder / "journal.jsonl");
  return lines == 0 ? 0 : lines - 1;
}

void add_shards(const fs::path& folder, ScenarioFiles& files) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder / "shards", ignored)) {
    ++files.shards;
    files.predictions += records_in(entry.path());
  }
}

json parsed(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return nullptr;
  try {
    return json::parse(read_file(file), nullptr, false);
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace

std::size_t count_lines(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  static thread_local std::vector<char> buffer(1 << 18);
  std::size_t lines = 0;
  for (ssize_t got = 0; (got = ::read(descriptor, buffer.data(), buffer.size())) > 0;) {
    lines += static_cast<std::size_t>(std::count(buffer.data(), buffer.data() + got, '\n'));
  }
  ::close(descriptor);
  return lines;
}

ScenarioFiles look_at(const fs::path& folder) {
  ScenarioFiles files;
  files.predictions = records_in(folder);
  add_shards(folder, files);
  if (std::ifstream stream(folder / "result.json", std::ios::binary); stream) {
    files.has_result = true;
    ResultHead head(files);
    json::sax_parse(stream, &head, json::input_format_t::json, false);
    files.published = !fs::exists(folder / "journal.jsonl") && !fs::exists(folder / "predictions.jsonl");
  }
  if (const json training = parsed(folder / "training.json"); training.is_object()) {
    files.training_begun = true;
    files.trained = training.contains("finished") && training["finished"] == true;
  }
  if (const json error = parsed(folder / "error.json"); error.is_object()) {
    const auto text = [&](const char* key) {
      return error.contains(key) && error[key].is_string() ? error[key].get<std::string>() : "";
    };
    files.error = text("code") + ": " + text("message");
  }
  return files;
}

}  // namespace medvlm::launcher::cluster
