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

add_compile_options(-Wall -Wextra -fpch-preprocess)
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
