# How everything here is compiled.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(MEDVLM_CCACHE ccache)
if(MEDVLM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without the sloppiness ccache refuses to cache anything that uses the precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime;${MEDVLM_CCACHE}")
endif()

# Most of a file's compilation is headers, so the presets that build everything at once (CMAKE_UNITY_BUILD) compile files in
# groups; a group shares one namespace {}, so what is local to a file needs a name that its neighbours do not use. The preset
# `dev` compiles file by file, which also shows missing includes.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)

add_compile_options(-Wall -Wextra -fpch-preprocess)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict)  # warns wrongly about text + std::string (gcc bug 105651)
endif()
if(MEDVLM_SANITIZE)
  add_compile_options(-fsanitize=${MEDVLM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${MEDVLM_SANITIZE})
endif()

# One precompiled header for every target that uses tensors; made by medvlm_core.
function(medvlm_use_pch target)
  # The <target>_EXPORTS macro would differ from the header's, which the compiler then refuses.
  set_target_properties(${target} PROPERTIES DEFINE_SYMBOL "")
  target_precompile_headers(${target} REUSE_FROM medvlm_core)
endfunction()

# The same for a program. The header is made with -fPIC, so the program must be too (the compiler compares the flags).
function(medvlm_use_pch_in_program target)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${target} PRIVATE -fPIC)
  medvlm_use_pch(${target})
endfunction()
