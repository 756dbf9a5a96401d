# Headers that most sources include, compiled once for each target: a third less to compile. Off in
# the preset `dev`, where each source must find its own includes.

# whiteline_precompiled(TARGET HEADER...), or (TARGET REUSE_FROM OTHER). Sources with options of
# their own set SKIP_PRECOMPILE_HEADERS, targets with such DISABLE_PRECOMPILE_HEADERS.
function(whiteline_precompiled target)
  if(NOT WHITELINE_PRECOMPILED)
    return()
  elseif(ARGV1 STREQUAL "REUSE_FROM")
    target_precompile_headers(${target} REUSE_FROM ${ARGV2})
  else()
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # For ccache; and g++ 12 no longer keeps to itself what it thinks of its own std::string at -O3
    # (GCC bugs 105329, 105651).
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>
      $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Release>>:-Wno-array-bounds -Wno-stringop-overflow>)
  endif()
endfunction()
