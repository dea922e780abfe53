#include "medvlm/core/journal.hpp"

#include "checks.hpp"
#include "temporary_folder.hpp"

using namespace medvlm;

namespace {

const std::string kIdentity = R"({"model":{"id":"m"},"run":{"seed":1},"scoring":{"rounds":10}})";

JournalRecord record(std::size_t index, std::vector<double> scores) {
  Prediction prediction;
  prediction.scores = std::move(scores);
  return {index, "sample " + std::to_string(index), prediction};
}

void write_three(const std::filesystem::path& folder) {
  Journal journal(folder, kIdentity, JournalMode::resume);
  const JournalRecord first[] = {record(0, {0.1, 0.9}), record(1, {1.0 / 3, 2.0 / 3})};
  journal.append(first);
  const JournalRecord second[] = {record(2, {5e-324, 1})};
  journal.append(second);
}

std::string refusal(const std::filesystem::path& folder, const std::string& identity, JournalMode mode, ErrorCode code) {
  try {
    Journal journal(folder, identity, mode);
  } catch (const Error& error) {
    CHECK(error.code() == code);
    return error.what();
  }
  return "no error";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a journal gives back what was appended, bit by bit") {
  const test::TemporaryFolder folder;
  write_three(folder.path());
  const Journal journal(folder.path(), kIdentity, JournalMode::resume);
  REQUIRE(journal.records().size() == 3);
  CHECK(journal.records().at(1).prediction.scores == std::vector<double>{1.0 / 3, 2.0 / 3});
  CHECK(journal.records().at(2).prediction.scores[0] == 5e-324);
  CHECK(journal.records().at(2).id == "sample 2");
}

TEST_CASE("errors and texts survive the journal") {
  const test::TemporaryFolder folder;
  Prediction failed, answer;
  failed.error = SampleError{"decode", ErrorCode::data, "x.png: \"cut\"\n"};
  answer.text = "pneumonia \xe2\x82\xac";
  answer.new_tokens = 7;
  {
    Journal journal(folder.path(), kIdentity, JournalMode::resume);
    const JournalRecord records[] = {{0, "a", failed}, {1, "b", answer}};
    journal.append(records);
  }
  const Journal journal(folder.path(), kIdentity, JournalMode::resume);
  REQUIRE(journal.records().at(0).prediction.error);
  CHECK(journal.records().at(0).prediction.error->message == failed.error->message);
  CHECK(journal.records().at(0).prediction.error->code == ErrorCode::data);
  CHECK(journal.records().at(1).prediction.text == answer.text);
  CHECK(journal.records().at(1).prediction.new_tokens == 7);
}

TEST_CASE("a journal cut at any byte keeps every whole record and can go on") {
  const test::TemporaryFolder folder;
  write_three(folder.path());
  const auto file = folder.path() / "journal.jsonl";
  const std::string whole = read_file(file);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    write_file_atomically(file, whole.substr(0, length));
    const std::size_t lines = static_cast<std::size_t>(std::count(whole.begin(), whole.begin() + std::ptrdiff_t(length), '\n'));
    Journal journal(folder.path(), kIdentity, JournalMode::resume);
    CHECK(journal.records().size() == (lines == 0 ? 0 : lines - 1));
    const JournalRecord extra[] = {record(9, {0.5, 0.5})};
    journal.append(extra);
    CHECK(Journal(folder.path(), kIdentity, JournalMode::resume).records().contains(9));
  }
}

TEST_CASE("damage before the end is an error that names the line") {
  const test::TemporaryFolder folder;
  write_three(folder.path());
  const auto file = folder.path() / "journal.jsonl";
  const std::string whole = read_file(file);
  const std::size_t second_line = whole.find('\n') + 1;
  for (std::size_t at = second_line; at + 1 < whole.find('\n', second_line); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    write_file_atomically(file, damaged);
    CHECK(has(refusal(folder.path(), kIdentity, JournalMode::resume, ErrorCode::io), "journal.jsonl:2: damaged record"));
  }
}

TEST_CASE("another study is refused with every difference") {
  const test::TemporaryFolder folder;
  write_three(folder.path());
  const std::string other = R"({"model":{"id":"n"},"run":{"seed":2,"limit":3},"scoring":{"rounds":10}})";
  const std::string text = refusal(folder.path(), other, JournalMode::resume, ErrorCode::conflict);
  CHECK(has(text, "model.id: was \"m\", is \"n\""));
  CHECK(has(text, "run.seed: was 1, is 2"));
  CHECK(has(text, "run.limit: was not set, is 3"));
  CHECK(has(text, "--fresh"));
  CHECK(Journal(folder.path(), other, JournalMode::fresh).records().empty());
}

TEST_CASE("another scoring is refused unless it is asked for, and keeps the predictions") {
  const test::TemporaryFolder folder;
  write_three(folder.path());
  const std::string other = R"({"model":{"id":"m"},"run":{"seed":1},"scoring":{"rounds":20}})";
  CHECK(has(refusal(folder.path(), other, JournalMode::resume, ErrorCode::conflict), "--rescore"));
  CHECK(Journal(folder.path(), other, JournalMode::rescore).records().size() == 3);
  CHECK(Journal(folder.path(), other, JournalMode::resume).records().size() == 3);
  CHECK(has(refusal(folder.path(), kIdentity, JournalMode::resume, ErrorCode::conflict), "scoring.rounds: was 20, is 10"));
}

TEST_CASE("the state of a journal can be seen without taking it over") {
  const test::TemporaryFolder folder;
  CHECK_FALSE(inspect_journal(folder.path(), kIdentity).exists);
  write_three(folder.path());
  const JournalState state = inspect_journal(folder.path(), kIdentity);
  CHECK(state.exists);
  CHECK(state.records == 3);
  CHECK(state.differences.empty());
}

TEST_CASE("a file that is no journal is refused") {
  const test::TemporaryFolder folder;
  write_file_atomically(folder.path() / "journal.jsonl", "00000000 {}\n");
  CHECK(Journal(folder.path(), kIdentity, JournalMode::resume).records().empty());  // a torn first line: nothing to lose
}
