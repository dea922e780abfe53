#include "study_options.hpp"

#include <iostream>

#include "medvlm/base/error.hpp"

namespace medvlm::launcher {

namespace po = boost::program_options;

bool StudyOptions::parse(int argc, char** argv, const std::string& command, const std::string& summary,
                         const po::options_description& own) {
  po::options_description shown("options");
  shown.add(own).add_options()
      ("set", po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
       "change a setting of the study, e.g. run.batch_size=8 or models.clip.checkpoint=/data/clip; may be repeated")
      ("device", po::value<std::string>()->value_name("NAME"), "auto, cpu, cuda or cuda:N; overrides run.device")
      ("dtype", po::value<std::string>()->value_name("NAME"), "auto, float32, bfloat16 or float16; overrides run.dtype")
      ("plugin-dir", po::value<std::vector<std::string>>()->composing()->value_name("FOLDER"),
       "search this folder for plugins first; may be repeated")
      ("json", "print the outcome as JSON on standard output")
      ("quiet", "no progress and no notices; errors still appear")
      ("help,h", "show this help");
  po::options_description all;
  all.add(shown).add_options()("study", po::value<std::vector<std::string>>());
  po::positional_options_description words;
  words.add("study", -1);
  try {
    namespace style = po::command_line_style;
    po::store(po::command_line_parser(argc, argv).options(all).positional(words).style(style::unix_style & ~style::allow_guessing).run(),
              values_);
    po::notify(values_);
  } catch (const po::error& error) {
    throw Error(ErrorCode::usage, std::string(error.what()) + "; see 'medvlm " + command + " --help'");
  }
  if (has("help")) {
    std::cout << "usage: medvlm " << command << " STUDY.toml [options]\n\n" << summary << "\n\n" << shown;
    return false;
  }
  if (!has("study") || get<std::vector<std::string>>("study").size() != 1) {
    throw Error(ErrorCode::usage, "give one study file: medvlm " + command + " STUDY.toml");
  }
  return true;
}

Study StudyOptions::read(std::vector<Diagnostic>& diagnostics) const {
  std::vector<std::string> changes;
  if (has("set")) changes = get<std::vector<std::string>>("set");
  for (const char* name : {"device", "dtype"}) {
    if (has(name)) changes.push_back(std::string("run.") + name + "=\"" + get<std::string>(name) + "\"");
  }
  return read_study(get<std::vector<std::string>>("study").front(), changes, diagnostics);
}

std::vector<std::string> StudyOptions::changes_as_words() const {
  std::vector<std::string> words;
  for (const char* name : {"set", "plugin-dir"}) {
    if (!has(name)) continue;
    for (const std::string& value : get<std::vector<std::string>>(name)) {
      words.insert(words.end(), {std::string("--") + name, value});
    }
  }
  for (const char* name : {"device", "dtype"}) {
    if (has(name)) words.insert(words.end(), {std::string("--") + name, get<std::string>(name)});
  }
  return words;
}

std::vector<std::filesystem::path> StudyOptions::plugin_folders() const {
  std::vector<std::filesystem::path> folders;
  if (!has("plugin-dir")) return folders;
  for (const std::string& folder : get<std::vector<std::string>>("plugin-dir")) folders.emplace_back(folder);
  return folders;
}

}  // namespace medvlm::launcher
