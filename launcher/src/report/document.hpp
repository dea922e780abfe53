// The report as a document: sections of paragraphs, tables and figures, made once and rendered in every format.
#pragma once

#include <limits>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

namespace medvlm::report {

using Json = nlohmann::ordered_json;

/// Text as it is: renderers escape it.
struct Paragraph {
  std::string text;
};

/// What a column holds decides how it is aligned, sorted and filtered.
enum class ColumnKind {
  text,
  number,
  choice,  ///< few different texts: the table gets a menu that filters by it
};

struct Column {
  std::string title;
  ColumnKind kind = ColumnKind::text;
};

/// One cell: what is shown, and the number that it is sorted by.
struct Cell {
  Cell() = default;
  Cell(std::string shown) : text(std::move(shown)) {}
  Cell(const char* shown) : text(shown) {}
  Cell(std::string shown, double value) : text(std::move(shown)), number(value) {}

  std::string text;
  double number = std::numeric_limits<double>::quiet_NaN();
  std::string mark;  ///< "published", "ID", "worse" ...: becomes a badge
};

struct Table {
  std::string id;
  std::string caption;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
  bool tools = false;  ///< a search field and menus above it
};

/// A Vega-Lite specification with its data inside.
struct Figure {
  std::string id;
  std::string title;
  std::string description;  ///< for those who cannot see it
  Json spec;
  bool wide = false;  ///< takes a whole row
};

using Block = std::variant<Paragraph, Table, Figure>;

/// Blocks under a heading of their own: figures stand side by side where there is room.
struct Part {
  std::string title;  ///< may be empty
  std::vector<Block> blocks;
  bool folded = false;  ///< shown on demand
};

struct Section {
  std::string id;
  std::string title;
  std::vector<Part> parts;

  bool empty() const { return parts.empty(); }
};

/// The question answered for one task.
struct Answer {
  std::string task;
  std::vector<std::string> sentences;  ///< one per research question
  std::vector<std::string> notes;      ///< what they rest on
};

struct Document {
  std::string title;
  std::vector<std::string> facts;  ///< under the title: studies, date, versions
  std::vector<Answer> answers;
  std::vector<std::string> notes;  ///< how to read the marks that are used everywhere
  std::vector<Section> sections;
};

}  // namespace medvlm::report
