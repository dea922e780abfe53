# Writes MANIFEST = PLUGIN_TOML + what only the built LIBRARY knows.
file(STRINGS "${LIBRARY}" stamp REGEX "^medvlm-stamp:1;.*" LIMIT_COUNT 1)
if(NOT stamp)
  message(FATAL_ERROR "${LIBRARY} holds no build stamp: it needs one MEDVLM_PLUGIN(Interface, Class) line")
endif()
# The pattern may catch neighbouring bytes of the string table; the stamp ends with its sizes.
string(REGEX MATCH "^medvlm-stamp:1;[A-Za-z0-9=;.+_-]*" stamp "${stamp}")
file(SHA256 "${LIBRARY}" sha256)
get_filename_component(library "${LIBRARY}" NAME)
file(READ "${PLUGIN_TOML}" declared)
# CMake lists use semicolons: write through configure-free concatenation to keep them.
file(WRITE "${MANIFEST}.tmp" "manifest_version = 1\n\n")
file(APPEND "${MANIFEST}.tmp" "${declared}")
file(APPEND "${MANIFEST}.tmp" "\n[build]\nlibrary = \"${library}\"\nsha256 = \"${sha256}\"\nstamp = \"${stamp}\"\n")
file(RENAME "${MANIFEST}.tmp" "${MANIFEST}")
