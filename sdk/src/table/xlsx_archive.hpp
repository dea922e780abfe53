// The parts of a workbook: an archive of XML files.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <pugixml.hpp>

struct zip;

namespace medvlm::sdk::xlsx {

/// Opens a workbook in memory, which must outlive this.
class Archive {
 public:
  /// Throws Error(data) if the bytes are no zip archive.
  Archive(std::string_view bytes, const std::string& origin);
  ~Archive();
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  bool has(const std::string& part) const;
  /// Unpacks and parses a part. Throws Error(data): missing, damaged, encrypted, too large, no XML.
  std::unique_ptr<pugi::xml_document> xml(const std::string& part) const;

  [[noreturn]] void fail(const std::string& reason) const;

 private:
  std::string unpack(const std::string& part) const;

  const std::string& origin_;
  zip* archive_ = nullptr;
};

/// The name of a node without its namespace prefix, which some writers use and others do not.
std::string_view local_name(const pugi::xml_node& node);

/// The first child with this local name, or an empty node.
pugi::xml_node child(const pugi::xml_node& node, std::string_view name);

/// The value of the attribute with this local name, or "".
std::string attribute(const pugi::xml_node& node, std::string_view name);

}  // namespace medvlm::sdk::xlsx
