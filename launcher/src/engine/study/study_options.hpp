// The command-line options that run and plan share.
#pragma once

#include <boost/program_options.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "study.hpp"

namespace medvlm::launcher {

class StudyOptions {
 public:
  /// Parses; returns false if --help was asked for and printed. Throws Error(usage). `own` are the command's own options.
  bool parse(int argc, char** argv, const std::string& command, const std::string& summary,
             const boost::program_options::options_description& own);

  /// The study with --set, --device and --dtype applied; complaints are added to `diagnostics`. Throws Error(io) or
  /// Error(config) if the file is no TOML, Error(usage) for a wrong --set.
  Study read(std::vector<Diagnostic>& diagnostics) const;
  std::vector<std::filesystem::path> plugin_folders() const;
  /// --set, --plugin-dir, --device and --dtype as they were given: for another process that is to see the same study.
  std::vector<std::string> changes_as_words() const;
  bool has(const std::string& name) const { return values_.count(name) > 0; }
  template <class Type>
  Type get(const std::string& name) const {
    return values_[name].as<Type>();
  }

 private:
  boost::program_options::variables_map values_;
};

}  // namespace medvlm::launcher
