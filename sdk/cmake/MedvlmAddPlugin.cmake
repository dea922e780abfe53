# medvlm_add_plugin(<target> SOURCES a.cpp ... [LIBRARIES lib ...])
#
# Builds the plugin described by plugin.toml in the current folder: one module that exports one symbol, and the
# manifest beside it (plugin.toml, the build stamp and the library's SHA-256). Installs both into the plugin folder.
# MEDVLM_PLUGIN_OUTPUT_DIR says where they are built; default: `plugins` in the build tree.
function(medvlm_add_plugin target)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  set(here "${CMAKE_CURRENT_FUNCTION_LIST_DIR}")
  set(toml "${CMAKE_CURRENT_SOURCE_DIR}/plugin.toml")
  if(NOT EXISTS "${toml}")
    message(FATAL_ERROR "medvlm_add_plugin(${target}): ${toml} does not exist; it names kind, id and version")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${toml}")
  foreach(key kind id version)
    file(STRINGS "${toml}" line REGEX "^${key} *= *\"[^\"]+\"" LIMIT_COUNT 1)
    if(NOT line MATCHES "\"([A-Za-z0-9_.+-]+)\"")
      message(FATAL_ERROR "${toml}: [plugin] needs a line  ${key} = \"...\"")
    endif()
    set(${key} "${CMAKE_MATCH_1}")
  endforeach()

  if(NOT MEDVLM_PLUGIN_OUTPUT_DIR)
    set(MEDVLM_PLUGIN_OUTPUT_DIR "${CMAKE_BINARY_DIR}/plugins")
  endif()
  set(name "medvlm-${kind}-${id}")
  set(manifest "${MEDVLM_PLUGIN_OUTPUT_DIR}/${name}.toml")
  add_library(${target} MODULE ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE medvlm::sdk ${arg_LIBRARIES})
  target_compile_features(${target} PRIVATE cxx_std_20)
  if(COMMAND medvlm_use_pch)  # within medvlm's own tree
    medvlm_use_pch(${target})
  endif()
  target_compile_definitions(${target} PRIVATE
    MEDVLM_THIS_PLUGIN_KIND="${kind}" MEDVLM_THIS_PLUGIN_ID="${id}" MEDVLM_THIS_PLUGIN_VERSION="${version}")
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME "${name}" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY "${MEDVLM_PLUGIN_OUTPUT_DIR}"
    # The manifest is written when the library is linked, so what it is made of counts too.
    LINK_DEPENDS "${toml};${here}/plugin-exports.map;${here}/write_manifest.cmake"
    MEDVLM_MANIFEST "${manifest}")
  target_link_options(${target} PRIVATE "LINKER:--version-script=${here}/plugin-exports.map")

  set(install_dir "lib/medvlm/plugins")
  # The manifest holds the hash of the library, so a library whose bytes change on installation (its run path is
  # rewritten) gets a new manifest there. Building with the installed run path avoids that.
  set_target_properties(${target} PROPERTIES BUILD_WITH_INSTALL_RPATH ON
    INSTALL_RPATH "\$ORIGIN/../..;${MEDVLM_PLUGIN_RPATH}")
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND "${CMAKE_COMMAND}" "-DLIBRARY=$<TARGET_FILE:${target}>" "-DPLUGIN_TOML=${toml}" "-DMANIFEST=${manifest}"
            -P "${here}/write_manifest.cmake"
    VERBATIM)
  install(TARGETS ${target} LIBRARY DESTINATION "${install_dir}")
  install(FILES "${manifest}" DESTINATION "${install_dir}")
endfunction()
