// A disk that fills up and places that cannot be written: status 7, the file and the cure, and no prediction is lost.
#include "program.hpp"

namespace medvlm::e2e {
namespace {

struct DiskStudy {
  TempFolder folder;
  fs::path study = write(folder / "study.toml", study_text(synthetic(120), "batch_size = 8\n"));
  fs::path whole = folder / "whole";
  Outcome outcome = run(study, whole, {"--quiet"});

  void check_same(const fs::path& output) const {
    CHECK(read(scenario(output) / "predictions.jsonl") == read(scenario(whole) / "predictions.jsonl"));
    CHECK(comparable(scenario(output)) == comparable(scenario(whole)));
  }
};

const DiskStudy& made() {
  static const DiskStudy study;
  return study;
}

Words shell(const std::string& script, const Words& words) {
  Words all{"sh", "-c", script, "sh"};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

/// True if this machine lets us mount a file system of our own.
bool can_mount() {
  TempFolder folder;
  return start_and_wait({"unshare", "-rm", "mount", "-t", "tmpfs", "none", folder.path().string()}).status == 0;
}

/// The run on a file system of `kilobytes`, then the same run with room. What `copied` got is the folder at the end.
/// The statuses are in out.
Outcome run_on_small_disk(const fs::path& mount, const fs::path& copied, int kilobytes) {
  const std::string script =
      "mount -t tmpfs -o size=" + std::to_string(kilobytes) + "k none '" + mount.string() + "' || exit 99; "
      "\"$@\" > /dev/null; echo first $?; "
      "test -e '" + scenario(mount / "out").string() + "/result.json' && echo finished; "
      "mount -o remount,size=8m '" + mount.string() + "' || exit 98; "
      "\"$@\" > /dev/null; echo second $?; cp -r '" + mount.string() + "/out' '" + copied.string() + "'";
  Words words{"unshare", "-rm"};
  const Words inner = shell(script, command("run", made().study, mount / "out", {"--quiet"}));
  words.insert(words.end(), inner.begin(), inner.end());
  return start_and_wait(words);
}

}  // namespace

TEST_CASE("the run with room ends well") { REQUIRE_MESSAGE(made().outcome.status == 0, made().outcome.err); }

TEST_CASE("on a full disk the run ends with status 7, names file and cure, and continues to the same bytes with room") {
  if (!can_mount()) {
    MESSAGE("skipped: this machine allows no mount in a namespace of one's own");
    return;
  }
  for (const int kilobytes : {16, 28, 36}) {  // full in the cache, in the journal, and at the results
    CAPTURE(kilobytes);
    TempFolder folder;
    fs::create_directories(folder / "mount");
    const Outcome outcome = run_on_small_disk(folder / "mount", folder / "copied", kilobytes);
    CHECK(contains(outcome.out, "first 7\n"));
    CHECK_FALSE(contains(outcome.out, "finished"));
    CHECK(contains(outcome.err, "No space left on device; free some space, then run again"));
    CHECK(contains(outcome.err, (folder / "mount/out").string()));
    REQUIRE_MESSAGE(contains(outcome.out, "second 0\n"), outcome.err);
    made().check_same(folder / "copied");
  }
}

TEST_CASE("at the limit of file sizes the run ends with status 7, names file and cure, and continues without it") {
  TempFolder folder;
  // Blocks of 512 bytes; a signal that is ignored stays so in the program.
  const Outcome full = start_and_wait(
      shell("trap '' XFSZ; ulimit -f 12; exec \"$@\"", command("run", made().study, folder / "out", {"--quiet"})));
  CHECK(full.status == 7);
  CHECK(contains(full.err, "journal.jsonl"));
  CHECK(contains(full.err, "ulimit -f"));
  CHECK_FALSE(fs::exists(scenario(folder / "out") / "result.json"));
  const std::size_t kept = journal_lines(scenario(folder / "out"));
  CHECK(kept > 1);
  REQUIRE(run(made().study, folder / "out", {"--quiet"}).status == 0);
  CHECK(result(scenario(folder / "out"))["run"]["new_predictions"] == 121 - kept);
  made().check_same(folder / "out");
}

TEST_CASE("a cache that cannot be written costs a warning, not the run") {
  TempFolder folder;
  const fs::path file = write(folder / "file", "no folder");
  const Outcome outcome =
      run(made().study, folder / "out", {"--set", "run.cache_folder=\"" + (file / "cache").string() + "\""});
  CHECK(outcome.status == 0);
  CHECK(contains(outcome.err, "embeddings are not cached from here on"));
  CHECK(read(scenario(folder / "out") / "predictions.jsonl") == read(scenario(made().whole) / "predictions.jsonl"));
}

TEST_CASE("a cache that is damaged anywhere gives the same bytes") {
  TempFolder folder;
  fs::create_directories(folder / "out");
  fs::copy(made().whole / "cache", folder / "out/cache", fs::copy_options::recursive);
  int damaged = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "out/cache/embeddings")) {
    if (entry.path().extension() != ".bin") continue;
    std::string bytes = read(entry.path());
    for (std::size_t i = 0; i < bytes.size(); i += 997) bytes[i] = char(bytes[i] ^ 0x11);
    write(entry.path(), bytes);
    ++damaged;
  }
  REQUIRE(damaged > 0);
  REQUIRE(run(made().study, folder / "out", {"--quiet"}).status == 0);
  made().check_same(folder / "out");
}

TEST_CASE("an output below a file is refused with status 7, the path and the cure") {
  TempFolder folder;
  const fs::path file = write(folder / "file", "no folder");
  const Outcome outcome = run(made().study, file / "out", {"--quiet"});
  CHECK(outcome.status == 7);
  CHECK(contains(outcome.err, (file / "out").string()));
  CHECK(contains(outcome.err, "choose another folder"));
  CHECK(read(file) == "no folder");
}

TEST_CASE("an output without permission to write is refused with status 7 and the cure") {
  if (::geteuid() == 0) {
    MESSAGE("skipped: root may write everywhere");
    return;
  }
  TempFolder folder;
  fs::create_directories(folder / "closed");
  fs::permissions(folder / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  const Outcome outcome = run(made().study, folder / "closed/out", {"--quiet"});
  CHECK(outcome.status == 7);
  CHECK(contains(outcome.err, "change its permissions"));
}

}  // namespace medvlm::e2e
