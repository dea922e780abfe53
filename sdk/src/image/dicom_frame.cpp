// The stored samples of a DICOM file's first frame, however they are compressed.
#include <cstring>
#include <mutex>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>

#include "dicom_file.hpp"

namespace medvlm::sdk::decoders::dicom {
namespace {

/// DCMTK keeps its codecs in one list for the whole process, which it locks itself.
void register_codecs() {
  static std::once_flag once;
  std::call_once(once, [] {
    DJDecoderRegistration::registerCodecs(EDC_never, EUC_default, EPC_colorByPixel);
    DJLSDecoderRegistration::registerCodecs(EJLSUC_default, EJLSPC_colorByPixel);
  });
}

DcmPixelData& pixel_data(const File& file) {
  DcmElement* element = nullptr;
  file.dataset().findAndGetElement(DCM_PixelData, element);
  auto* data = dynamic_cast<DcmPixelData*>(element);
  if (!data) file.fail("there are no pixel data; this file holds no picture");
  return *data;
}

/// Bilevel pixels lie in bits, the lowest first.
std::vector<std::uint8_t> unpacked_bits(const std::uint8_t* bytes, std::size_t count) {
  std::vector<std::uint8_t> samples(count);
  for (std::size_t i = 0; i < count; ++i) samples[i] = (bytes[i / 8] >> (i % 8)) & 1;
  return samples;
}

void read_native(const File& file, Frame& frame) {
  DcmPixelData& data = pixel_data(file);
  Header& header = frame.header;
  const std::size_t samples = header.pixels() * header.samples;
  const bool halved = header.photometric == "YBR_FULL_422";  // two luma samples share their chroma
  const std::size_t bytes = header.bits_allocated == 1 ? (samples + 7) / 8
                            : halved                   ? header.pixels() * 2 * header.bytes_per_sample()
                                                       : header.frame_bytes();
  const std::size_t present = data.getLength();
  if (present < bytes) {
    file.fail("the pixel data are truncated: " + std::to_string(present) + " bytes, but a frame has " +
              std::to_string(bytes));
  }
  Uint8* octets = nullptr;
  Uint16* words = nullptr;
  const bool narrow = header.bits_allocated <= 8;
  const OFCondition result = narrow ? data.getUint8Array(octets) : data.getUint16Array(words);
  const void* begin = narrow ? static_cast<const void*>(octets) : words;
  if (result.bad() || !begin) file.fail(std::string("the pixel data cannot be read (") + result.text() + ")");
  if (header.bits_allocated == 1) {
    frame.bytes = unpacked_bits(octets, samples);
    return;
  }
  frame.bytes.resize(bytes);
  std::memcpy(frame.bytes.data(), begin, bytes);
}

/// JPEG lossless, 12-bit JPEG and JPEG-LS.
void read_by_dcmtk(const File& file, Frame& frame) {
  register_codecs();
  if (frame.header.bits_allocated != 8 && frame.header.bits_allocated != 16) {
    file.fail("compressed samples of " + std::to_string(frame.header.bits_allocated) + " bits are not supported");
  }
  frame.bytes.resize(frame.header.frame_bytes() + frame.header.frame_bytes() % 2);
  Uint32 fragment = 0;
  OFString colours;
  const OFCondition result = pixel_data(file).getUncompressedFrame(
      &file.dataset(), 0, fragment, frame.bytes.data(), static_cast<Uint32>(frame.bytes.size()), colours);
  if (result.bad()) file.fail(std::string("the compressed pixel data are damaged (") + result.text() + ")");
  frame.bytes.resize(frame.header.frame_bytes());
  if (!colours.empty()) frame.header.photometric = colours.c_str();
  frame.header.planar = false;
}

/// The fragments of the first frame, one after the other.
std::string compressed_frame(const File& file) {
  DcmPixelSequence* sequence = nullptr;
  const E_TransferSyntax syntax = file.dataset().getOriginalXfer();
  pixel_data(file).getEncapsulatedRepresentation(syntax, nullptr, sequence);
  std::string bytes;
  const unsigned long count = sequence ? sequence->card() : 0;
  for (unsigned long i = 1; i < count; ++i) {  // the first item is the table of offsets
    DcmPixelItem* item = nullptr;
    Uint8* part = nullptr;
    if (sequence->getItem(item, i).bad() || item->getUint8Array(part).bad() || !part) break;
    const std::string_view fragment(reinterpret_cast<const char*>(part), item->getLength());
    // A frame may be cut into fragments, but for run-length data. JPEG and JPEG 2000 streams tell where the next begins.
    const bool starts = syntax == EXS_RLELossless || fragment.starts_with("\xff\xd8\xff") ||
                        fragment.starts_with("\xff\x4f\xff");
    if (!bytes.empty() && file.header().frames > 1 && starts) break;
    bytes.append(fragment);
  }
  if (bytes.empty()) file.fail("there are no compressed pixel data");
  return bytes;
}

/// Through libjpeg-turbo, as for JPEG files: DCMTK's own copy of libjpeg rounds otherwise.
void read_jpeg(const File& file, Frame& frame) {
  const std::string bytes = compressed_frame(file);
  Header& header = frame.header;
  JpegFrame jpeg = decode_jpeg_frame({bytes, file.input().origin}, header.photometric == "RGB");
  if (jpeg.image.width != int(header.columns) || jpeg.image.height != int(header.rows) ||
      jpeg.components != int(header.samples) || header.bits_allocated != 8) {
    file.fail("the compressed picture has another size or depth than the header says");
  }
  frame.bytes = std::move(jpeg.image.pixels);
  header.planar = false;
  if (header.samples == 3) {
    header.photometric = "RGB";
    return;
  }
  for (std::size_t i = 0; i < header.pixels(); ++i) frame.bytes[i] = frame.bytes[i * 3];
  frame.bytes.resize(header.pixels());
}

void read_jpeg2000(const File& file, Frame& frame) {
  const std::string bytes = compressed_frame(file);
  decode_jpeg2000_frame(file, {bytes, file.input().origin}, frame);
}

}  // namespace

Frame read_frame(const File& file) {
  Frame frame{file.header(), {}};
  const E_TransferSyntax syntax = file.dataset().getOriginalXfer();
  const DcmXfer transfer(syntax);
  if (!transfer.isEncapsulated()) {
    read_native(file, frame);
    return frame;
  }
  switch (syntax) {
    case EXS_JPEGProcess1: read_jpeg(file, frame); break;
    case EXS_JPEGProcess2_4:
      file.header().bits_allocated == 8 ? read_jpeg(file, frame) : read_by_dcmtk(file, frame);
      break;
    case EXS_RLELossless: decode_rle_frame(file, compressed_frame(file), frame); break;
    case EXS_JPEGProcess14:
    case EXS_JPEGProcess14SV1:
    case EXS_JPEGLSLossless:
    case EXS_JPEGLSLossy: read_by_dcmtk(file, frame); break;
    case EXS_JPEG2000LosslessOnly:
    case EXS_JPEG2000: read_jpeg2000(file, frame); break;
    default:
      file.fail(std::string("the compression '") + transfer.getXferName() +
                "' is not supported; decompress the file, e.g. with gdcmconv --raw");
  }
  return frame;
}

std::int64_t Frame::value(std::size_t sample) const {
  std::uint32_t raw = 0;
  switch (header.bytes_per_sample()) {
    case 1: raw = bytes[sample]; break;
    case 2: {
      std::uint16_t word;
      std::memcpy(&word, bytes.data() + sample * 2, 2);
      raw = word;
      break;
    }
    default: std::memcpy(&raw, bytes.data() + sample * 4, 4);
  }
  const std::uint32_t stored = header.bits_stored;
  const std::int64_t range = std::int64_t{1} << stored;
  const std::int64_t low = (raw >> (header.high_bit + 1 - stored)) & (range - 1);
  return header.is_signed && low >= range / 2 ? low - range : low;
}

}  // namespace medvlm::sdk::decoders::dicom
