#include <doctest/doctest.h>

#include <dlfcn.h>

#include <memory>

#include "medvlm/base/plugin_abi.hpp"
#include "medvlm/core/dataset.hpp"

using namespace medvlm;

namespace {

/// The descriptor of a built dataset library; the library stays loaded.
const PluginDescriptor& descriptor_of(const std::string& id) {
  const std::string file = std::string(MEDVLM_PLUGIN_FOLDER) + "/medvlm-dataset-" + id + ".so";
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) throw Error(ErrorCode::plugin, ::dlerror());
  return *reinterpret_cast<PluginQuery>(::dlsym(library, kPluginQueryName))();
}

}  // namespace

TEST_CASE("each dataset library says what it is") {
  for (const std::string id : {"chexpert", "fairvlmed", "fairvlmed_vqa", "ham10000", "harvard_gf", "medmnist", "path_vqa",
                               "slake", "synthetic", "table", "vqa_rad"}) {
    const PluginDescriptor& descriptor = descriptor_of(id);
    CHECK(std::string(descriptor.kind) == "dataset");
    CHECK(descriptor.id == id);
    CHECK(descriptor.abi == kPluginAbi);
  }
}

TEST_CASE("the synthetic library makes a dataset that lists and paints") {
  const PluginDescriptor& descriptor = descriptor_of("synthetic");
  const Options options(Value::Table{{"task", "diagnosis"},
                                     {"kind", "fundus"},
                                     {"train", 0},
                                     {"validation", 0},
                                     {"test", 4},
                                     {"image_size", 32},
                                     {"difficulty", 0.5},
                                     {"seed", 1}});
  auto* dataset = static_cast<Dataset*>(descriptor.create(options));
  const auto samples = dataset->samples(Split::test);
  CHECK(samples.size() == 4);
  CHECK(dataset->decode_image(dataset->read_image(samples[0])).width == 32);
  descriptor.destroy(dataset);
}

TEST_CASE("an error of a library's constructor is an Error here") {
  const PluginDescriptor& descriptor = descriptor_of("chexpert");
  const Options options(Value::Table{{"root", "/nowhere"}, {"labels", "all"}, {"uncertain", "ones"}});
  CHECK_THROWS_AS(descriptor.create(options), Error);
}
