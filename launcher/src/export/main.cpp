// The program `medvlm-export`: results and predictions as flat tables. Started by `medvlm export`; it alone writes Parquet, so
// that no other program loads Arrow for it.
#include <boost/program_options.hpp>

#include <algorithm>
#include <iostream>

#include "export_tables.hpp"
#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/options.hpp"

namespace medvlm::launcher {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;
using Words = std::vector<std::string>;

const Words kFormats = {"csv", "jsonl", "parquet"};
const Words kTables = {"predictions", "results"};

struct Request {
  std::vector<fs::path> results;
  fs::path out;
  Words formats, tables;
};

/// "csv,parquet" -> csv, parquet; each must be known.
Words split_list(const std::string& option, const std::string& text, const Words& known) {
  Words list;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    const std::string word = text.substr(start, comma - start);
    if (std::find(known.begin(), known.end(), word) == known.end()) {
      throw Error(ErrorCode::usage, "--" + option + " does not know '" + word + "'" + suggestion(word, known));
    }
    if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(word);
    start = comma + 1;
  }
  return list;
}

/// False if help was asked for and printed.
bool parse(int argc, char** argv, Request& request) {
  po::options_description shown("options");
  shown.add_options()
      ("out", po::value<std::string>()->value_name("PLACE"), "folder for the tables; or one file, whose name ends with the format")
      ("format", po::value<std::string>()->value_name("LIST"), "csv, jsonl, parquet; several with commas (default: csv, or that of the file)")
      ("what", po::value<std::string>()->default_value("predictions,results")->value_name("LIST"), "predictions, results, or both")
      ("help,h", "show this help");
  po::options_description all;
  all.add(shown).add_options()("results", po::value<Words>());
  po::positional_options_description words;
  words.add("results", -1);
  po::variables_map values;
  try {
    po::store(po::command_line_parser(argc, argv)
                  .options(all)
                  .positional(words)
                  .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
                  .run(),
              values);
    po::notify(values);
  } catch (const po::error& error) {
    throw Error(ErrorCode::usage, std::string(error.what()) + "; see 'medvlm export --help'");
  }
  if (values.count("help") > 0) {
    std::cout << "usage: medvlm export RESULTS... --out PLACE [options]\n\nWrites finished scenarios, or all below "
                 "folders, as flat tables. "
                 "Columns: docs/formats/export.md.\n\n"
              << shown;
    return false;
  }
  if (values.count("results") == 0 || values.count("out") == 0) {
    throw Error(ErrorCode::usage, "give results and a place: medvlm export RESULTS... --out FOLDER");
  }
  for (const std::string& folder : values["results"].as<Words>()) request.results.emplace_back(folder);
  request.out = values["out"].as<std::string>();
  request.tables = split_list("what", values["what"].as<std::string>(), kTables);
  const std::string ending = request.out.extension().string();
  const bool is_file = !fs::is_directory(request.out) && ending.size() > 1 &&
                       std::find(kFormats.begin(), kFormats.end(), ending.substr(1)) != kFormats.end();
  const std::string usual = is_file ? ending.substr(1) : "csv";
  request.formats =
      split_list("format", values.count("format") > 0 ? values["format"].as<std::string>() : usual, kFormats);
  return true;
}

/// The file of a table: --out itself if it names a file, else one in that folder.
fs::path file_of(const Request& request, const std::string& table, const std::string& format) {
  const bool single = request.tables.size() == 1 && request.formats.size() == 1;
  if (request.out.extension() == "." + format && single && !fs::is_directory(request.out)) return request.out;
  return request.out / (table + "." + format);
}

int run(int argc, char** argv) {
  Request request;
  if (!parse(argc, argv, request)) return 0;
  const auto outcomes = analysis::read_outcomes(request.results);
  for (const std::string& table : request.tables) {
    const bool predictions = table == "predictions";
    for (const std::string& format : request.formats) {
      const fs::path file = file_of(request, table, format);
      if (file.has_parent_path()) make_folder(file.parent_path());
      const auto sink = make_sink(format, file, predictions ? prediction_columns() : result_columns());
      for (const auto& outcome : outcomes) predictions ? add_predictions(outcome, *sink) : add_results(outcome, *sink);
      sink->finish();
      std::cout << file.string() << "\n";
    }
  }
  return 0;
}

}  // namespace
}  // namespace medvlm::launcher

int main(int argc, char** argv) {
  try {
    return medvlm::launcher::run(argc, argv);
  } catch (const medvlm::Error& error) {
    std::cerr << "error: " << error.what() << "\n";
    return medvlm::exit_status(error.code());
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return medvlm::exit_status(medvlm::ErrorCode::internal);
  }
}
