#include "elf.hpp"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace medvlm::registry {
namespace {

/// The end of a range of the file, saturated.
std::uint64_t end_of(std::uint64_t offset, std::uint64_t size) {
  return offset > UINT64_MAX - size ? UINT64_MAX : offset + size;
}

}  // namespace

std::string library_defect(std::string_view bytes) {
  if (bytes.empty()) return "is empty";
  if (!bytes.starts_with(std::string_view(ELFMAG, SELFMAG))) return "is not a library (it has no ELF header)";
  Elf64_Ehdr header;
  if (bytes.size() < sizeof header) return "is cut short: it ends within the ELF header";
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
    return "is a library for another kind of machine";
  }
  const std::uint64_t segments = std::uint64_t(header.e_phnum) * sizeof(Elf64_Phdr);
  std::uint64_t needed = std::max(end_of(header.e_phoff, segments),
                                  end_of(header.e_shoff, std::uint64_t(header.e_shnum) * sizeof(Elf64_Shdr)));
  for (std::uint16_t i = 0; i < header.e_phnum && needed <= bytes.size(); ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof segment, sizeof segment);
    needed = std::max(needed, end_of(segment.p_offset, segment.p_filesz));
  }
  if (needed <= bytes.size()) return "";
  return "is cut short: it has " + std::to_string(bytes.size()) + " bytes, its header promises " +
         std::to_string(needed);
}

}  // namespace medvlm::registry
