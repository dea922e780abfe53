#include "file_checks.hpp"

#include <array>
#include <map>
#include <set>
#include <string_view>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/hash.hpp"
#include "medvlm/core/identity.hpp"

namespace medvlm::launcher {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigits = 64;
constexpr std::array<std::string_view, 3> kVerdictNames = {"ok", "changed", "could not check"};
/// What every finished scenario has, and what only some have.
constexpr const char* kAlways[] = {"journal.jsonl", "predictions.jsonl", "result.json", "rounds.bin"};
constexpr const char* kSometimes[] = {"training.json"};

void add_note(Check& check, Verdict verdict, const std::string& text) {
  // A change weighs more than what could not be looked at.
  if (check.verdict != Verdict::changed) check.verdict = verdict;
  check.note += (check.note.empty() ? "" : "; ") + text;
}

/// Exactly "<64 lower-case hexadecimal digits>  <name>\n" on every line; nothing for any other text.
std::optional<std::map<std::string, std::string>> parse_sums(const std::string& text) {
  std::map<std::string, std::string> sums;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    if (end == std::string::npos || end < start + kDigits + 3) return std::nullopt;
    const std::string digits = text.substr(start, kDigits);
    const bool good =
        digits.find_first_not_of("0123456789abcdef") == std::string::npos && text.substr(start + kDigits, 2) == "  ";
    const std::string name = text.substr(start + kDigits + 2, end - start - kDigits - 2);
    if (!good || !sums.emplace(name, digits).second) return std::nullopt;
    start = end + 1;
  }
  return sums;
}

/// What an adapter learnt: the files that are there, and those that were.
std::set<std::string> adapter_files(const fs::path& folder, const std::map<std::string, std::string>& sums) {
  std::set<std::string> names;
  for (const auto& [name, digits] : sums) {
    if (name.starts_with("adapter/")) names.insert(name);
  }
  if (!fs::is_directory(folder / "adapter")) return names;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "adapter")) {
    if (entry.is_regular_file()) names.insert(entry.path().lexically_relative(folder).generic_string());
  }
  return names;
}

}  // namespace

std::string_view verdict_name(Verdict verdict) { return kVerdictNames[static_cast<std::size_t>(verdict)]; }

Check check_sums(const fs::path& folder) {
  Check check{"checksums", Verdict::ok, ""};
  const fs::path file = folder / "SHA256SUMS";
  if (!fs::exists(file)) {
    add_note(check, Verdict::changed, "SHA256SUMS is missing");
    return check;
  }
  auto sums = parse_sums(read_file(file));
  if (!sums) {
    add_note(check, Verdict::changed, "SHA256SUMS is damaged");
    return check;
  }
  const auto look = [&](const std::string& name, bool needed) {
    const bool exists = fs::exists(folder / name);
    const auto found = sums->find(name);
    if (found == sums->end()) {
      if (needed || exists) add_note(check, Verdict::changed, name + " is not in SHA256SUMS");
      return;
    }
    if (!exists) {
      add_note(check, Verdict::changed, name + " is missing");
    } else if (sha256_file(folder / name) != found->second) {
      add_note(check, Verdict::changed, name + " is not what was written");
    }
    sums->erase(found);
  };
  for (const char* name : kAlways) look(name, true);
  for (const char* name : kSometimes) look(name, false);
  for (const std::string& name : adapter_files(folder, *sums)) look(name, false);
  for (const auto& [name, digits] : *sums) {
    add_note(check, Verdict::changed, "SHA256SUMS names '" + name + "', which is no file of a scenario");
  }
  return check;
}

Check check_journal(const std::string& name, const fs::path& journal) {
  Check check{name, Verdict::ok, ""};
  if (!fs::exists(journal)) {
    add_note(check, Verdict::changed, journal.filename().string() + " is missing");
    return check;
  }
  const std::string text = read_file(journal);
  std::size_t number = 0;
  for (std::size_t start = 0; start < text.size();) {
    ++number;
    const std::size_t end = text.find('\n', start);
    char wanted[9] = {};
    const bool whole = end != std::string::npos && end >= start + 10 && text[start + 8] == ' ';
    if (whole) {
      std::snprintf(wanted, sizeof wanted, "%08x", crc32(std::string_view(text).substr(start + 9, end - start - 9)));
    }
    if (!whole || text.compare(start, 8, wanted) != 0) {
      add_note(check, Verdict::changed,
               journal.filename().string() + ":" + std::to_string(number) + ": the line's checksum does not fit");
      return check;
    }
    start = end + 1;
  }
  return check;
}

Check check_plugins(const nlohmann::ordered_json& manifest) {
  Check check{"plugins", Verdict::ok, ""};
  for (const auto& plugin : manifest.at("plugins")) {
    const fs::path library = plugin.at("library").get<std::string>();
    if (!fs::exists(library)) {
      add_note(check, Verdict::could_not, library.string() + " is no longer there");
    } else if (sha256_file(library) != plugin.at("sha256").get<std::string>()) {
      add_note(check, Verdict::changed, library.string() + " is another build now");
    }
  }
  return check;
}

Check check_checkpoint(const nlohmann::ordered_json& manifest) {
  Check check{"checkpoint", Verdict::ok, ""};
  std::vector<fs::path> files;
  const auto& model = manifest.at("model");
  for (const auto& file : model.at("files")) files.emplace_back(file.get<std::string>());
  for (const fs::path& file : files) {
    if (!fs::exists(file)) add_note(check, Verdict::could_not, file.string() + " is no longer there");
  }
  if (check.verdict == Verdict::ok && hash_files(files, {}) != model.at("sha256").get<std::string>()) {
    add_note(check, Verdict::changed, "the files of the model are not those that were evaluated");
  }
  return check;
}

}  // namespace medvlm::launcher
