#include "classes.hpp"

#include <algorithm>

#include "medvlm/sdk/table/option_error.hpp"

namespace medvlm::image_folder {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::vector<std::string> class_names(const Options& options, const std::vector<std::string>& folders) {
  if (!options.has("classes")) return folders;
  const std::vector<std::string> names = options.texts("classes");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!contains(folders, names[i])) {
      throw sdk::option_error(options, "classes",
                              "there is no class folder '" + names[i] + "'" + suggestion(names[i], folders));
    }
    if (std::count(names.begin(), names.end(), names[i]) > 1) {
      throw sdk::option_error(options, "classes", "'" + names[i] + "' is given twice");
    }
  }
  for (const std::string& folder : folders) {
    if (contains(names, folder)) continue;
    throw sdk::option_error(options, "classes", "the class folder '" + folder + "' is not listed; list it or move it away");
  }
  return names;
}

/// Puts the positive class last.
void order_positive(const Options& options, std::vector<std::string>& names) {
  if (!options.has("positive")) return;
  const std::string& positive = options.text("positive");
  if (names.size() != 2) {
    throw sdk::option_error(options, "positive", "only two classes have a positive one, but there are " +
                                                     std::to_string(names.size()) + "; leave it out");
  }
  if (!contains(names, positive)) {
    throw sdk::option_error(options, "positive",
                            "there is no class folder '" + positive + "'" + suggestion(positive, names));
  }
  if (names[1] == positive) return;
  if (options.has("classes")) {
    throw sdk::option_error(options, "positive",
                            "option 'classes' says that '" + names[1] + "' is class 1; give one of both");
  }
  std::swap(names[0], names[1]);
}

std::string spoken(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

}  // namespace

std::vector<ClassInfo> make_classes(const Options& options, const std::vector<std::string>& folders) {
  std::vector<std::string> names = class_names(options, folders);
  order_positive(options, names);
  std::vector<ClassInfo> classes;
  for (const std::string& name : names) classes.push_back({name, spoken(name), ""});
  if (!options.has("class_texts")) return classes;
  const std::vector<std::string> texts = options.texts("class_texts");
  if (texts.size() != classes.size()) {
    throw sdk::option_error(options, "class_texts", "expected one text per class, " + std::to_string(classes.size()) +
                                                        ", found " + std::to_string(texts.size()));
  }
  for (std::size_t i = 0; i < texts.size(); ++i) classes[i].text = texts[i];
  return classes;
}

}  // namespace medvlm::image_folder
