#include "../report.hpp"
#include "../text.hpp"
#include "renderers.hpp"

namespace medvlm::report {
namespace {

std::string cell_text(const Cell& cell) {
  return markdown_text(cell.text) + (cell.mark.empty() ? "" : " (" + markdown_text(cell.mark) + ")");
}

void add_markdown_table(std::string& text, const Table& table) {
  text += "**" + markdown_text(table.caption) + "**\n\n|";
  for (const Column& column : table.columns) text += " " + markdown_text(column.title) + " |";
  text += "\n|";
  for (const Column& column : table.columns) text += column.kind == ColumnKind::number ? " ---: |" : " --- |";
  text += "\n";
  for (const auto& row : table.rows) {
    text += "|";
    for (const Cell& cell : row) text += " " + cell_text(cell) + " |";
    text += "\n";
  }
  text += "\n";
}

}  // namespace

std::string markdown_report(const Report& report) {
  const Document& document = report.document;
  std::string text = "# " + markdown_text(document.title) + "\n\n";
  for (const std::string& fact : document.facts) text += "- " + markdown_text(fact) + "\n";
  text += "\n## Do generalists rival specialists?\n\n";
  for (const Answer& answer : document.answers) {
    text += "### " + markdown_text(answer.task) + "\n\n";
    for (std::size_t i = 0; i < answer.sentences.size(); ++i)
      text += std::to_string(i + 1) + ". " + markdown_text(answer.sentences[i]) + "\n";
    text += "\n";
    for (const std::string& note : answer.notes) text += "- " + markdown_text(note) + "\n";
    text += "\n";
  }
  for (const std::string& note : document.notes) text += "- " + markdown_text(note) + "\n";
  for (const Section& section : document.sections) {
    text += "\n## " + markdown_text(section.title) + "\n\n";
    for (const Part& part : section.parts) {
      if (!part.title.empty()) text += "### " + markdown_text(part.title) + "\n\n";
      for (const Block& block : part.blocks) {
        visit(
            block, [&](const Paragraph& paragraph) { text += markdown_text(paragraph.text) + "\n\n"; },
            [&](const Table& table) { add_markdown_table(text, table); }, [](const Figure&) {});
      }
    }
  }
  return text;
}

}  // namespace medvlm::report
