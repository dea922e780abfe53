#include <cmath>

#include "../text.hpp"
#include "renderers.hpp"

namespace medvlm::report {
namespace {

/// Whether tables.js can read the number from the text itself.
bool reads_as_number(const std::string& text) {
  return !text.empty() && text.find_first_of("0123456789") != std::string::npos &&
         text.find_first_not_of("0123456789.+") == std::string::npos;
}

std::string badge(const std::string& mark) {
  return mark.empty() ? "" : " <span class=\"mark\">" + html_text(mark) + "</span>";
}

/// A hash or another long word: set small and broken anywhere.
bool is_long_word(const std::string& text) { return text.size() >= 40 && text.find(' ') == std::string::npos; }

void add_cell(std::string& html, const Cell& cell, const Column& column, bool leads) {
  if (leads) {
    html += "<th scope=\"row\">" + html_text(cell.text) + badge(cell.mark) + "</th>";
    return;
  }
  html += "<td";
  if (column.kind == ColumnKind::number) {
    html += " class=\"n\"";
    std::string plain = cell.text;
    if (plain.rfind("\u2212", 0) == 0) plain = plain.substr(std::string_view("\u2212").size());
    if (!reads_as_number(plain)) html += " data-v=\"" + exact(cell.number) + "\"";
  } else if (cell.text.rfind("[", 0) == 0 && cell.text.size() < 40) {
    html += " class=\"i\"";  // an interval stays on one line
  } else if (is_long_word(cell.text)) {
    html += " class=\"long\"";
  }
  html += ">" + html_text(cell.text) + badge(cell.mark) + "</td>";
}

const char* kind_name(ColumnKind kind) {
  return kind == ColumnKind::number ? "number" : kind == ColumnKind::choice ? "choice" : "text";
}

void add_html_table(std::string& html, const Table& table) {
  const std::string id = html_text(table.id);
  html += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"" + id +
          "-caption\">\n<table class=\"data" + std::string(table.columns.size() > 12 ? " many" : "") + "\" id=\"" + id +
          "\"";
  if (table.tools) html += " data-tools";
  html += ">\n<caption id=\"" + id + "-caption\"><span>" + html_text(table.caption) + "</span></caption>\n<thead><tr>";
  for (const Column& column : table.columns) {
    html += std::string("<th scope=\"col\" data-kind=\"") + kind_name(column.kind) + "\"" +
            (column.kind == ColumnKind::number ? " class=\"n\"" : "") + "><button type=\"button\">" +
            html_text(column.title) + "</button></th>";
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) add_cell(html, row[i], table.columns[i], i == 0);
    html += "</tr>\n";
  }
  html += "</tbody>\n</table>\n</div>\n";
}

void add_figure(std::string& html, const Figure& figure) {
  html += "<figure class=\"figure" + std::string(figure.wide ? " wide" : "") + "\" id=\"" + html_text(figure.id) +
          "\">\n<figcaption>" + html_text(figure.title) +
          "</figcaption>\n<div class=\"plot\" role=\"img\" tabindex=\"0\" aria-label=\"" +
          html_text(figure.description) + "\"></div>\n<script type=\"application/json\" class=\"spec\">" +
          script_json(figure.spec) + "</script>\n</figure>\n";
}

/// Figures that follow each other stand in one grid.
void add_blocks(std::string& html, const std::vector<Block>& blocks) {
  bool grid = false;
  for (const Block& block : blocks) {
    const bool figure = std::holds_alternative<Figure>(block);
    if (figure != grid) html += figure ? "<div class=\"figures\">\n" : "</div>\n";
    grid = figure;
    visit(
        block, [&](const Paragraph& paragraph) { html += "<p>" + html_text(paragraph.text) + "</p>\n"; },
        [&](const Table& table) { add_html_table(html, table); },
        [&](const Figure& drawing) { add_figure(html, drawing); });
  }
  if (grid) html += "</div>\n";
}

void add_section(std::string& html, const Section& section) {
  html += "<section id=\"" + html_text(section.id) + "\" aria-labelledby=\"" + html_text(section.id) +
          "-title\">\n<h2 id=\"" + html_text(section.id) + "-title\">" + html_text(section.title) + "</h2>\n";
  for (const Part& part : section.parts) {
    if (part.folded) {
      html += "<details>\n<summary>" + html_text(part.title) + "</summary>\n";
      add_blocks(html, part.blocks);
      html += "</details>\n";
      continue;
    }
    if (!part.title.empty()) html += "<h3>" + html_text(part.title) + "</h3>\n";
    add_blocks(html, part.blocks);
  }
  html += "</section>\n";
}

void add_answers(std::string& html, const Document& document) {
  html +=
      "<section id=\"answer\" aria-labelledby=\"answer-title\">\n<h2 id=\"answer-title\">Do generalists rival "
      "specialists?</h2>\n";
  for (const Answer& answer : document.answers) {
    html += "<div class=\"answer\">\n<h3>" + html_text(answer.task) + "</h3>\n<ol>\n";
    for (const std::string& sentence : answer.sentences) html += "<li>" + html_text(sentence) + "</li>\n";
    html += "</ol>\n";
    if (!answer.notes.empty()) {
      html += "<details>\n<summary>What this rests on</summary>\n<ul>\n";
      for (const std::string& note : answer.notes) html += "<li>" + html_text(note) + "</li>\n";
      html += "</ul>\n</details>\n";
    }
    html += "</div>\n";
  }
  html += "<ul class=\"legend\">\n";
  for (const std::string& note : document.notes) html += "<li>" + html_text(note) + "</li>\n";
  html += "</ul>\n</section>\n";
}

}  // namespace

std::string html_sections(const Document& document, bool with_samples) {
  const std::string samples =
      "<section id=\"samples\" aria-labelledby=\"samples-title\">\n<h2 id=\"samples-title\">Samples</h2>\n<p>A part of "
      "every scenario's predictions: evenly"
      " spaced samples of the test split, the same for all models, and the first that failed. All of them are in "
      "predictions.jsonl. An answer counts as right here"
      " if its score is at least 0.5; a diagnosis, if the class with the highest score is the true one.</p>\n<div "
      "id=\"sample-browser\"></div>\n</section>\n";
  std::string html;
  add_answers(html, document);
  bool placed = !with_samples;
  for (const Section& section : document.sections) {
    if (!placed && section.id == kSectionAfterSamples) {
      html += samples;
      placed = true;
    }
    add_section(html, section);
  }
  if (!placed) html += samples;
  return html;
}

}  // namespace medvlm::report
