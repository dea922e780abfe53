#include "settings.hpp"

#include <algorithm>

#include "known_sets.hpp"
#include "medvlm/sdk/table/fields.hpp"

namespace medvlm::medmnist {
namespace {

using Texts = std::vector<std::string>;

/// "pneumoniamnist" of ".../pneumoniamnist_224.npz".
std::string name_in(const std::filesystem::path& file) {
  std::string stem = file.stem().string();
  const std::size_t digits = stem.find_last_not_of("0123456789");
  const bool has_size = digits != std::string::npos && digits + 1 < stem.size() && stem[digits] == '_';
  if (has_size) stem.resize(digits);
  return stem;
}

Texts copied(std::span<const std::string_view> texts) { return {texts.begin(), texts.end()}; }

/// A list of the options if given, else `otherwise`; it must have `count` texts.
Texts texts_or(const Options& options, const std::string& option, Texts otherwise, std::size_t count) {
  const Texts texts = options.has(option) ? options.texts(option) : std::move(otherwise);
  if (texts.size() == count) return texts;
  throw Error(ErrorCode::config, "option '" + option + "' names " + std::to_string(texts.size()) + " texts for " +
                                     std::to_string(count) + " classes");
}

Texts class_names(const Options& options, const KnownSet* known, const std::string& name) {
  if (options.has("classes")) return options.texts("classes");
  if (known) return copied(known->classes);
  Texts ids;
  for (const KnownSet& set : known_sets()) ids.emplace_back(set.id);
  throw Error(ErrorCode::config, options.path("file").string() + ": '" + name + "' is no set of MedMNIST" +
                                     suggestion(sdk::lower_case(name), ids) +
                                     "; say which it is with option 'set', or name its classes with 'classes'");
}

LabelKind kind_of(const std::string& file, std::size_t classes, std::int64_t columns) {
  if (columns == 1 && classes >= 2) return classes == 2 ? LabelKind::binary : LabelKind::multiclass;
  if (columns > 1 && static_cast<std::int64_t>(classes) == columns) return LabelKind::multilabel;
  throw Error(ErrorCode::data, file + ": its labels have " + std::to_string(columns) + " column(s), which do not fit " +
                                   std::to_string(classes) +
                                   " class(es): one column names one of two or more classes, several columns are one "
                                   "finding each; correct option 'classes' or 'set'");
}

Texts negatives_of(const Texts& texts) {
  Texts negatives;
  for (const std::string& text : texts) negatives.push_back("no " + text);
  return negatives;
}

}  // namespace

DatasetInfo describe(const Options& options, std::int64_t columns) {
  const std::string file = options.path("file").string();
  const std::string name = options.has("set") ? options.text("set") : name_in(file);
  const KnownSet* known = find_known_set(name);
  const Texts names = class_names(options, known, name);
  const bool own_texts = known && !known->texts.empty() && !options.has("classes");
  const Texts texts = texts_or(options, "class_texts", own_texts ? copied(known->texts) : names, names.size());
  DatasetInfo info;
  info.name = known ? std::string(known->name) : name;
  info.labels = kind_of(file, names.size(), columns);
  const bool multilabel = info.labels == LabelKind::multilabel;
  if (known && known->multilabel != multilabel) {
    throw Error(ErrorCode::data, file + ": its labels have " + std::to_string(columns) + " column(s), unlike those of " +
                                     info.name + "; say with options 'set' and 'classes' what it is");
  }
  const Texts negatives = texts_or(options, "negative_texts", negatives_of(texts), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    info.classes.push_back({names[i], texts[i], multilabel ? negatives[i] : ""});
  }
  info.modality = options.has("modality") ? options.text("modality") : known ? std::string(known->modality)
                                                                             : "medical image";
  info.prompt_template = options.text("prompt_template");
  return info;
}

}  // namespace medvlm::medmnist
