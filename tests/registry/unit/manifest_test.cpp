#include "medvlm/registry/manifest.hpp"

#include <doctest/doctest.h>

#include "manifest_text.hpp"
#include "medvlm/base/error.hpp"

using medvlm::registry::Manifest;
using medvlm::registry::parse_manifest;

namespace {

Manifest parse(const std::string& text) { return parse_manifest(text, "/plugins/p.toml"); }

std::string complaint(const std::string& text) {
  try {
    parse(text);
  } catch (const medvlm::Error& error) {
    CHECK(error.code() == medvlm::ErrorCode::config);
    return error.what();
  }
  return "";
}

/// The complaint about one option of the manifest.
std::string option_complaint(const std::string& option) {
  return complaint(manifest_text("clip", "model", "[options.x]\nhelp = \"h\"\n" + option));
}

}  // namespace

TEST_CASE("a manifest gives kind, id, version and library") {
  const Manifest manifest = parse(manifest_text());
  CHECK(manifest.name() == "model 'clip'");
  CHECK(manifest.version == "1.0.0");
  CHECK(manifest.library_file() == "/plugins/plugin.so");
}

TEST_CASE("options keep the order of the file") {
  const Manifest manifest = parse(manifest_text("clip", "model",
                                                "[options.zeta]\ntype = 'text'\nhelp = 'z'\n"
                                                "[options.alpha]\ntype = 'flag'\nhelp = 'a'\n"));
  REQUIRE(manifest.options.size() == 2);
  CHECK(manifest.options[0].name == "zeta");
}

TEST_CASE("an option's type, range and default are read") {
  const Manifest manifest = parse(manifest_text(
      "clip", "model", "[options.rate]\ntype = 'number'\nminimum = 0\nmaximum = 1\ndefault = 1\nhelp = 'h'\n"));
  const medvlm::OptionSpec& spec = manifest.options.at(0);
  CHECK(spec.type == medvlm::OptionType::number);
  CHECK(*spec.maximum == 1.0);
  REQUIRE(spec.default_value.number());  // the integer 1 was brought to the option's type
  CHECK(*spec.default_value.number() == 1.0);
}

TEST_CASE("an unknown key is refused with place and nearest name") {
  std::string text = manifest_text();
  text.replace(text.find("licence"), 7, "license");
  CHECK(has(complaint(text), "/plugins/p.toml:7:11: plugin.license: unknown key; did you mean 'licence'?"));
}

TEST_CASE("an unknown table is refused") { CHECK(has(complaint(manifest_text() + "[extra]\n"), "extra: unknown key")); }

TEST_CASE("a later manifest version is refused, found and wanted") {
  std::string text = manifest_text();
  text.replace(text.find("= 1"), 3, "= 2");
  CHECK(has(complaint(text), "found 2, this medvlm reads 1"));
}

TEST_CASE("an unknown kind is refused with the nearest") {
  CHECK(has(complaint(manifest_text("clip", "modell")), "'modell' is not a kind of plugin; did you mean 'model'?"));
}

TEST_CASE("an id of other characters is refused") {
  CHECK(has(complaint(manifest_text("../Evil")), "may hold only lower-case letters"));
}

TEST_CASE("a library outside the folder is refused") {
  std::string text = manifest_text();
  text.replace(text.find("plugin.so"), 9, "../plugin.so");
  CHECK(has(complaint(text), "must be a file name"));
}

TEST_CASE("a short hash is refused") {
  std::string text = manifest_text();
  text.replace(text.find(std::string(64, 'a')), 64, "abc");
  CHECK(has(complaint(text), "build.sha256: expected 64"));
}

TEST_CASE("an unknown option type is refused with the nearest") {
  CHECK(has(option_complaint("type = 'integr'\n"), "did you mean 'integer'?"));
}

TEST_CASE("a default outside its range is refused") {
  CHECK(has(option_complaint("type = 'integer'\nmaximum = 3\ndefault = 4\n"), "options.x.default: must be at most 3"));
}

TEST_CASE("a default of another type is refused") {
  CHECK(has(option_complaint("type = 'integer'\ndefault = 'four'\n"), "expected an integer, found text"));
}

TEST_CASE("a default that is no choice is refused") {
  CHECK(has(option_complaint("type = 'choice'\nchoices = ['a', 'b']\ndefault = 'c'\n"), "not one of its choices"));
}

TEST_CASE("a choice without choices is refused") { CHECK(has(option_complaint("type = 'choice'\n"), "choices")); }

TEST_CASE("a required option with a default is refused") {
  CHECK(has(option_complaint("type = 'flag'\nrequired = true\ndefault = true\n"), "a required option has no default"));
}

TEST_CASE("a relative default path is refused, since it has no folder") {
  CHECK(has(option_complaint("type = 'path'\ndefault = 'data'\n"), "options.x.default"));
}

TEST_CASE("a range on a text is refused") { CHECK(has(option_complaint("type = 'text'\nminimum = 1\n"), "minimum")); }

TEST_CASE("an option without help is refused") {
  CHECK(has(complaint(manifest_text("clip", "model", "[options.x]\ntype = 'flag'\n")), "options.x.help: required key"));
}

TEST_CASE("conformance options are checked against the declared ones") {
  const std::string options = "[options.size]\ntype = 'integer'\nhelp = 'h'\n[conformance.options]\nsise = 3\n";
  CHECK(has(complaint(manifest_text("d", "dataset", options)), "conformance.options.sise: unknown option"));
}

TEST_CASE("only a model has capabilities") {
  CHECK(has(complaint(manifest_text("d", "dataset", "[capabilities]\nencoder = true\n")), "only a model"));
  CHECK(parse(manifest_text("m", "model", "[capabilities]\nencoder = true\nanswerer = false\n")).capabilities ==
        std::vector<std::string>{"encoder"});
}

TEST_CASE("every complaint is told at once") {
  std::string text = manifest_text("UPPER", "modell");
  CHECK(has(complaint(text), "plugin.kind"));
  CHECK(has(complaint(text), "plugin.id"));
}

TEST_CASE("a table where a text belongs is a complaint") {
  CHECK(has(complaint("manifest_version = 1\nplugin = 3\nbuild = []\n"), "plugin: expected a table, found integer"));
}

TEST_CASE("every truncation of a manifest is refused or read, and never crashes") {
  const std::string text = manifest_text("clip", "model", "[options.x]\ntype = 'flag'\nhelp = 'h'\ndefault = true\n");
  int refused = 0;
  for (std::size_t length = 0; length < text.size(); ++length) refused += !complaint(text.substr(0, length)).empty();
  CHECK(refused >= int(text.size()) - 1);  // without the last line end it is whole
}

TEST_CASE("an option may not have the name of a key of a study's entry") {
  for (const char* name : {"name", "plugin"}) {
    const std::string text = "[options." + std::string(name) + "]\ntype = 'text'\nhelp = 'h'\n";
    CHECK(has(complaint(manifest_text("clip", "model", text)), "studies use this key"));
  }
}
