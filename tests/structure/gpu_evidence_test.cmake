# cmake -DROOT=<checkout> -DFOLDER=<to write to> -P gpu_evidence_test.cmake
# A made-up tree and a made-up report: a claim holds while comments and layout change, and no longer.

set(tree ${FOLDER}/tree)
set(evidence ${FOLDER}/gpu-evidence.json)
file(REMOVE_RECURSE ${FOLDER})
file(WRITE ${tree}/src/cuda/sources.cmake
  "set(WHITELINE_CUDA_KERNEL_SOURCES one.cu two.cu)\n")
file(WRITE ${tree}/src/cuda/one.cu "#include \"one.cuh\"\nvoid launch_one();\n")
file(WRITE ${tree}/src/cuda/two.cu "#include <cmath>\n#include \"shared.hpp\"\n")
file(WRITE ${tree}/kernels/one.cuh "#include \"shared.hpp\"\nvoid one();  // doubles x\n")
file(WRITE ${tree}/kernels/shared.hpp "constexpr int threads = 256;\n")

# evidence(<expected status: 0 or 1> <text expected in the output> <do> [options...])
function(evidence expected text do)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -DDO=${do} -DROOT=${tree} -DEVIDENCE=${evidence} ${ARGN}
      -P ${ROOT}/cmake/gpu-evidence.cmake
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL expected OR NOT output MATCHES "${text}")
    message(FATAL_ERROR "${do}: status ${status}, not ${expected}, or no `${text}` in\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# expect_states(<of one> <of two>)
function(expect_states one two)
  evidence(0 "" table -DOUTPUT=${FOLDER}/table.cpp)
  file(READ ${FOLDER}/table.cpp table)
  foreach(name IN ITEMS one two)
    if(NOT table MATCHES "{\"${name}\", \"[0-9a-f]+\", KernelState::${${name}}, ")
      message(FATAL_ERROR "${name} is not `${${name}}` in\n${table}")
    endif()
  endforeach()
endfunction()

function(write_report tests)
  evidence(0 "\"one\": \"[0-9a-f]+\", \"two\"" hashes)
  string(STRIP "${output}" kernels)
  file(WRITE ${FOLDER}/report.json "{\"date\": \"2026-11-20T10:00:00Z\",
    \"device\": {\"name\": \"NVIDIA H200\"},
    \"stages\": [{\"name\": \"build\", \"status\": \"passed\"},
               {\"name\": \"test\", \"status\": \"${tests}\"},
               {\"name\": \"memcheck\", \"status\": \"passed\"},
               {\"name\": \"racecheck\", \"status\": \"not run\"}],
    \"kernels\": ${kernels}}")
  evidence(0 "" record -DREPORT=${FOLDER}/report.json)
endfunction()

expect_states(not_run not_run)
write_report(failed)
expect_states(not_run not_run)
write_report(passed)
expect_states(verified verified)
file(READ ${FOLDER}/table.cpp table)
if(NOT table MATCHES "\"2026-11-20\", \"NVIDIA H200\", \"test, memcheck\"")
  message(FATAL_ERROR "the run is not told in\n${table}")
endif()
evidence(0 "no kernel" check)

file(WRITE ${tree}/kernels/one.cuh "/* twice\n * x */\n#include \"shared.hpp\"\n  void\n one();\n")
expect_states(verified verified)
evidence(0 "no kernel" check)

file(WRITE ${tree}/kernels/one.cuh "#include \"shared.hpp\"\nvoid one(int);\n")
expect_states(changed verified)
evidence(1 "has changed: one\n" check)

file(WRITE ${tree}/kernels/shared.hpp "constexpr int threads = 128;\n")
evidence(1 "has changed: one, two\n" check)
evidence(0 "" withdraw)
expect_states(changed changed)
evidence(0 "no kernel" check)

write_report(passed)
expect_states(verified verified)
