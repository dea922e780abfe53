// `medvlm report`: results as one HTML page, or as CSV, Markdown, LaTeX, JSON.
#include "report/report.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <map>

#include "command.hpp"
#include "command_line.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/options.hpp"
#include "medvlm/registry/search_path.hpp"

namespace medvlm::launcher {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

const std::map<std::string, std::string> kReportFormats = {
    {"html", ".html"}, {"csv", ".csv"}, {"markdown", ".md"}, {"latex", ".tex"}, {"json", ".json"}};

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> words = {""};
  for (const char letter : text) {
    if (letter == ',')
      words.emplace_back();
    else if (letter != ' ')
      words.back() += letter;
  }
  return words;
}

/// The formats asked for; without --format, the one that the file's ending tells, else HTML.
std::vector<std::string> report_formats(const std::vector<std::string>& given, const fs::path& out) {
  std::vector<std::string> known;
  for (const auto& [format, ending] : kReportFormats) known.push_back(format);
  if (given.empty()) {
    for (const auto& [format, ending] : kReportFormats) {
      if (out.extension() == ending) return {format};
    }
    return {"html"};
  }
  std::vector<std::string> formats;
  for (const std::string& list : given) {
    for (const std::string& format : split_at_commas(list)) {
      if (!kReportFormats.contains(format)) {
        throw Error(ErrorCode::usage, "--format: '" + format + "' is not a format" + suggestion(format, known) +
                                          "; there are html, csv, markdown, latex, json");
      }
      if (std::find(formats.begin(), formats.end(), format) == formats.end()) formats.push_back(format);
    }
  }
  return formats;
}

/// --samples: a number, "all" or "none".
std::optional<std::size_t> samples_wanted(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (text == "none") return 0;
  if (text == "all") return static_cast<std::size_t>(1) << 40;
  std::size_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
    throw Error(ErrorCode::usage, "--samples " + text + ": must be a number, 'all' or 'none'");
  }
  return number;
}

std::string rendered(const report::Report& made, const std::string& format) {
  if (format == "csv") return report::csv_report(made);
  if (format == "markdown") return report::markdown_report(made);
  if (format == "latex") return report::latex_report(made);
  if (format == "json") return report::json_report(made);
  return report::html_report(made, registry::program_prefix() / "share/medvlm/report");
}

std::string last_of(const CommandLine& line, const std::string& name) {
  const auto texts = line.texts(name);
  return texts.empty() ? "" : texts.back();
}

}  // namespace

int report_command(const Arguments& arguments) {
  const auto text = [] { return po::value<std::vector<std::string>>()->composing(); };
  po::options_description options("options");
  options.add_options()("out,o", text()->value_name("FILE"),
                        "the file to write (default: report.html; other formats get their own ending)")(
      "format", text()->value_name("LIST"),
      "html, csv, markdown, latex, json; several with commas (default: by the file's ending)")(
      "title", text()->value_name("TEXT"), "the report's title")("metric", text()->value_name("NAME"),
                                                                 "compare by this metric (default: each task's first)")(
      "tuned", text()->value_name("ADAPTER"),
      "what 'tuned' means in the questions (default: each task's first adapter that trains)")(
      "samples", text()->value_name("N"),
      "samples of each scenario in the page: a number, 'all' or 'none' (default: by the number of scenarios)")(
      "thumbnails", text()->value_name("FOLDER"), "pictures for the samples: FOLDER/<dataset>/<index>.png");
  CommandLine line("medvlm report RESULTS... [options]", options);
  if (!line.parse(arguments)) return 0;
  std::vector<fs::path> folders;
  for (const std::string& word : line.words()) folders.emplace_back(word);
  if (folders.empty()) {
    throw Error(
        ErrorCode::usage,
        "report needs at least one folder of results: a study's output, a scenario's, or what medvlm import wrote");
  }
  for (const fs::path& folder : folders) {
    if (!fs::is_directory(folder)) throw Error(ErrorCode::io, folder.string() + ": no such folder");
  }
  const std::string given = last_of(line, "out");
  const fs::path out = given.empty() ? "report.html" : given;
  const std::vector<std::string> formats = report_formats(line.texts("format"), out);
  report::ReportRequest request;
  request.title = last_of(line, "title");
  request.metric = last_of(line, "metric");
  request.tuned = last_of(line, "tuned");
  request.samples = samples_wanted(last_of(line, "samples"));
  request.thumbnails = last_of(line, "thumbnails");
  const report::Report made = report::make_report(folders, request);
  for (const std::string& format : formats) {
    fs::path file = out;
    if (formats.size() > 1 || given.empty()) file.replace_extension(kReportFormats.at(format));
    if (file.has_parent_path()) make_folder(file.parent_path());
    write_file_atomically(file, rendered(made, format));
    std::cout << file.string() << "\n";
  }
  return 0;
}

}  // namespace medvlm::launcher
