// What the specifications share. Colours are those of Okabe and Ito, which colour-blind readers tell apart, a little
// changed so that each has a contrast of 3:1 on white and on near-black; shapes and dashes repeat what colours say.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "../document.hpp"

namespace medvlm::report {

inline constexpr std::array kPalette = {"#1f78b4", "#d55e00", "#009e73", "#c15fa0", "#8f7300",
                                        "#7a6bc4", "#3d9dc4", "#8a8a8a", "#b5524a", "#5c8a3a"};

/// A column of the figure's table: what is read to those who cannot see the figure.
struct DataColumn {
  std::string field, title;
};

/// A specification with schema, title and data. `columns` names the fields that the page shows as a table.
Json base_spec(const std::string& title, const std::string& description, Json rows,
               const std::vector<DataColumn>& columns);

/// How many different texts a field has: a figure's height is that times a row's.
std::size_t distinct_values(const Json& rows, const char* field);

/// The number rounded to so many decimals, null for NaN: files stay small.
Json rounded(double value, int decimals = 2);

/// {"domain": [...], "range": [first colours of the palette]}
Json colours(const std::vector<std::string>& domain);

/// `{"field": ..., "type": ..., ...more}`
Json channel(const std::string& field, const std::string& type, Json more = Json::object());

/// `[{"field": .., "title": ..}, ...]` of the columns.
Json tooltips(const std::vector<DataColumn>& columns);

}  // namespace medvlm::report
