# WHITELINE_SANITIZE for one target. `race` instruments only the emulated kernels (tests/emulator).
# `memory` watches the emulated GPU's memory alone: the C++ library is not instrumented, so that
# watching stacks and the heap as well (tests/support/msan_options.cpp) would give false alarms.
function(whiteline_sanitize target)
  if(WHITELINE_SANITIZE STREQUAL "address")
    # The three left out show themselves to AddressSanitizer; without them a quarter less to compile.
    set(flags -fsanitize=address,undefined -fno-sanitize-recover=undefined
      -fno-sanitize=null,object-size,vptr)
  elseif(WHITELINE_SANITIZE STREQUAL "thread")
    set(flags -fsanitize=thread)
  elseif(WHITELINE_SANITIZE STREQUAL "memory")
    set(flags -fsanitize=memory)
    target_compile_options(${target} PRIVATE "SHELL:-mllvm -msan-poison-stack=0")
  elseif(NOT WHITELINE_SANITIZE STREQUAL "" AND NOT WHITELINE_SANITIZE STREQUAL "race")
    message(FATAL_ERROR "WHITELINE_SANITIZE=${WHITELINE_SANITIZE} is not known")
  endif()
  if(flags)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${flags} -fno-omit-frame-pointer>)
    target_link_options(${target} PRIVATE ${flags})
  endif()
endfunction()

# Sanitized programs are compiled without optimisation, which takes half the time.
if(WHITELINE_SANITIZE MATCHES "^(address|thread)$" AND CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(WHITELINE_CHECKED_BUILD TRUE)
else()
  set(WHITELINE_CHECKED_BUILD FALSE)
endif()

# What tests wait for is optimised all the same.
function(whiteline_sanitize_optimised target)
  if(WHITELINE_CHECKED_BUILD)
    target_compile_options(${target} PRIVATE -O1)
  endif()
endfunction()
