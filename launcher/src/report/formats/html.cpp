#include <array>

#include "../report.hpp"
#include "../text.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/hash.hpp"
#include "renderers.hpp"

namespace medvlm::report {
namespace {

namespace fs = std::filesystem;

struct Script {
  const char* file;
  const char* licence;  ///< of a library; null: the report's own
};

// Libraries first.
constexpr std::array kScripts = {Script{"vega.min.js", "vega.LICENSE"},
                                 Script{"vega-lite.min.js", "vega-lite.LICENSE"},
                                 Script{"vega-embed.min.js", "vega-embed.LICENSE"},
                                 Script{"theme.js", nullptr},
                                 Script{"tables.js", nullptr},
                                 Script{"figures.js", nullptr},
                                 Script{"samples.js", nullptr}};

std::string asset(const fs::path& folder, const std::string& name) {
  if (!fs::is_regular_file(folder / name)) {
    throw Error(ErrorCode::io, (folder / name).string() +
                                   ": a part of the report's page is missing; run scripts/setup.sh, which"
                                   " gets the libraries from npm, and build and install medvlm again. The formats csv, "
                                   "markdown, latex and json need no such file");
  }
  return read_file(folder / name);
}

/// A script as it stands in the page. A source map would be a request to somewhere else.
std::string script_text(const fs::path& folder, const char* file) {
  std::string text = asset(folder, file);
  const std::size_t map = text.rfind("//# sourceMappingURL=");
  if (map != std::string::npos) text.erase(map);
  if (text.find("</script") != std::string::npos)
    throw Error(ErrorCode::internal, std::string(file) + " cannot stand inside a page");
  return "\n" + text + "\n";
}

/// "sha256-...": what the policy lets run, and nothing else.
std::string source_hash(const std::string& text) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string hex = sha256_hex(text);
  std::string bits;
  for (const char digit : hex) {
    const int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
    for (int bit = 3; bit >= 0; --bit) bits += static_cast<char>('0' + (value >> bit & 1));
  }
  std::string encoded;
  for (std::size_t at = 0; at < bits.size(); at += 6) {
    std::string six = bits.substr(at, 6);
    six.resize(6, '0');
    encoded += kLetters[std::stoul(six, nullptr, 2)];
  }
  while (encoded.size() % 4 != 0) encoded += '=';
  return "'sha256-" + encoded + "'";
}

std::string with_slots(const std::string& page, const std::vector<std::pair<std::string, std::string>>& slots) {
  std::string result;
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t begin = page.find("{{", at), end = begin == std::string::npos ? begin : page.find("}}", begin);
    if (end == std::string::npos) return result + page.substr(at);
    result += page.substr(at, begin - at);
    const std::string name = page.substr(begin + 2, end - begin - 2);
    for (const auto& [slot, content] : slots) {
      if (slot == name) result += content;
    }
    at = end + 2;
  }
  return result;
}

std::string contents(const Document& document, bool samples) {
  std::string html = "<li><a href=\"#answer\">The answer</a></li>\n";
  const std::string of_samples = "<li><a href=\"#samples\">Samples</a></li>\n";
  bool placed = !samples;
  for (const Section& section : document.sections) {
    if (!placed && section.id == kSectionAfterSamples) {
      html += of_samples;
      placed = true;
    }
    html += "<li><a href=\"#" + html_text(section.id) + "\">" + html_text(section.title) + "</a></li>\n";
  }
  return placed ? html : html + of_samples;
}

}  // namespace

std::string html_report(const Report& report, const fs::path& assets) {
  std::string scripts, hashes;
  for (const Script& script : kScripts) {
    const std::string text = script_text(assets, script.file);
    if (script.licence) scripts += "<!--\n" + html_text(asset(assets, script.licence)) + "\n-->\n";
    scripts += "<script>" + text + "</script>\n";
    hashes += " " + source_hash(text);
  }
  const bool samples = !report.samples.is_null();
  std::string data, facts;
  if (samples)
    data = "<script type=\"application/json\" id=\"samples-data\">" + script_json(report.samples) + "</script>\n";
  for (const std::string& fact : report.document.facts) facts += "<li>" + html_text(fact) + "</li>";
  // Vega-Embed and vega-tooltip write style elements, so that these must be allowed.
  const std::string policy =
      "default-src 'none'; script-src" + hashes +
      "; style-src 'unsafe-inline'; img-src data: blob:; connect-src 'none'; form-action 'none'; base-uri 'none'";
  return with_slots(asset(assets, "report.html"), {{"policy", policy},
                                                   {"title", html_text(report.document.title)},
                                                   {"style", asset(assets, "report.css")},
                                                   {"facts", facts},
                                                   {"contents", contents(report.document, samples)},
                                                   {"main", html_sections(report.document, samples)},
                                                   {"data", data},
                                                   {"scripts", scripts}});
}

}  // namespace medvlm::report
