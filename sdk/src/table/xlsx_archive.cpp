#include "xlsx_archive.hpp"

#include <zip.h>

#include "medvlm/base/error.hpp"

namespace medvlm::sdk::xlsx {
namespace {

constexpr std::size_t kMaxPartBytes = std::size_t{128} << 20;
constexpr std::string_view kOldMagic = "\xd0\xcf\x11\xe0";  // OLE: .xls, and .xlsx with a password

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

Archive::Archive(std::string_view bytes, const std::string& origin) : origin_(origin) {
  if (bytes.empty()) fail("the file is empty");
  if (bytes.starts_with(kOldMagic)) {
    fail("this is an old .xls file or a workbook with a password; save it as .xlsx without one");
  }
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source) archive_ = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive_) {
    zip_error_fini(&error);
    return;
  }
  const std::string reason = zip_error_strerror(&error);
  zip_error_fini(&error);
  if (source) zip_source_free(source);
  fail("this is no .xlsx workbook, or it is damaged (" + reason + ")");
}

Archive::~Archive() { zip_discard(archive_); }

void Archive::fail(const std::string& reason) const { throw Error(ErrorCode::data, origin_ + ": " + reason); }

bool Archive::has(const std::string& part) const { return zip_name_locate(archive_, part.c_str(), 0) >= 0; }

std::string Archive::unpack(const std::string& part) const {
  zip_stat_t facts;
  if (zip_stat(archive_, part.c_str(), 0, &facts) != 0 || !(facts.valid & ZIP_STAT_SIZE)) {
    fail("the workbook has no part " + part + "; it is damaged, or not made by a spreadsheet program");
  }
  const auto refuse_size = [&] { fail("the part " + part + " unpacks to more than 128 MiB; export the sheet as CSV"); };
  if (facts.size > kMaxPartBytes) refuse_size();
  zip_file_t* file = zip_fopen(archive_, part.c_str(), 0);
  if (!file) fail("the part " + part + " cannot be unpacked (" + zip_strerror(archive_) + ")");
  std::string content(static_cast<std::size_t>(facts.size), '\0');
  std::size_t filled = 0;
  zip_int64_t count = 0;
  char more = 0;
  while (filled < content.size() && (count = zip_fread(file, content.data() + filled, content.size() - filled)) > 0) {
    filled += static_cast<std::size_t>(count);
  }
  // The checksum is compared when the end is met; data beyond it mean that the directory lies.
  if (count >= 0) count = zip_fread(file, &more, 1);
  zip_fclose(file);
  if (count > 0) refuse_size();
  if (count < 0 || filled < content.size()) fail("the part " + part + " is damaged");
  return content;
}

std::unique_ptr<pugi::xml_document> Archive::xml(const std::string& part) const {
  const std::string content = unpack(part);
  auto document = std::make_unique<pugi::xml_document>();
  const auto result =
      document->load_buffer(content.data(), content.size(), pugi::parse_default | pugi::parse_ws_pcdata_single);
  if (!result) {
    fail("the part " + part + " is no well-formed XML at byte " + std::to_string(result.offset) + " (" +
         result.description() + ")");
  }
  return document;
}

std::string_view local_name(const pugi::xml_node& node) { return without_prefix(node.name()); }

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  return node.find_child([&](const pugi::xml_node& each) { return local_name(each) == name; });
}

std::string attribute(const pugi::xml_node& node, std::string_view name) {
  return node.find_attribute([&](const pugi::xml_attribute& each) { return without_prefix(each.name()) == name; })
      .value();
}

}  // namespace medvlm::sdk::xlsx
