# Less to compile, by a third each: headers that most sources include are compiled once for each
# target, and sources ten at a time. Both are off in the preset `dev`, where each source stands for
# itself.

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

# whiteline_unity(TARGET [PATTERN]): those of its sources whose path matches PATTERN stay alone, and
# those with options of their own. The others of a folder must not use one name for two things.
function(whiteline_unity target)
  if(NOT WHITELINE_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # it takes each source for a header
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
  endif()
  if(ARGC GREATER 1)
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources INCLUDE REGEX "${ARGV1}")
  endif()
  if(sources)
    set_property(SOURCE ${sources} TARGET_DIRECTORY ${target}
      PROPERTY SKIP_UNITY_BUILD_INCLUSION TRUE)
  endif()
endfunction()
