// A parsed DICOM file and what its header says of the pixels. Parsing is DCMTK's; the pixels' rules are ours.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "decoders.hpp"

class DcmFileFormat;
class DcmDataset;
class DcmItem;
class DcmTagKey;

namespace medvlm::sdk::decoders::dicom {

inline constexpr std::string_view kName = "DICOM";

/// How the samples of one frame lie in memory.
struct Header {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t samples = 1;         ///< per pixel
  std::uint32_t frames = 1;
  std::uint32_t bits_allocated = 0;  ///< 1, 8, 16 or 32
  std::uint32_t bits_stored = 0;
  std::uint32_t high_bit = 0;
  bool is_signed = false;
  bool planar = false;               ///< one plane per colour instead of one triple per pixel
  std::string photometric;           ///< "MONOCHROME2", "RGB", ...

  std::size_t pixels() const { return std::size_t{rows} * columns; }
  std::size_t bytes_per_sample() const { return bits_allocated <= 8 ? 1 : bits_allocated / 8; }
  std::size_t frame_bytes() const { return pixels() * samples * bytes_per_sample(); }
};

/// A file whose header is consistent and within the limits of size. For one thread.
class File {
 public:
  /// Throws Error(data): damaged, cut, an attribute is missing or impossible.
  explicit File(const Input& input);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const Input& input() const { return input_; }
  const Header& header() const { return header_; }
  DcmDataset& dataset() const { return *dataset_; }
  /// The item that holds the attributes of a functional group for the first frame (multi-frame objects of the enhanced
  /// kind), or the data set itself.
  DcmItem& group(const DcmTagKey& sequence) const;

  [[noreturn]] void fail(const std::string& reason) const { decoders::fail(input_, kName, reason); }

 private:
  void parse();
  void read_header();
  void check_header() const;

  const Input& input_;
  std::unique_ptr<DcmFileFormat> format_;
  DcmDataset* dataset_ = nullptr;
  Header header_;
};

/// The first value of a decimal attribute; nothing if it is absent, empty or not finite.
std::optional<double> decimal(DcmItem& item, const DcmTagKey& tag);

/// The samples of the first frame.
struct Frame {
  Header header;                     ///< of these samples: decompression changes layout and colour space
  std::vector<std::uint8_t> bytes;   ///< header.frame_bytes(), in the machine's byte order

  /// The low bits_stored bits of a sample, sign-extended where the header says so.
  std::int64_t value(std::size_t sample) const;
};

/// Reads and decompresses the first frame. Throws Error(data), also for a compression without decoder.
Frame read_frame(const File& file);

/// Frames of one codec. `frame.bytes` is filled; the header is adjusted.
void decode_rle_frame(const File& file, std::string_view bytes, Frame& frame);
void decode_jpeg2000_frame(const File& file, const Input& codestream, Frame& frame);

/// Makes 8-bit gray of a MONOCHROME1 or MONOCHROME2 frame. `rgb` has room for three bytes per pixel.
void render_gray(const File& file, const Frame& frame, std::uint8_t* rgb);

/// Makes 8-bit RGB of a frame in PALETTE COLOR, RGB, YBR_FULL or YBR_FULL_422.
void render_colour(const File& file, const Frame& frame, std::uint8_t* rgb);

/// A lookup table of the file: for values below `first` the first entry counts, above the last one the last.
struct Lut {
  std::int64_t first = 0;
  std::uint32_t bits = 16;  ///< of an entry
  std::vector<std::uint16_t> values;

  std::uint16_t at(double value) const;
};

/// Reads a table from its descriptor and data attributes. Throws Error(data) if they do not fit together.
Lut read_lut(const File& file, DcmItem& item, const DcmTagKey& descriptor, const DcmTagKey& data, const char* what);

}  // namespace medvlm::sdk::decoders::dicom
