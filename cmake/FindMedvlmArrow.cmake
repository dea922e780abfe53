# medvlm::parquet_cpp: Apache Arrow's and Parquet's C++ libraries as the Python wheel `pyarrow` carries them.
# MEDVLM_ARROW_PREFIX: the folder of a pyarrow package; default: .deps/arrow, which scripts/setup.sh makes.
set(MEDVLM_ARROW_PREFIX "${PROJECT_SOURCE_DIR}/.deps/arrow" CACHE PATH "Folder of a pyarrow package (C++ headers and libraries)")
set(_arrow_include "")
if(EXISTS "${MEDVLM_ARROW_PREFIX}/include/parquet/file_reader.h")
  set(_arrow_include "${MEDVLM_ARROW_PREFIX}/include")
endif()
# The wheel has no names without a version.
file(GLOB _arrow_library "${MEDVLM_ARROW_PREFIX}/libarrow.so.*[0-9]")
file(GLOB _parquet_library "${MEDVLM_ARROW_PREFIX}/libparquet.so.*[0-9]")

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MedvlmArrow
  REQUIRED_VARS _parquet_library _arrow_library _arrow_include
  REASON_FAILURE_MESSAGE "run scripts/setup.sh, or set MEDVLM_ARROW_PREFIX to the folder of an installed pyarrow")

if(MedvlmArrow_FOUND AND NOT TARGET medvlm::parquet_cpp)
  foreach(name arrow parquet)
    list(GET _${name}_library 0 _file)
    add_library(medvlm_${name}_cpp SHARED IMPORTED)
    set_target_properties(medvlm_${name}_cpp PROPERTIES IMPORTED_LOCATION "${_file}"
      INTERFACE_INCLUDE_DIRECTORIES "${_arrow_include}" INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${_arrow_include}")
  endforeach()
  add_library(medvlm::parquet_cpp INTERFACE IMPORTED)
  target_link_libraries(medvlm::parquet_cpp INTERFACE medvlm_parquet_cpp medvlm_arrow_cpp)
endif()
