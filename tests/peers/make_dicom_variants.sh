#!/usr/bin/env bash
# Compresses pictures of the image goldens without loss by DCMTK's programs (Debian package dcmtk), for compressions that
# the goldens do not have in colour or with a sign.
#   make_dicom_variants.sh ../goldens
set -euo pipefail
from="$1/images/files" to="$1/dicom"
mkdir -p "$to"
dcmcjpls "$from/rgb.dcm" "$to/rgb.jpeg_ls.dcm"
dcmcjpls "$from/rgb_planar.dcm" "$to/rgb_planar.jpeg_ls.dcm"
dcmcjpls "$from/ct_signed16.dcm" "$to/ct_signed16.jpeg_ls.dcm"
dcmcjpeg +e1 "$from/rgb.dcm" "$to/rgb.jpeg_lossless_sv1.dcm"
dcmcjpeg +el "$from/ct_signed16.dcm" "$to/ct_signed16.jpeg_lossless.dcm"
dcmcrle "$from/rgb.dcm" "$to/rgb.rle.dcm"
dcmcrle "$from/rgb_planar.dcm" "$to/rgb_planar.rle.dcm"
dcmconv +ti "$from/ct_signed16.dcm" "$to/ct_signed16.implicit.dcm"
dcmconv +td "$from/palette.dcm" "$to/palette.deflated.dcm"
dcmconv +tb "$from/palette.dcm" "$to/palette.big_endian.dcm"
dcmconv +ti "$from/voi_lut.dcm" "$to/voi_lut.implicit.dcm"
