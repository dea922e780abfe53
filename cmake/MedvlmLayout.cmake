# The build tree is laid out as the installed prefix, so that the program finds its parts the same way in both.
set(MEDVLM_LIBEXEC_DIR "${CMAKE_INSTALL_LIBDIR}/medvlm")
set(MEDVLM_PLUGIN_DIR "${CMAKE_INSTALL_LIBDIR}/medvlm/plugins")
set(MEDVLM_CONFIG_DIR "${CMAKE_INSTALL_DATADIR}/medvlm/configs")
# "lib" whatever the platform's habit, because the program looks there relative to itself.
if(NOT CMAKE_INSTALL_LIBDIR STREQUAL "lib")
  set(CMAKE_INSTALL_LIBDIR lib)
  include(GNUInstallDirs)
  set(MEDVLM_LIBEXEC_DIR lib/medvlm)
  set(MEDVLM_PLUGIN_DIR lib/medvlm/plugins)
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/${CMAKE_INSTALL_BINDIR}")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR}")
# Installed binaries find each other relative to themselves, and LibTorch where it was at build time.
set(CMAKE_INSTALL_RPATH "\$ORIGIN;\$ORIGIN/../lib;\$ORIGIN/..;\$ORIGIN/../..")
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
