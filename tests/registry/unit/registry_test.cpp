#include "medvlm/registry/registry.hpp"

#include <doctest/doctest.h>

#include "manifest_text.hpp"
#include "medvlm/base/error.hpp"
#include "scratch.hpp"

namespace fs = std::filesystem;
using medvlm::registry::Registry;

namespace {

void add_plugin(const Scratch& scratch, const std::string& folder, const std::string& kind, const std::string& id) {
  const std::string stem = folder + "/" + kind + "-" + id;
  std::string text = manifest_text(id, kind);
  text.replace(text.find("plugin.so"), 9, kind + "-" + id + ".so");
  scratch.write(stem + ".toml", text);
  scratch.write(stem + ".so", "not looked at while scanning");
}

Registry scan(const Scratch& scratch, const std::vector<std::string>& names) {
  std::vector<medvlm::registry::PluginFolder> folders;
  for (const std::string& name : names) folders.push_back({scratch.folder() / name, "test"});
  return Registry(folders);
}

std::string find_error(const Registry& plugins, const std::string& kind, const std::string& id) {
  try {
    plugins.find(kind, id);
  } catch (const medvlm::Error& error) {
    CHECK(error.code() == medvlm::ErrorCode::plugin);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("plugins are listed by kind, then by id") {
  const Scratch scratch;
  add_plugin(scratch, "p", "metric", "auroc");
  add_plugin(scratch, "p", "model", "siglip");
  add_plugin(scratch, "p", "model", "clip");
  const Registry plugins = scan(scratch, {"p"});
  REQUIRE(plugins.plugins().size() == 3);
  CHECK(plugins.plugins()[0].id == "clip");
  CHECK(plugins.plugins()[1].id == "siglip");
  CHECK(plugins.plugins()[2].id == "auroc");
}

TEST_CASE("an unknown id names the nearest") {
  const Scratch scratch;
  add_plugin(scratch, "p", "model", "clip");
  CHECK(has(find_error(scan(scratch, {"p"}), "model", "clpi"), "there is no model 'clpi'; did you mean 'clip'?"));
}

TEST_CASE("an id of another kind is pointed out") {
  const Scratch scratch;
  add_plugin(scratch, "p", "metric", "accuracy");
  CHECK(has(find_error(scan(scratch, {"p"}), "model", "accuracy"), "there is a metric 'accuracy'"));
}

TEST_CASE("an empty search path says how to name a folder") {
  CHECK(has(find_error(Registry({}), "model", "clip"), "--plugin-dir"));
}

TEST_CASE("two plugins of the same kind and id are both refused, naming both files") {
  const Scratch scratch;
  add_plugin(scratch, "a", "model", "clip");
  add_plugin(scratch, "b", "model", "clip");
  const Registry plugins = scan(scratch, {"a", "b"});
  CHECK(plugins.plugins().empty());
  REQUIRE(plugins.problems().size() == 1);
  CHECK(has(plugins.problems()[0].message, (scratch.folder() / "a/model-clip.toml").string()));
  CHECK(has(plugins.problems()[0].message, (scratch.folder() / "b/model-clip.toml").string()));
  CHECK(has(find_error(plugins, "model", "clip"), "refused: "));
}

TEST_CASE("the same id for two kinds is allowed") {
  const Scratch scratch;
  add_plugin(scratch, "p", "model", "toy");
  add_plugin(scratch, "p", "dataset", "toy");
  CHECK(scan(scratch, {"p"}).problems().empty());
}

TEST_CASE("one bad manifest does not hide the others") {
  const Scratch scratch;
  add_plugin(scratch, "p", "model", "clip");
  scratch.write("p/bad.toml", "manifest_version = [");
  const Registry plugins = scan(scratch, {"p"});
  CHECK(plugins.plugins().size() == 1);
  CHECK(plugins.problems().size() == 1);
}

TEST_CASE("a manifest that is a link out of the folder is refused") {
  const Scratch scratch;
  add_plugin(scratch, "elsewhere", "model", "clip");
  scratch.make("p");
  fs::create_symlink(scratch.folder() / "elsewhere/model-clip.toml", scratch.folder() / "p/model-clip.toml");
  const Registry plugins = scan(scratch, {"p"});
  CHECK(plugins.plugins().empty());
  CHECK(plugins.problems().size() == 1);
}

TEST_CASE("a library that is a link within its folder is fine") {
  const Scratch scratch;
  add_plugin(scratch, "p", "model", "clip");
  fs::rename(scratch.folder() / "p/model-clip.so", scratch.folder() / "p/model-clip-1.so");
  fs::create_symlink("model-clip-1.so", scratch.folder() / "p/model-clip.so");
  CHECK(scan(scratch, {"p"}).plugins().size() == 1);
}

TEST_CASE("loading what is no library is a plugin error with the plugin's name") {
  const Scratch scratch;
  add_plugin(scratch, "p", "model", "clip");
  const Registry plugins = scan(scratch, {"p"});
  try {
    medvlm::registry::load_plugin(plugins.find("model", "clip"));
    FAIL("no error");
  } catch (const medvlm::Error& error) {
    CHECK(error.code() == medvlm::ErrorCode::plugin);
    CHECK(has(error.what(), "model 'clip': "));
    CHECK(has(error.what(), "is not a library"));
  }
}
