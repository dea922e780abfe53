// From stored values to what a display shows (DICOM PS3.3, C.7.6.16.2.9b, C.11.1 and C.11.2), in doubles.
#include <algorithm>
#include <cmath>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include "dicom_file.hpp"

namespace medvlm::sdk::decoders::dicom {
namespace {

std::optional<Lut> find_lut(const File& file, DcmItem& item, const DcmTagKey& sequence, const char* what) {
  DcmItem* table = nullptr;
  if (item.findAndGetSequenceItem(sequence, table).bad()) return std::nullopt;
  return read_lut(file, *table, DCM_LUTDescriptor, DCM_LUTData, what);
}

/// Stored values to values with a meaning, such as Hounsfield units.
class Modality {
 public:
  explicit Modality(const File& file) {
    DcmItem& item = file.group(DCM_PixelValueTransformationSequence);
    lut_ = find_lut(file, file.dataset(), DCM_ModalityLUTSequence, "modality lookup table");
    slope_ = decimal(item, DCM_RescaleSlope).value_or(1);
    intercept_ = decimal(item, DCM_RescaleIntercept).value_or(0);
  }
  double operator()(std::int64_t stored) const {
    const auto value = static_cast<double>(stored);
    return lut_ ? lut_->at(value) : value * slope_ + intercept_;
  }

 private:
  std::optional<Lut> lut_;
  double slope_ = 1, intercept_ = 0;
};

/// Values to 0..255: a table, a window, or the range of the values.
class Grayscale {
 public:
  explicit Grayscale(const File& file) {
    DcmItem& item = file.group(DCM_FrameVOILUTSequence);
    lut_ = find_lut(file, item, DCM_VOILUTSequence, "VOI lookup table");
    const auto centre = decimal(item, DCM_WindowCenter);
    const auto width = decimal(item, DCM_WindowWidth);
    if (lut_ || !centre || !width || *width <= 0) return;
    centre_ = *centre;
    width_ = *width;
    OFString function;
    item.findAndGetOFString(DCM_VOILUTFunction, function);
    curve_ = function == "SIGMOID" ? sigmoid : function == "LINEAR_EXACT" ? linear_exact : linear;
  }
  bool needs_range() const { return !lut_ && !curve_; }
  void set_range(double low, double high) {
    low_ = low;
    high_ = high;
  }
  double operator()(double value) const {
    if (lut_) return lut_->at(value) / (std::exp2(lut_->bits) - 1) * 255;
    if (curve_) return curve_(value, centre_, width_);
    return high_ > low_ ? (value - low_) / (high_ - low_) * 255 : 0;
  }

 private:
  static double linear(double value, double centre, double width) {
    if (value <= centre - 0.5 - (width - 1) / 2) return 0;
    if (value > centre - 0.5 + (width - 1) / 2) return 255;
    return ((value - (centre - 0.5)) / (width - 1) + 0.5) * 255;
  }
  static double linear_exact(double value, double centre, double width) {
    if (value <= centre - width / 2) return 0;
    if (value > centre + width / 2) return 255;
    return ((value - centre) / width + 0.5) * 255;
  }
  static double sigmoid(double value, double centre, double width) {
    return 255.0 / (1 + std::exp(-4 * (value - centre) / width));
  }

  std::optional<Lut> lut_;
  double (*curve_)(double, double, double) = nullptr;
  double centre_ = 0, width_ = 1, low_ = 0, high_ = 0;
};

}  // namespace

void render_gray(const File& file, const Frame& frame, std::uint8_t* rgb) {
  const Modality modality(file);
  Grayscale grayscale(file);
  const std::size_t pixels = frame.header.pixels();
  if (grayscale.needs_range()) {
    double low = modality(frame.value(0)), high = low;
    for (std::size_t i = 1; i < pixels; ++i) {
      const double value = modality(frame.value(i));
      low = std::min(low, value);
      high = std::max(high, value);
    }
    grayscale.set_range(low, high);
  }
  const int inverted = frame.header.photometric == "MONOCHROME1" ? 255 : 0;
  for (std::size_t i = 0; i < pixels; ++i, rgb += 3) {
    const double shown = std::floor(grayscale(modality(frame.value(i))) + 0.5);
    const int gray = static_cast<int>(std::clamp(shown, 0.0, 255.0));
    rgb[0] = rgb[1] = rgb[2] = static_cast<std::uint8_t>(inverted ? inverted - gray : gray);
  }
}

}  // namespace medvlm::sdk::decoders::dicom
