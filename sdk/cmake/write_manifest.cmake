# Writes MANIFEST = PLUGIN_TOML + what only the built LIBRARY knows.
# A stamp may stand in the middle of a string of the file, when the bytes before it are printable by chance; and the
# head from which the SDK builds it, which ends in "sizes=", is no stamp.
set(stamp_pattern "medvlm-stamp:1;[A-Za-z0-9=;.+_-]*sizes=[0-9.]+")
file(STRINGS "${LIBRARY}" stamp REGEX "${stamp_pattern}" LIMIT_COUNT 1)
if(NOT stamp)
  message(FATAL_ERROR "${LIBRARY} holds no build stamp: it needs one MEDVLM_PLUGIN(Interface, Class) line")
endif()
string(REPLACE "\\;" ";" stamp "${stamp}")  # file(STRINGS) gives a list, in which semicolons are escaped
string(REGEX MATCH "${stamp_pattern}" stamp "${stamp}")
if(NOT stamp)
  message(FATAL_ERROR "${LIBRARY}: its build stamp cannot be read")
endif()
file(SHA256 "${LIBRARY}" sha256)
get_filename_component(library "${LIBRARY}" NAME)
file(READ "${PLUGIN_TOML}" declared)
file(WRITE "${MANIFEST}.tmp" "manifest_version = 1\n\n")
file(APPEND "${MANIFEST}.tmp" "${declared}")
file(APPEND "${MANIFEST}.tmp" "\n[build]\nlibrary = \"${library}\"\nsha256 = \"${sha256}\"\nstamp = \"${stamp}\"\n")
file(RENAME "${MANIFEST}.tmp" "${MANIFEST}")
