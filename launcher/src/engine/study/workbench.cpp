#include "workbench.hpp"

#include <algorithm>

#include "medvlm/base/error.hpp"
#include "medvlm/base/log.hpp"
#include "adapter_seeds.hpp"
#include "pairing.hpp"
#include "selection.hpp"
#include "study_grid.hpp"
#include "study_include.hpp"

namespace medvlm::launcher {
namespace {

registry::Registry scan(const Study& study, const std::vector<std::filesystem::path>& command_line_folders) {
  registry::SearchRequest request;
  request.command_line = command_line_folders;
  request.config = study.plugin_folders;
  request.environment = registry::plugin_path_from_environment();
  request.prefix = registry::program_prefix();
  std::vector<registry::Problem> problems;
  const auto folders = registry::plugin_search_path(request, problems);
  return registry::Registry(folders, std::move(problems));
}

/// Where to point for an error while making a plugin's object: the option whose value the message names, else the entry.
Diagnostic located(const StudyEntry& entry, const Options& options, const std::string& message) {
  Diagnostic best{entry.location, entry.key, message};
  std::size_t longest = 1;  // the longest value: a path says more than the name of a column
  for (const auto& [name, value] : options.values()) {
    if (!value.text() || value.location.file.empty() || value.text()->size() <= longest) continue;
    if (message.find(*value.text()) == message.npos) continue;
    longest = value.text()->size();
    best = {value.location, entry.key + "." + name, message};
  }
  return best;
}

/// The options as the plugin is to get them: paths follow the file they were written in, and what only the study wants to
/// know is gone.
Value given_options(const StudyEntry& entry, const registry::Manifest& manifest) {
  Value options = entry.options;
  const auto is_modality = [](const OptionSpec& spec) { return spec.name == "modality"; };
  const bool own = std::any_of(manifest.options.begin(), manifest.options.end(), is_modality);
  if (!own && !entry.facts.modality.empty()) options.table()->erase("modality");
  anchor_paths(manifest.options, options);
  return options;
}

template <class Interface>
std::vector<Item<Interface>> make_items(const registry::Registry& plugins, std::string_view kind,
                                        const std::vector<StudyEntry>& entries, const std::filesystem::path& base,
                                        std::vector<Diagnostic>& diagnostics) {
  std::vector<Item<Interface>> items;
  for (const StudyEntry& entry : entries) {
    if (entry.plugin.empty()) continue;  // complained about when the study was read
    Item<Interface> item{entry, nullptr, {}, {}};
    try {
      item.manifest = &plugins.find(kind, entry.plugin);
    } catch (const Error& error) {
      diagnostics.push_back({entry.location, entry.key + ".plugin", error.message()});
      continue;
    }
    const std::size_t before = diagnostics.size();
    item.options = resolve_options(item.manifest->options, given_options(entry, *item.manifest), base, entry.key, diagnostics);
    if (diagnostics.size() > before) continue;
    try {
      item.object = registry::create_plugin<Interface>(*item.manifest, item.options);
    } catch (const Error& error) {
      diagnostics.push_back(located(entry, item.options, error.message()));
      continue;
    }
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

Workbench::Workbench(Study study, const std::vector<std::filesystem::path>& command_line_folders,
                     std::vector<Diagnostic> diagnostics)
    : study_(std::move(study)), registry_(std::make_unique<registry::Registry>(scan(study_, command_line_folders))) {
  for (const registry::Problem& problem : registry_->problems()) {
    log(LogLevel::warning, "plugin refused: " + problem.file.string() + ": " + problem.message);
  }
  const auto base = study_.file.parent_path();
  models_ = make_items<Model>(*registry_, "model", study_.models, base, diagnostics);
  datasets_ = make_items<Dataset>(*registry_, "dataset", study_.datasets, base, diagnostics);
  adapters_ = make_items<Adapter>(*registry_, "adapter", study_.adapters, base, diagnostics);
  metrics_ = make_items<Metric>(*registry_, "metric", study_.metrics, base, diagnostics);
  if (diagnostics.empty()) split_by_seed(adapters_, datasets_, study_.seeds, diagnostics);
  check_pairs(models_, datasets_, adapters_, metrics_, study_.exclusions, diagnostics);
  if (diagnostics.empty()) cells_ = make_grid(*this, variants_, diagnostics);
  refuse(diagnostics);
}

registry::Handle<Adapter> Workbench::make_adapter(const Item<Adapter>& item) const {
  return registry::create_plugin<Adapter>(*item.manifest, item.options);
}

std::size_t Workbench::limit_of(const Item<Dataset>& dataset) const {
  std::size_t limit = study_.run.limit;
  for (const Override& change : study_.overrides) {
    if (change.limit && picks(change.where.datasets, dataset.entry)) limit = *change.limit;
  }
  return limit;
}

std::vector<Sample> Workbench::test_samples(const Item<Dataset>& dataset) const {
  std::vector<Sample> samples = dataset.object->samples(Split::test);
  if (samples.empty()) {
    throw Error(ErrorCode::data, "the test split of '" + dataset.object->info().name + "' is empty; check its split column or files");
  }
  const std::size_t limit = limit_of(dataset);
  if (limit > 0 && samples.size() > limit) samples.resize(limit);
  return samples;
}

}  // namespace medvlm::launcher
