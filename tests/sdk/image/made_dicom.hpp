// Small DICOM files made element by element, for variants that the goldens do not hold.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "made_files.hpp"

namespace medvlm::test {

inline constexpr const char* kExplicitLittle = "1.2.840.10008.1.2.1";
inline constexpr const char* kJpegBaseline = "1.2.840.10008.1.2.4.50";
inline constexpr const char* kJpeg2000 = "1.2.840.10008.1.2.4.90";
inline constexpr const char* kRunLength = "1.2.840.10008.1.2.5";

/// An element in explicit VR, little endian.
inline std::string dicom_element(std::uint32_t tag, const std::string& vr, std::string value) {
  if (value.size() % 2 != 0) value += vr == "UI" || vr == "OB" ? '\0' : ' ';
  const bool is_long = vr == "OB" || vr == "OW" || vr == "SQ" || vr == "UN";
  return little(tag >> 16, 2) + little(tag & 0xffff, 2) + vr +
         (is_long ? little(0, 2) + little(value.size(), 4) : little(value.size(), 2)) + value;
}

/// One item of a sequence with the given elements inside.
inline std::string dicom_item(const std::string& elements) {
  return little(0xfffe, 2) + little(0xe000, 2) + little(elements.size(), 4) + elements;
}

/// What every file begins with.
inline std::string dicom_preamble() {
  std::string bytes(128, '\0');
  bytes.append("DICM");
  return bytes;
}

inline std::string words(const std::vector<int>& values) {
  std::string bytes;
  for (const int value : values) bytes += little(static_cast<std::uint64_t>(value), 2);
  return bytes;
}

/// A file under construction: elements are written in the order of their tags.
class DicomFile {
 public:
  /// A gray picture without pixels.
  DicomFile(int columns, int rows, int allocated, int stored) {
    set(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7");
    set(0x00080018, "UI", "2.25.1");
    number(0x00280002, 1);
    set(0x00280004, "CS", "MONOCHROME2");
    number(0x00280010, rows);
    number(0x00280011, columns);
    number(0x00280100, allocated);
    number(0x00280101, stored);
    number(0x00280102, stored - 1);
    number(0x00280103, 0);
  }
  DicomFile& set(std::uint32_t tag, const std::string& vr, const std::string& value) {
    elements_[tag] = dicom_element(tag, vr, value);
    return *this;
  }
  DicomFile& number(std::uint32_t tag, int value) { return set(tag, "US", words({value})); }
  DicomFile& remove(std::uint32_t tag) {
    elements_.erase(tag);
    return *this;
  }
  DicomFile& photometric(const std::string& name, int samples) {
    set(0x00280004, "CS", name);
    number(0x00280002, samples);
    return samples > 1 ? number(0x00280006, 0) : *this;
  }
  DicomFile& window(const std::string& centre, const std::string& width) {
    return set(0x00281050, "DS", centre).set(0x00281051, "DS", width);
  }
  DicomFile& pixels(const std::string& bytes, const std::string& vr = "OW") { return set(0x7fe00010, vr, bytes); }
  /// Compressed pixels: an empty table of offsets, then the fragments.
  DicomFile& fragments(const std::vector<std::string>& parts) {
    std::string value = little(0xfffe, 2) + little(0xe000, 2) + little(0, 4);
    for (std::string part : parts) {
      if (part.size() % 2 != 0) part += '\0';
      value += dicom_item(part);
    }
    elements_[0x7fe00010] = little(0x7fe0, 2) + little(0x0010, 2) + "OB" + little(0, 2) + little(0xffffffff, 4) + value +
                            little(0xfffe, 2) + little(0xe0dd, 2) + little(0, 4);
    return *this;
  }
  std::string bytes(const std::string& syntax = kExplicitLittle) const {
    std::string meta = dicom_element(0x00020001, "OB", std::string("\0\1", 2)) +
                       dicom_element(0x00020002, "UI", "1.2.840.10008.5.1.4.1.1.7") +
                       dicom_element(0x00020003, "UI", "2.25.1") + dicom_element(0x00020010, "UI", syntax);
    std::string file = dicom_preamble().append(dicom_element(0x00020000, "UL", little(meta.size(), 4))).append(meta);
    for (const auto& [tag, element] : elements_) file += element;
    return file;
  }

 private:
  std::map<std::uint32_t, std::string> elements_;
};

}  // namespace medvlm::test
