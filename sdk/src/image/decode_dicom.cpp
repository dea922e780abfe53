// DICOM: the first frame, as a display would show it.
#include "dicom_file.hpp"

namespace medvlm::sdk::decoders {

Image decode_dicom(const Input& input) {
  const dicom::File file(input);
  const dicom::Frame frame = dicom::read_frame(file);
  const dicom::Header& header = frame.header;
  Image image = make_image(input, dicom::kName, header.columns, header.rows);
  const bool gray = header.photometric == "MONOCHROME1" || header.photometric == "MONOCHROME2";
  if (gray && header.samples != 1) file.fail("a gray picture with " + std::to_string(header.samples) + " samples per pixel");
  gray ? dicom::render_gray(file, frame, image.pixels.data()) : dicom::render_colour(file, frame, image.pixels.data());
  return image;
}

}  // namespace medvlm::sdk::decoders
