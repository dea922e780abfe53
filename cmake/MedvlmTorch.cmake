# medvlm::torch: LibTorch without its include folder in front of the system's.
# The wheel's folder carries a fmt of its own, which breaks spdlog; so its headers are searched last (-idirafter).
find_package(Torch 2.11 REQUIRED)
if(NOT TARGET medvlm::torch)
  # Whatever pulls Torch's targets in must not bring the folder back.
  foreach(lib torch torch_cpu torch_cuda c10 c10_cuda torch_library)
    if(TARGET ${lib})
      set_property(TARGET ${lib} PROPERTY INTERFACE_INCLUDE_DIRECTORIES "")
      set_property(TARGET ${lib} PROPERTY INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "")
    endif()
  endforeach()
  add_library(medvlm::torch INTERFACE IMPORTED)
  set_property(TARGET medvlm::torch PROPERTY INTERFACE_LINK_LIBRARIES torch)
  set(_torch_idirafter "")
  foreach(dir ${TORCH_INCLUDE_DIRS})
    list(APPEND _torch_idirafter "SHELL:-idirafter ${dir}")
  endforeach()
  set_property(TARGET medvlm::torch PROPERTY INTERFACE_COMPILE_OPTIONS ${_torch_idirafter})
endif()
