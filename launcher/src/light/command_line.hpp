// Reads the options that the light commands share, with uniform errors.
#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "command.hpp"
#include "medvlm/registry/registry.hpp"

namespace medvlm::launcher {

/// The parsed words of one command.
class CommandLine {
 public:
  /// `usage` is the first line of the help. Adds --help and --plugin-dir to `options`.
  CommandLine(std::string usage, boost::program_options::options_description options);

  /// Returns false if --help was asked for and printed. Throws Error(usage).
  bool parse(const Arguments& arguments);

  bool has(const std::string& name) const { return values_.count(name) != 0; }
  std::vector<std::string> texts(const std::string& name) const;
  /// The words that belong to no option.
  std::vector<std::string> words() const { return texts("word"); }
  double number(const std::string& name) const { return values_[name].as<double>(); }

  /// The plugins on the search path of --plugin-dir, MEDVLM_PLUGIN_PATH and the installation.
  registry::Registry scan() const;

 private:
  std::string usage_;
  boost::program_options::options_description options_;
  boost::program_options::variables_map values_;
};

}  // namespace medvlm::launcher
