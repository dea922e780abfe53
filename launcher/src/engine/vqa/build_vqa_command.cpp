#include "build_vqa_command.hpp"

#include <boost/program_options.hpp>
#include <algorithm>
#include <iostream>
#include <optional>

#include "medvlm/base/error.hpp"
#include "medvlm/base/files.hpp"
#include "medvlm/base/log.hpp"
#include "medvlm/sdk/chat/client.hpp"
#include "medvlm/sdk/table/csv.hpp"
#include "medvlm/sdk/table/fields.hpp"
#include "terminal.hpp"
#include "vqa_recipe.hpp"
#include "vqa_reply.hpp"

namespace medvlm::launcher {
namespace {

namespace chat = sdk::chat;
namespace po = boost::program_options;

// Between two of these a stop is heard; what was answered before is kept in any case.
constexpr std::size_t kNotesAtOnce = 64;
constexpr std::size_t kMostShown = 20;

struct BuildArguments {
  std::filesystem::path recipe;
  std::vector<std::string> changes;
  std::size_t limit = 0;
  bool quiet = false;
};

std::optional<BuildArguments> parse_build_arguments(int argc, char** argv) {
  po::options_description shown("options");
  shown.add_options()
      ("limit", po::value<std::size_t>()->value_name("N"), "only the first so many notes")
      ("set", po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
       "change a setting of the recipe, e.g. notes.file=/data/notes.csv; may be repeated")
      ("quiet", "no progress and no notices; errors still appear")
      ("help,h", "show this help");
  po::options_description all;
  all.add(shown).add_options()("recipe", po::value<std::vector<std::string>>());
  po::positional_options_description words;
  words.add("recipe", -1);
  po::variables_map values;
  try {
    namespace style = po::command_line_style;
    po::store(po::command_line_parser(argc, argv)
                  .options(all)
                  .positional(words)
                  .style(style::unix_style & ~style::allow_guessing)
                  .run(),
              values);
  } catch (const po::error& error) {
    throw Error(ErrorCode::usage, std::string(error.what()) + "; see 'medvlm build-vqa --help'");
  }
  if (values.count("help") > 0) {
    std::cout << "usage: medvlm build-vqa RECIPE.toml [options]\n\nMakes one open and one closed question of each "
                 "clinical note "
                 "through a chat endpoint, and writes them as\nCSV. Run it again to continue after a stop, or to ask "
                 "again for what "
                 "failed: what was answered is kept.\n\n"
              << shown;
    return std::nullopt;
  }
  if (values.count("recipe") == 0 || values["recipe"].as<std::vector<std::string>>().size() != 1) {
    throw Error(ErrorCode::usage, "give one recipe: medvlm build-vqa RECIPE.toml (configs/ has FairVLMed's)");
  }
  BuildArguments arguments;
  arguments.recipe = values["recipe"].as<std::vector<std::string>>().front();
  if (values.count("set") > 0) arguments.changes = values["set"].as<std::vector<std::string>>();
  if (values.count("limit") > 0) arguments.limit = values["limit"].as<std::size_t>();
  arguments.quiet = values.count("quiet") > 0;
  return arguments;
}

/// A note of which nothing was made, and why.
struct FailedNote {
  std::size_t row = 0;
  std::string reason;
};

/// Asks about the notes of a table and writes what comes back.
class VqaBuilder {
 public:
  VqaBuilder(const VqaRecipe& recipe, std::size_t limit)
      : recipe_(recipe), notes_(sdk::read_table(recipe.notes)), client_(recipe.endpoint),
        store_(recipe.output.string() + ".replies.jsonl") {
    note_ = notes_.column(recipe.note);
    copied_.push_back(notes_.column(recipe.image));
    for (const std::string& name : recipe.keep) copied_.push_back(notes_.column(name));
    rows_ = limit > 0 ? std::min(limit, notes_.size()) : notes_.size();
    pairs_.resize(rows_);
    form_.complaint = [this](const std::string& reply) {
      QuestionPair ignored;
      return read_question_pair(recipe_.layout, reply, ignored);
    };
    form_.reminder = recipe_.layout.reminder;
    form_.reasks = recipe_.layout.reasks;
  }

  /// Returns false if it was stopped.
  bool ask_all(Progress& progress) {
    if (anything_to_ask()) client_.check();
    progress.begin("notes", rows_, 0);
    for (std::size_t first = 0; first < rows_ && !progress.stop_requested(); first += kNotesAtOnce) {
      const std::size_t failed_before = failed_.size();
      const std::size_t last = std::min(first + kNotesAtOnce, rows_);
      ask_some(first, last);
      progress.advance(last - first, failed_.size() - failed_before);
    }
    progress.end();
    return !progress.stop_requested();
  }

  void write() const {
    std::string text = header();
    for (std::size_t row = 0; row < rows_; ++row) {
      if (!pairs_[row]) continue;
      text += line(row, pairs_[row]->open_question, pairs_[row]->open_answer, recipe_.open_type);
      text += line(row, pairs_[row]->closed_question, pairs_[row]->closed_answer, recipe_.closed_type);
    }
    write_file_atomically(recipe_.output, text);
    write_failures();
  }

  const std::vector<FailedNote>& failed() const { return failed_; }
  std::size_t rows() const { return rows_; }
  std::string place(std::size_t row) const { return notes_.place(row); }
  chat::Usage usage() const { return client_.usage(); }
  std::filesystem::path failures_file() const { return recipe_.output.string() + ".failed.csv"; }

 private:
  std::string note(std::size_t row) const { return std::string(sdk::trimmed(notes_.cell(row, note_))); }

  bool anything_to_ask() const {
    for (std::size_t row = 0; row < rows_; ++row) {
      if (!note(row).empty() && !store_.find(client_.key({messages_about(recipe_, note(row))}))) return true;
    }
    return false;
  }

  void ask_some(std::size_t first, std::size_t last) {
    std::vector<std::size_t> asked;
    std::vector<chat::Request> requests;
    for (std::size_t row = first; row < last; ++row) {
      const std::string text = note(row);
      if (text.empty()) {
        failed_.push_back({row, "the note is empty"});
        continue;
      }
      asked.push_back(row);
      requests.push_back({messages_about(recipe_, text)});
    }
    const chat::Answers answers = client_.ask(requests, form_, &store_);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const chat::Outcome& outcome = answers.outcomes[i];
      if (outcome.error) {
        failed_.push_back({asked[i], outcome.error->what()});
      } else {
        read_question_pair(recipe_.layout, outcome.reply.text, pairs_[asked[i]].emplace());
      }
    }
  }

  std::string header() const {
    std::string text = sdk::csv_field(recipe_.image);
    for (const std::string* name : {&recipe_.question_column, &recipe_.answer_column, &recipe_.type_column}) {
      text += "," + sdk::csv_field(*name);
    }
    for (const std::string& name : recipe_.keep) text += "," + sdk::csv_field(name);
    return text + "\n";
  }

  std::string line(std::size_t row, const std::string& question, const std::string& answer,
                   const std::string& type) const {
    std::string text = sdk::csv_field(notes_.cell(row, copied_[0]));
    for (const std::string* field : {&question, &answer, &type}) text += "," + sdk::csv_field(*field);
    for (std::size_t i = 1; i < copied_.size(); ++i) text += "," + sdk::csv_field(notes_.cell(row, copied_[i]));
    return text + "\n";
  }

  void write_failures() const {
    if (failed_.empty()) {
      std::filesystem::remove(failures_file());
      return;
    }
    std::string text = "note," + sdk::csv_field(recipe_.image) + ",reason\n";
    for (const FailedNote& each : failed_) {
      text += sdk::csv_field(place(each.row)) + "," + sdk::csv_field(notes_.cell(each.row, copied_[0])) + "," +
              sdk::csv_field(each.reason) + "\n";
    }
    write_file_atomically(failures_file(), text);
  }

  const VqaRecipe& recipe_;
  sdk::Table notes_;
  chat::Client client_;
  chat::ReplyStore store_;
  chat::Form form_;
  std::size_t note_ = 0, rows_ = 0;
  std::vector<std::size_t> copied_;  ///< columns; the image's first
  std::vector<std::optional<QuestionPair>> pairs_;
  std::vector<FailedNote> failed_;
};

int tell(const VqaBuilder& builder, const VqaRecipe& recipe) {
  const std::size_t failed = builder.failed().size();
  std::cout << builder.rows() << " notes: " << 2 * (builder.rows() - failed) << " questions in "
            << recipe.output.string() << "\n"
            << recipe.endpoint.model << ": " << chat::to_string(builder.usage()) << "\n";
  if (failed == 0) return 0;
  std::string text = std::to_string(failed) + " notes gave no questions; run again to ask for them again:";
  for (std::size_t i = 0; i < std::min(failed, kMostShown); ++i) {
    text += "\n  " + builder.place(builder.failed()[i].row) + ": " + builder.failed()[i].reason;
  }
  if (failed > kMostShown) text += "\n  ... all of them in " + builder.failures_file().string();
  log(LogLevel::error, text);
  return kExitSamplesFailed;
}

}  // namespace

int build_vqa_main(int argc, char** argv) {
  const auto arguments = parse_build_arguments(argc, argv);
  if (!arguments) return 0;
  start_logging(arguments->quiet);
  install_stop_signals();
  const VqaRecipe recipe = read_vqa_recipe(arguments->recipe, arguments->changes);
  VqaBuilder builder(recipe, arguments->limit);
  TerminalProgress progress(arguments->quiet);
  if (!builder.ask_all(progress)) {
    std::cout << "stopped; run the same command again to continue\n";
    return exit_status(ErrorCode::interrupted);
  }
  builder.write();
  return tell(builder, recipe);
}

}  // namespace medvlm::launcher
