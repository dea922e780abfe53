// Every bad plugin is refused or survived, with a text that names the defect.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <set>
#include <vector>

#include "run_program.hpp"

namespace {

struct Case {
  std::string name;
  std::string verdict;
  std::vector<std::string> texts;  ///< each occurs in the verdict's detail
};

const std::vector<Case> kCases = {
    {"bad_abi_number", "refused", {"abi: found 999, wanted", "rebuild the plugin"}},
    {"bad_create_abort", "crashed", {"SIGABRT"}},
    {"bad_create_exit", "exited", {"status 0"}},
    {"bad_create_hang", "hung", {"--timeout"}},
    {"bad_create_int", "failed", {"metric 'fixture'", "threw int"}},
    {"bad_create_null", "failed", {"create() returned null"}},
    {"bad_create_runtime_error", "failed", {"std::runtime_error", "no such luck"}},
    {"bad_create_segfault", "crashed", {"SIGSEGV"}},
    {"bad_descriptor_id", "refused", {"id: found 'something-else', wanted 'fixture'"}},
    {"bad_descriptor_null", "refused", {"returned no descriptor"}},
    {"bad_descriptor_size", "refused", {"size: found 8, wanted"}},
    {"bad_destroy_crash", "crashed", {"SIGSEGV"}},
    {"bad_duplicate", "refused", {"plugin.toml", "twin.toml"}},
    {"bad_empty_file", "refused", {"is empty"}},
    {"bad_law_multiplicity", "failed", {"a multiplicity is a repetition"}},
    {"bad_link_outside", "refused", {"outside the plugin folder"}},
    {"bad_manifest_key", "refused", {"plugin.toml:7:11", "did you mean 'licence'?"}},
    {"bad_manifest_kind", "refused", {"'metrik' is not a kind", "did you mean 'metric'?"}},
    {"bad_manifest_syntax", "refused", {"plugin.toml:5:", "not valid TOML"}},
    {"bad_manifest_version", "refused", {"found 2, this medvlm reads 1"}},
    {"bad_missing_dependency", "refused", {"libmedvlm-fixture-gone.so", "install the missing library"}},
    {"bad_no_entry", "refused", {"has no entry 'medvlm_plugin_query_v1'"}},
    {"bad_no_library", "refused", {"gone.so' cannot be found"}},
    {"bad_result_garbage", "garbage", {"no report"}},
    {"bad_sha256", "refused", {"sha256: found", "wanted"}},
    {"bad_stamp_differs", "refused", {"another build stamp than its manifest", "compiler: found"}},
    {"bad_stamp_missing", "refused", {"holds no build stamp"}},
    {"bad_stamp_torch", "refused", {"torch: found 9", "rebuild the plugin against this medvlm"}},
    // Whether the exception can leave the dynamic linker depends on how the library's constructors were compiled.
    {"bad_static_constructor", "refused or crashed", {}},
    {"bad_stdout_endless", "hung", {"standard output"}},
    {"bad_stdout_flood", "failed", {"wrote 8388608 bytes to standard output"}},
    {"bad_text_file", "refused", {"is not a library"}},
    {"bad_truncated", "refused", {"is cut short"}},
    {"bad_unresolved_symbol", "refused", {"undefined symbol: medvlm_fixture_that_nobody_has"}},
    {"bad_world_writable", "refused", {"everybody may write to it"}},
};

std::string folder(const std::string& name) { return "'" MEDVLM_TEST_PLUGINS "/" + name + "'"; }

}  // namespace

TEST_CASE("each bad plugin gets its verdict and a text that names the defect") {
  for (const Case& bad : kCases) {
    CAPTURE(bad.name);
    // Only what never ends is given little time; the others must not be judged by the clock.
    const std::string limit = bad.verdict == "hung" ? "3 " : "120 ";
    const Ended ended = medvlm_program("validate --json --timeout " + limit + folder(bad.name));
    CHECK(ended.status == 4);
    const auto report = nlohmann::json::parse(ended.out, nullptr, false);
    REQUIRE(report.is_object());
    CHECK(report["ok"] == false);
    REQUIRE(!report["plugins"].empty());
    const auto& plugin = report["plugins"][0];
    const std::string detail = plugin["detail"];
    CAPTURE(detail);
    const std::string verdict = plugin["verdict"];
    CHECK_MESSAGE(has(" " + bad.verdict + " ", " " + verdict + " "), verdict << " instead of " << bad.verdict);
    for (const std::string& text : bad.texts) CHECK_MESSAGE(has(detail, text), "expected: " << text);
  }
}

TEST_CASE("every bad plugin of the fixtures has a case here") {
  std::set<std::string> built, expected;
  for (const auto& entry : std::filesystem::directory_iterator(MEDVLM_TEST_PLUGINS)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("bad_")) built.insert(name);
  }
  for (const Case& bad : kCases) expected.insert(bad.name);
  CHECK(built == expected);
}

TEST_CASE("the plugin without a defect passes") {
  const Ended ended = medvlm_program("validate " + folder("good"));
  CAPTURE(ended.out);
  CHECK(ended.status == 0);
  CHECK(has(ended.out, "1 of 1 ok"));
}

TEST_CASE("list survives every bad plugin at once and runs none of them") {
  std::string arguments = "list --json";
  for (const Case& bad : kCases) arguments += " --plugin-dir " + folder(bad.name);
  const Ended ended = medvlm_program(arguments);
  CHECK(ended.status == 0);
  const auto report = nlohmann::json::parse(ended.out, nullptr, false);
  REQUIRE(report.is_object());
  CHECK(report["problems"].size() > kCases.size() / 2);
}

TEST_CASE("validate goes on after a plugin that crashes") {
  const std::string folders = folder("bad_create_segfault") + " " + folder("good") + " " + folder("bad_create_exit");
  const Ended ended = medvlm_program("validate " + folders);
  CHECK(ended.status == 4);
  CHECK(has(ended.out, "1 of 3 ok"));
}
