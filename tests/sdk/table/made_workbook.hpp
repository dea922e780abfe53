// Excel workbooks made part by part, for files that no spreadsheet program would write.
#pragma once

#include <map>
#include <stdexcept>
#include <string>

#include <zip.h>

namespace medvlm::test {

/// The parts of an archive by name.
using Parts = std::map<std::string, std::string>;

/// A zip archive in memory.
inline std::string make_zip(const Parts& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(target);
  zip_t* archive = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  if (!archive) throw std::runtime_error("no archive");
  for (const auto& [name, content] : parts) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    if (zip_file_add(archive, name.c_str(), source, 0) < 0) throw std::runtime_error("no part " + name);
  }
  if (zip_close(archive) != 0) throw std::runtime_error("cannot close the archive");
  zip_stat_t facts;
  zip_source_stat(target, &facts);
  std::string bytes(facts.size, '\0');
  zip_source_open(target);
  zip_source_read(target, bytes.data(), bytes.size());
  zip_source_close(target);
  zip_source_free(target);
  return bytes;
}

/// A workbook with one sheet "S" that has these rows (XML of <row> elements) and shared strings (XML of <si> elements).
inline Parts workbook_parts(const std::string& rows, const std::string& strings = "") {
  const std::string relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const auto list = [](const std::string& entries) { return "<Relationships>" + entries + "</Relationships>"; };
  const auto link = [&](const std::string& id, const std::string& type, const std::string& target) {
    return "<Relationship Id=\"" + id + "\" Type=\"" + relation + type + "\" Target=\"" + target + "\"/>";
  };
  const std::string sheet = "<sheet name=\"S\" sheetId=\"1\" r:id=\"r7\"/>";
  return {{"_rels/.rels", list(link("r1", "/officeDocument", "book/main.xml"))},
          {"book/main.xml", "<workbook xmlns:r=\"" + relation + "\"><sheets>" + sheet + "</sheets></workbook>"},
          {"book/_rels/main.xml.rels",
           list(link("r7", "/worksheet", "/book/s.xml") + link("r8", "/sharedStrings", "strings.xml"))},
          {"book/strings.xml", "<sst>" + strings + "</sst>"},
          {"book/s.xml", "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"}};
}

inline std::string make_workbook(const std::string& rows, const std::string& strings = "") {
  return make_zip(workbook_parts(rows, strings));
}

}  // namespace medvlm::test
