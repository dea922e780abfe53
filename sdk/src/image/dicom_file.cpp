#include "dicom_file.hpp"

#include <cmath>
#include <mutex>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/oflog/oflog.h>

#include "pixel_limit.hpp"

namespace medvlm::sdk::decoders::dicom {
namespace {

/// DCMTK would write its complaints to the error stream.
void silence() {
  static std::once_flag once;
  std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
}

std::optional<std::uint32_t> number(DcmItem& item, const DcmTagKey& tag) {
  Uint16 value = 0;
  if (item.findAndGetUint16(tag, value).good()) return value;
  return std::nullopt;
}

std::string text(DcmItem& item, const DcmTagKey& tag) {
  OFString value;
  if (item.findAndGetOFString(tag, value).bad()) return "";
  const std::size_t end = value.find_last_not_of(" ");
  return end == OFString_npos ? "" : std::string(value.c_str(), end + 1);
}

}  // namespace

File::File(const Input& input) : input_(input) {
  silence();
  parse();
  read_header();
  check_header();
}

File::~File() = default;

void File::parse() {
  format_ = std::make_unique<DcmFileFormat>();
  DcmInputBufferStream stream;
  stream.setBuffer(input_.bytes.data(), static_cast<offile_off_t>(input_.size()));
  stream.setEos();
  format_->transferInit();
  const OFCondition result = format_->read(stream);
  format_->transferEnd();
  if (result.bad()) fail(std::string("the file is truncated or damaged (") + result.text() + ")");
  dataset_ = format_->getDataset();
}

void File::read_header() {
  DcmItem& item = *dataset_;
  const auto needed = [&](const DcmTagKey& tag, const char* name) {
    const auto value = number(item, tag);
    if (!value) fail(std::string("the attribute ") + name + " is missing; this file holds no picture");
    return *value;
  };
  header_.rows = needed(DCM_Rows, "Rows");
  header_.columns = needed(DCM_Columns, "Columns");
  header_.bits_allocated = needed(DCM_BitsAllocated, "BitsAllocated");
  header_.bits_stored = number(item, DCM_BitsStored).value_or(header_.bits_allocated);
  header_.high_bit = number(item, DCM_HighBit).value_or(header_.bits_stored - 1);
  header_.samples = number(item, DCM_SamplesPerPixel).value_or(1);
  header_.is_signed = number(item, DCM_PixelRepresentation).value_or(0) == 1;
  header_.planar = number(item, DCM_PlanarConfiguration).value_or(0) == 1;
  header_.photometric = text(item, DCM_PhotometricInterpretation);
  const auto frames = decimal(item, DCM_NumberOfFrames);
  if (frames && (*frames < 1 || *frames > 1e9)) fail("the attribute NumberOfFrames is not possible");
  header_.frames = static_cast<std::uint32_t>(frames.value_or(1));
}

void File::check_header() const {
  const Header& h = header_;
  const std::string size = std::to_string(h.columns) + "x" + std::to_string(h.rows) + " pixels";
  if (h.rows == 0 || h.columns == 0) fail("the picture is empty: " + size);
  if (h.pixels() > kMaxPixels) fail(size + " exceed the limit of 2^28 pixels");
  if (h.samples != 1 && h.samples != 3) fail(std::to_string(h.samples) + " samples per pixel are not supported");
  if (h.bits_allocated != 1 && h.bits_allocated != 8 && h.bits_allocated != 16 && h.bits_allocated != 32) {
    fail("BitsAllocated " + std::to_string(h.bits_allocated) + " is not supported (1, 8, 16 and 32 are)");
  }
  if (h.bits_stored < 1 || h.bits_stored > h.bits_allocated || h.high_bit >= h.bits_allocated ||
      h.high_bit + 1 < h.bits_stored) {
    fail("BitsAllocated, BitsStored and HighBit contradict each other");
  }
}

DcmItem& File::group(const DcmTagKey& sequence) const {
  for (const DcmTagKey& groups : {DCM_PerFrameFunctionalGroupsSequence, DCM_SharedFunctionalGroupsSequence}) {
    DcmItem* frame = nullptr;
    DcmItem* found = nullptr;
    if (dataset_->findAndGetSequenceItem(groups, frame).good() &&
        frame->findAndGetSequenceItem(sequence, found).good()) {
      return *found;
    }
  }
  return *dataset_;
}

std::optional<double> decimal(DcmItem& item, const DcmTagKey& tag) {
  DcmElement* element = nullptr;
  if (item.findAndGetElement(tag, element).bad()) return std::nullopt;
  Float64 value = 0;
  if (element->getFloat64(value).good()) return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
  Sint32 integer = 0;
  if (element->getSint32(integer).good()) return integer;
  return std::nullopt;
}

std::uint16_t Lut::at(double value) const {
  const double last = static_cast<double>(values.size() - 1);
  const double index = std::min(std::max(std::floor(value) - static_cast<double>(first), 0.0), last);
  return values[static_cast<std::size_t>(index)];
}

Lut read_lut(const File& file, DcmItem& item, const DcmTagKey& descriptor, const DcmTagKey& data, const char* what) {
  const auto part = [&](unsigned long position) -> std::int64_t {
    Uint16 value = 0;
    Sint16 negative = 0;
    if (item.findAndGetUint16(descriptor, value, position).good()) return value;
    if (item.findAndGetSint16(descriptor, negative, position).good()) return negative;
    file.fail(std::string("the descriptor of the ") + what + " is missing or damaged");
  };
  const auto entries = static_cast<std::size_t>(part(0) & 0xffff);
  Lut lut;
  lut.first = part(1);
  // Where the file does not name the type, the value was taken as unsigned.
  if (file.header().is_signed && lut.first >= 0x8000) lut.first -= 0x10000;
  lut.bits = static_cast<std::uint32_t>(part(2));
  const std::size_t wanted = entries == 0 ? 65536 : entries;
  if (lut.bits < 8 || lut.bits > 16) {
    file.fail(std::string("the ") + what + " has entries of " + std::to_string(lut.bits) + " bits");
  }
  DcmElement* element = nullptr;
  Uint16* words = nullptr;
  if (item.findAndGetElement(data, element).bad() || element->getUint16Array(words).bad() || !words) {
    file.fail(std::string("the data of the ") + what + " are missing or of a kind that is not supported");
  }
  const std::size_t count = element->getLength() / 2;
  if (lut.bits == 8 && count < wanted && count * 2 >= wanted) {  // two entries in a word, the low byte first
    for (std::size_t i = 0; i < wanted; ++i) lut.values.push_back((words[i / 2] >> (8 * (i % 2))) & 0xff);
    return lut;
  }
  if (count < wanted) {
    file.fail(std::string("the ") + what + " has " + std::to_string(count) + " entries, but its descriptor says " +
              std::to_string(wanted));
  }
  lut.values.assign(words, words + wanted);
  return lut;
}

}  // namespace medvlm::sdk::decoders::dicom
