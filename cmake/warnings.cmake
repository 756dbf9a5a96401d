# Warnings and the floating-point rule every target of ours is compiled with.
function(whiteline_warnings target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wno-missing-field-initializers
      $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local> -Wnon-virtual-dtor
      -Woverloaded-virtual -ffp-contract=off>
    # g++ 12 at -O3 warns of its own std::string (GCC bug 105651).
    $<$<AND:$<CONFIG:Release>,$<COMPILE_LANG_AND_ID:CXX,GNU>>:-Wno-restrict>
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${WHITELINE_WERROR}>>:-Werror>)
endfunction()
