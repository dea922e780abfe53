// What the formats share: walking through a document.
#pragma once

#include <string>
#include <variant>

#include "../document.hpp"

namespace medvlm::report {

/// Calls one of three functions for a block.
template <typename OnParagraph, typename OnTable, typename OnFigure>
void visit(const Block& block, OnParagraph paragraph, OnTable table, OnFigure figure) {
  if (const auto* text = std::get_if<Paragraph>(&block)) paragraph(*text);
  if (const auto* rows = std::get_if<Table>(&block)) table(*rows);
  if (const auto* drawing = std::get_if<Figure>(&block)) figure(*drawing);
}

/// The document's body as HTML: sections in <main>.
std::string html_sections(const Document& document, bool with_samples);

/// The section before which the browser of samples stands.
inline constexpr const char* kSectionAfterSamples = "manifest";

}  // namespace medvlm::report
