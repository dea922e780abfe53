// JPEG 2000 codestreams inside DICOM files, through OpenJPEG.
#include <cstring>
#include <memory>

#include <openjpeg.h>

#include "dicom_file.hpp"

namespace medvlm::sdk::decoders::dicom {
namespace {

using std::string_view_literals::operator""sv;

/// What OpenJPEG's stream callbacks see.
struct Source {
  std::string_view bytes;
  std::size_t position = 0;
};

OPJ_SIZE_T read_bytes(void* to, OPJ_SIZE_T count, void* source) {
  auto& from = *static_cast<Source*>(source);
  const std::size_t given = std::min<std::size_t>(count, from.bytes.size() - from.position);
  if (given == 0) return static_cast<OPJ_SIZE_T>(-1);
  std::memcpy(to, from.bytes.data() + from.position, given);
  from.position += given;
  return given;
}

OPJ_OFF_T skip_bytes(OPJ_OFF_T count, void* source) {
  auto& from = *static_cast<Source*>(source);
  if (count < 0 || static_cast<std::uint64_t>(count) > from.bytes.size() - from.position) return -1;
  from.position += static_cast<std::size_t>(count);
  return count;
}

OPJ_BOOL seek_bytes(OPJ_OFF_T position, void* source) {
  auto& from = *static_cast<Source*>(source);
  if (position < 0 || static_cast<std::uint64_t>(position) > from.bytes.size()) return OPJ_FALSE;
  from.position = static_cast<std::size_t>(position);
  return OPJ_TRUE;
}

/// OpenJPEG's streams and codecs are one type to the compiler, so each is given its own end.
template <auto destroy>
struct Release {
  void operator()(auto* object) const { destroy(object); }
};
using Stream = std::unique_ptr<opj_stream_t, Release<opj_stream_destroy>>;
using Codec = std::unique_ptr<opj_codec_t, Release<opj_destroy_codec>>;
using Picture = std::unique_ptr<opj_image_t, Release<opj_image_destroy>>;

void keep_first(const char* message, void* text) {
  auto& kept = *static_cast<std::string*>(text);
  if (!kept.empty()) return;
  kept = message;
  while (!kept.empty() && (kept.back() == '\n' || kept.back() == ' ')) kept.pop_back();
}

bool fits(const opj_image_t& image, const Header& header) {
  if (image.numcomps != header.samples) return false;
  for (OPJ_UINT32 c = 0; c < image.numcomps; ++c) {
    const opj_image_comp_t& part = image.comps[c];
    if (part.w != header.columns || part.h != header.rows || part.prec > header.bits_allocated) return false;
  }
  return true;
}

}  // namespace

void decode_jpeg2000_frame(const File& file, const Input& codestream, Frame& frame) {
  Header& header = frame.header;
  if (header.bits_allocated != 8 && header.bits_allocated != 16) {
    file.fail("JPEG 2000 with BitsAllocated " + std::to_string(header.bits_allocated) + " is not supported");
  }
  Source source{codestream.bytes};
  std::string complaint;
  const Stream stream(opj_stream_default_create(OPJ_TRUE));
  opj_stream_set_user_data(stream.get(), &source, nullptr);
  opj_stream_set_user_data_length(stream.get(), source.bytes.size());
  opj_stream_set_read_function(stream.get(), read_bytes);
  opj_stream_set_skip_function(stream.get(), skip_bytes);
  opj_stream_set_seek_function(stream.get(), seek_bytes);
  const bool boxed = codestream.bytes.starts_with("\0\0\0\x0cjP  "sv);  // against the standard, but met
  const Codec codec(opj_create_decompress(boxed ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K));
  opj_set_error_handler(codec.get(), keep_first, &complaint);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  const auto refuse = [&] { file.fail("JPEG 2000: " + (complaint.empty() ? "the data are damaged" : complaint)); };
  opj_image_t* made = nullptr;
  if (!opj_setup_decoder(codec.get(), &parameters) || !opj_read_header(stream.get(), codec.get(), &made)) refuse();
  const Picture image(made);
  // Before memory is taken for pixels. Components that are smaller than the picture have no rule here.
  if (!fits(*image, header)) file.fail("the compressed picture has another size or depth than the header says");
  if (!opj_decode(codec.get(), stream.get(), image.get()) || !opj_end_decompress(codec.get(), stream.get())) refuse();
  const std::size_t step = header.bytes_per_sample();
  frame.bytes.resize(header.frame_bytes());
  for (std::size_t c = 0; c < header.samples; ++c) {
    const OPJ_INT32* values = image->comps[c].data;
    if (!values) refuse();
    for (std::size_t i = 0; i < header.pixels(); ++i) {
      std::memcpy(frame.bytes.data() + (i * header.samples + c) * step, &values[i], step);  // the low bytes
    }
  }
  header.planar = false;
  if (header.photometric == "YBR_ICT" || header.photometric == "YBR_RCT") header.photometric = "RGB";  // OpenJPEG did it
}

}  // namespace medvlm::sdk::decoders::dicom
