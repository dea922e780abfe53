#include <set>

#include "../report.hpp"
#include "../text.hpp"
#include "renderers.hpp"

namespace medvlm::report {
namespace {

/// Sections that belong into a paper's appendix; hashes and single failures do not.
bool printed(const Section& section) {
  static const std::set<std::string> kPrinted = {"results", "gaps",      "specialists", "costs",
                                                 "models",  "subgroups", "differences", "seeds"};
  return kPrinted.contains(section.id);
}

void add_latex_table(std::string& text, const Table& table) {
  std::string columns, head;
  for (const Column& column : table.columns) {
    columns += column.kind == ColumnKind::number ? 'r' : 'l';
    head += (head.empty() ? "" : " & ") + latex_text(column.title);
  }
  text += "{\\tiny\\setlength{\\tabcolsep}{2.5pt}\n\\begin{longtable}{" + columns + "}\n\\caption{" +
          latex_text(table.caption) + "}\\\\\n\\toprule\n" + head + " \\\\\n\\midrule\n\\endfirsthead\n\\toprule\n" +
          head + " \\\\\n\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n";
  for (const auto& row : table.rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += (i == 0 ? "" : " & ") + latex_text(row[i].text);
      if (!row[i].mark.empty()) line += "\\,(" + latex_text(row[i].mark) + ")";
    }
    // A row that begins with a bracket would be read as the option of the line break before it.
    text += (line.rfind("[", 0) == 0 ? "{}" : "") + line + " \\\\\n";
  }
  text += "\\end{longtable}}\n\n";
}

}  // namespace

std::string latex_report(const Report& report) {
  const Document& document = report.document;
  std::string text =
      "% Written by medvlm report. Needs booktabs, longtable and "
      "geometry.\n\\documentclass{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage[T1]{fontenc}\n"
      "\\usepackage{booktabs,longtable}\n\\usepackage[landscape,margin=15mm]{geometry}\n\\begin{document}\n\\section*"
      "{" +
      latex_text(document.title) + "}\n";
  for (const Answer& answer : document.answers) {
    text += "\\subsection*{" + latex_text(answer.task) + "}\n\\begin{enumerate}\n";
    for (const std::string& sentence : answer.sentences) text += "\\item " + latex_text(sentence) + "\n";
    text += "\\end{enumerate}\n";
    for (const std::string& note : answer.notes) text += latex_text(note) + "\\par\n";
  }
  for (const std::string& note : document.notes) text += latex_text(note) + "\\par\n";
  for (const Section& section : document.sections) {
    if (!printed(section)) continue;
    text += "\n\\section*{" + latex_text(section.title) + "}\n";
    for (const Part& part : section.parts) {
      if (!part.title.empty()) text += "\\subsection*{" + latex_text(part.title) + "}\n";
      for (const Block& block : part.blocks) {
        visit(
            block, [&](const Paragraph& paragraph) { text += latex_text(paragraph.text) + "\\par\n"; },
            [&](const Table& table) { add_latex_table(text, table); }, [](const Figure&) {});
      }
    }
  }
  return text + "\\end{document}\n";
}

}  // namespace medvlm::report
