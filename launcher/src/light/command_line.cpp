#include "command_line.hpp"

#include <iostream>

#include "medvlm/base/error.hpp"

namespace medvlm::launcher {

namespace po = boost::program_options;

CommandLine::CommandLine(std::string usage, po::options_description options)
    : usage_(std::move(usage)), options_(std::move(options)) {
  options_.add_options()
      ("plugin-dir", po::value<std::vector<std::string>>()->composing()->value_name("FOLDER"),
       "search this folder first; may be given several times")
      ("help,h", "show this help");
}

bool CommandLine::parse(const Arguments& arguments) {
  po::options_description all;
  all.add(options_).add_options()("word", po::value<std::vector<std::string>>()->composing());
  po::positional_options_description words;
  words.add("word", -1);
  try {
    namespace style = po::command_line_style;
    const auto parsed = po::command_line_parser(arguments)
                            .options(all)
                            .positional(words)
                            .style(style::unix_style & ~style::allow_guessing)
                            .run();
    po::store(parsed, values_);
  } catch (const po::error& error) {
    throw Error(ErrorCode::usage, std::string(error.what()) + "; see '" + usage_.substr(0, usage_.find(" [")) +
                                      " --help'");
  }
  if (!has("help")) return true;
  std::cout << "usage: " << usage_ << "\n\n" << options_;
  return false;
}

std::vector<std::string> CommandLine::texts(const std::string& name) const {
  return has(name) ? values_[name].as<std::vector<std::string>>() : std::vector<std::string>{};
}

registry::Registry CommandLine::scan() const {
  registry::SearchRequest request;
  for (const std::string& folder : texts("plugin-dir")) request.command_line.emplace_back(folder);
  request.environment = registry::plugin_path_from_environment();
  request.prefix = registry::program_prefix();
  std::vector<registry::Problem> problems;
  const auto folders = registry::plugin_search_path(request, problems);
  return registry::Registry(folders, std::move(problems));
}

}  // namespace medvlm::launcher
