// For end-to-end tests: starts the built program, and makes studies and folders for it.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace medvlm::e2e {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

inline std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline fs::path write(const fs::path& file, const std::string& content) {
  fs::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream << content;
  stream.close();
  if (!stream) throw std::runtime_error("cannot write " + file.string());
  return file;
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A new empty folder, removed at the end.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (fs::temp_directory_path() / "medvlm-e2e-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a folder in " + name);
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  fs::path operator/(const std::string& name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// How a program ended. `status` is -1 if a signal ended it.
struct Outcome {
  int status = -1;
  int signal = 0;
  std::string out, err;
};

inline std::string medvlm_program() { return std::string(MEDVLM_BUILD_DIR) + "/bin/medvlm"; }

/// A running program; it is killed if nobody waits for it.
class Process {
 public:
  explicit Process(Words words, const std::map<std::string, std::string>& environment = {}) {
    out_ = folder_ / "out";
    err_ = folder_ / "err";
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("cannot fork");
    if (pid_ == 0) {
      for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
      ::unsetenv("MEDVLM_PLUGIN_PATH");
      ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
      ::dup2(::open(out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
      ::dup2(::open(err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
      ::execvp(pointers[0], pointers.data());
      ::_exit(127);
    }
  }
  ~Process() {
    if (ended_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void send(int signal) const { ::kill(pid_, signal); }

  bool has_ended() {
    if (!ended_ && ::waitpid(pid_, &wait_status_, WNOHANG) == pid_) ended_ = true;
    return ended_;
  }

  Outcome wait() {
    if (!ended_ && ::waitpid(pid_, &wait_status_, 0) != pid_) throw std::runtime_error("cannot wait");
    ended_ = true;
    Outcome outcome;
    if (WIFEXITED(wait_status_)) outcome.status = WEXITSTATUS(wait_status_);
    if (WIFSIGNALED(wait_status_)) outcome.signal = WTERMSIG(wait_status_);
    outcome.out = read(out_);
    outcome.err = read(err_);
    return outcome;
  }

  /// Waits until the condition holds; false if the process ended, or a minute passed, before it did.
  bool wait_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 60000; ++i) {
      if (condition()) return true;
      if (has_ended()) return condition();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }

 private:
  TempFolder folder_;
  fs::path out_, err_;
  pid_t pid_ = -1;
  int wait_status_ = 0;
  bool ended_ = false;
};

inline Outcome start_and_wait(Words words) { return Process(std::move(words)).wait(); }

inline Words command(const std::string& name, const fs::path& study, const fs::path& output, const Words& more = {}) {
  Words words{medvlm_program(), name, study.string(), "--set", "study.output=\"" + output.string() + "\""};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

inline Outcome run(const fs::path& study, const fs::path& output, const Words& more = {}) {
  return start_and_wait(command("run", study, output, more));
}

inline Outcome plan(const fs::path& study, const fs::path& output, const Words& more = {}) {
  return start_and_wait(command("plan", study, output, more));
}

/// A study of one model, off the shelf, on the CPU in float32, with `datasets` as TOML entries.
inline std::string study_text(const std::string& datasets, const std::string& run_lines = "",
                              const std::string& checkpoint = MEDVLM_TINY_CHECKPOINT) {
  return "[study]\nname = \"e2e\"\n[run]\ndevice = \"cpu\"\ndtype = \"float32\"\nthreads = 1\n" + run_lines +
         "\n[[models]]\nname = \"model\"\nplugin = \"clip\"\ncheckpoint = \"" + checkpoint + "\"\n" + datasets +
         "\n[[adapters]]\nname = \"ots\"\nplugin = \"off_the_shelf\"\n[[metrics]]\nplugin = \"auroc\"\n"
         "[[metrics]]\nplugin = \"accuracy\"\n";
}

/// An entry for generated images.
inline std::string synthetic(int samples, int size = 64) {
  return "[[datasets]]\nname = \"data\"\nplugin = \"synthetic\"\ntrain = 0\ntest = " + std::to_string(samples) +
         "\nimage_size = " + std::to_string(size) + "\n";
}

/// The folder of the scenario of study_text().
inline fs::path scenario(const fs::path& output, const std::string& dataset = "data") {
  return output / "model" / dataset / "ots";
}

inline nlohmann::json result(const fs::path& folder) { return nlohmann::json::parse(read(folder / "result.json")); }

/// The result without what may differ between two runs of the same study: the time of writing and how the work went.
inline nlohmann::json comparable(const fs::path& folder) {
  nlohmann::json document = result(folder);
  document["manifest"].erase("written");
  document["manifest"]["config"]["study"].erase("output");  // tests put each run elsewhere
  document.erase("run");
  return document;
}

inline nlohmann::json metric(const nlohmann::json& document, const std::string& name) {
  for (const auto& value : document["metrics"]) {
    if (value["name"] == name) return value;
  }
  throw std::runtime_error("the result has no metric " + name);
}

inline std::vector<nlohmann::json> predictions(const fs::path& folder) {
  std::vector<nlohmann::json> list;
  std::ifstream stream(folder / "predictions.jsonl");
  for (std::string line; std::getline(stream, line);) list.push_back(nlohmann::json::parse(line));
  return list;
}

/// Complete lines of the journal, the header included.
inline std::size_t journal_lines(const fs::path& folder) {
  std::ifstream stream(folder / "journal.jsonl", std::ios::binary);
  return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(stream), {}, '\n'));
}

inline fs::path goldens_folder() {
  const char* chosen = std::getenv("MEDVLM_GOLDENS");
  return chosen && *chosen ? chosen : MEDVLM_GOLDENS_DEFAULT;
}

}  // namespace medvlm::e2e
