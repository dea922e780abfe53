# Installs find_package(medvlm): targets medvlm::base, core, sdk and conformance, and medvlm_add_plugin().
include(CMakePackageConfigHelpers)
set(MEDVLM_PACKAGE_DIR "lib/cmake/medvlm")

install(EXPORT medvlmTargets NAMESPACE medvlm:: DESTINATION "${MEDVLM_PACKAGE_DIR}")
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/sdk/cmake/medvlmConfig.cmake.in" "${PROJECT_BINARY_DIR}/package/medvlmConfig.cmake"
  INSTALL_DESTINATION "${MEDVLM_PACKAGE_DIR}"
  NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/package/medvlmConfigVersion.cmake"
  COMPATIBILITY SameMajorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/package/medvlmConfig.cmake"
  "${PROJECT_BINARY_DIR}/package/medvlmConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/MedvlmTorch.cmake"
  "${PROJECT_SOURCE_DIR}/sdk/cmake/MedvlmAddPlugin.cmake"
  "${PROJECT_SOURCE_DIR}/sdk/cmake/write_manifest.cmake"
  "${PROJECT_SOURCE_DIR}/sdk/cmake/plugin-exports.map"
  DESTINATION "${MEDVLM_PACKAGE_DIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/sdk/examples" DESTINATION "${CMAKE_INSTALL_DATADIR}/medvlm")
