#include "medvlm/registry/search_path.hpp"

#include <doctest/doctest.h>

#include "medvlm/base/error.hpp"
#include "scratch.hpp"

namespace fs = std::filesystem;
using medvlm::registry::plugin_search_path;
using medvlm::registry::Problem;
using medvlm::registry::SearchRequest;

namespace {

std::vector<fs::path> folders(const SearchRequest& request, std::vector<Problem>& problems) {
  std::vector<fs::path> paths;
  for (const auto& folder : plugin_search_path(request, problems)) paths.push_back(folder.folder);
  return paths;
}

}  // namespace

TEST_CASE("folders come in the order command line, configuration, environment, installation") {
  const Scratch scratch;
  SearchRequest request;
  request.prefix = scratch.folder();
  const fs::path installed = scratch.make("lib/medvlm/plugins");
  request.environment = scratch.make("env1").string() + ":" + scratch.make("env2").string();
  request.config = {scratch.make("config")};
  request.command_line = {scratch.make("line")};
  std::vector<Problem> problems;
  const fs::path& root = scratch.folder();
  CHECK(folders(request, problems) ==
        std::vector<fs::path>{root / "line", root / "config", root / "env1", root / "env2", installed});
  CHECK(problems.empty());
}

TEST_CASE("the working directory is never searched") {
  std::vector<Problem> problems;
  CHECK(folders({}, problems).empty());
  SearchRequest request;
  request.environment = "::";  // an empty element means the working directory to other programs
  CHECK(folders(request, problems).empty());
}

TEST_CASE("a relative folder in the environment is left out and noted") {
  SearchRequest request;
  request.environment = "plugins:.";
  std::vector<Problem> problems;
  CHECK(folders(request, problems).empty());
  CHECK(problems.size() == 2);
}

TEST_CASE("a missing folder in the environment is noted") {
  SearchRequest request;
  request.environment = "/nonexistent/plugins";
  std::vector<Problem> problems;
  CHECK(folders(request, problems).empty());
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].file == "/nonexistent/plugins");
}

TEST_CASE("a folder named twice is searched once, also through a link") {
  const Scratch scratch;
  const fs::path real = scratch.make("real");
  fs::create_directory_symlink(real, scratch.folder() / "link");
  SearchRequest request;
  request.command_line = {scratch.folder() / "link", real};
  std::vector<Problem> problems;
  CHECK(folders(request, problems) == std::vector<fs::path>{real});
}

TEST_CASE("a folder that everybody may write to is refused with the cure") {
  const Scratch scratch;
  const fs::path open = scratch.make("open");
  fs::permissions(open, fs::perms::others_write, fs::perm_options::add);
  SearchRequest request;
  request.command_line = {open};
  std::vector<Problem> problems;
  CHECK(folders(request, problems).empty());
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].message.find("chmod o-w") != std::string::npos);
}

TEST_CASE("a missing --plugin-dir is a usage error") {
  SearchRequest request;
  request.command_line = {"/nonexistent/plugins"};
  std::vector<Problem> problems;
  try {
    plugin_search_path(request, problems);
    FAIL("no error");
  } catch (const medvlm::Error& error) {
    CHECK(error.code() == medvlm::ErrorCode::usage);
  }
}
