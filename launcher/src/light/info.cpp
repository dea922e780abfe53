// `medvlm info`: all that a manifest says of one plugin.
#include <iostream>

#include "command.hpp"
#include "command_line.hpp"
#include "medvlm/base/error.hpp"

namespace medvlm::launcher {
namespace {

using registry::Manifest;

/// KIND/ID, or an ID that only one kind has.
const Manifest& find(const registry::Registry& plugins, const std::string& word) {
  if (const auto slash = word.find('/'); slash != std::string::npos) {
    return plugins.find(word.substr(0, slash), word.substr(slash + 1));
  }
  const Manifest* found = nullptr;
  std::vector<std::string> known;
  for (const Manifest& plugin : plugins.plugins()) {
    known.push_back(plugin.id);
    if (plugin.id != word) continue;
    if (found) {
      throw Error(ErrorCode::usage, "there are several plugins '" + word + "': say " + found->kind + "/" + word +
                                        " or " + plugin.kind + "/" + word);
    }
    found = &plugin;
  }
  if (!found) throw Error(ErrorCode::plugin, "there is no plugin '" + word + "'" + suggestion(word, known));
  return *found;
}

/// "integer, 1 to 64, default 8"
std::string describe(const OptionSpec& spec) {
  std::string text(option_type_name(spec.type));
  const auto show = [](double number) {
    const std::string text = Value(number).to_json();
    return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
  };
  if (spec.minimum && spec.maximum) {
    text += ", " + show(*spec.minimum) + " to " + show(*spec.maximum);
  } else if (spec.minimum) {
    text += ", at least " + show(*spec.minimum);
  } else if (spec.maximum) {
    text += ", at most " + show(*spec.maximum);
  }
  for (std::size_t i = 0; i < spec.choices.size(); ++i) text += (i ? " | " : ": ") + spec.choices[i];
  if (spec.required) return text + ", required";
  return spec.default_value.is_null() ? text + ", no default" : text + ", default " + spec.default_value.to_json();
}

void print(const Manifest& plugin) {
  std::cout << plugin.kind << "/" << plugin.id << " " << plugin.version << "\n" << plugin.summary << "\n\n"
            << "licence: " << plugin.licence << "\n";
  if (!plugin.capabilities.empty()) {
    std::cout << "capabilities:";
    for (const std::string& capability : plugin.capabilities) std::cout << " " << capability;
    std::cout << "\n";
  }
  std::cout << "manifest: " << plugin.file.string() << "\nlibrary: " << plugin.library_file().string() << "\n";
  std::cout << (plugin.options.empty() ? "\nno options\n" : "\noptions:\n");
  for (const OptionSpec& spec : plugin.options) {
    std::cout << "  " << spec.name << " (" << describe(spec) << ")\n      " << spec.help << "\n";
  }
}

}  // namespace

int info_command(const Arguments& arguments) {
  boost::program_options::options_description options("options");
  options.add_options()("json", "print JSON");
  CommandLine line("medvlm info [KIND/]ID [options]", options);
  if (!line.parse(arguments)) return 0;
  if (line.words().size() != 1) {
    throw Error(ErrorCode::usage, "info takes one plugin, as in 'medvlm info metric/accuracy'");
  }
  const registry::Registry plugins = line.scan();
  const Manifest& plugin = find(plugins, line.words()[0]);
  if (line.has("json")) {
    std::cout << to_value(plugin).to_json() << "\n";
  } else {
    print(plugin);
  }
  return 0;
}

}  // namespace medvlm::launcher
