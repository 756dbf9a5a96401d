# cmake -DDO=... -DROOT=<checkout> [-DEVIDENCE=<file>] ... -P gpu-evidence.cmake
#
# Which kernels have run on a GPU as they are now. The evidence file (bench/results/gpu-evidence.json)
# claims for each kernel family the hash of the source that ran (kernel_sources.cmake), when, where
# and under which checks. An empty hash: the source has changed since.
#
#   DO=hashes                  prints {"family": "hash", ...}
#   DO=record  -DREPORT=FILE   claims the kernels of a report of scripts/gpu-check whose tests passed
#   DO=check                   fails where the file claims a kernel whose source is another one now
#   DO=withdraw                takes these claims back
#   DO=table   -DOUTPUT=FILE   writes the table that `whiteline devices --verbose` shows

cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/kernel_sources.cmake)

kernel_families(${ROOT} families)
foreach(name IN LISTS families)
  kernel_hash(${ROOT} ${name} hash_of_${name})
endforeach()

set(evidence "{}")
if(DEFINED EVIDENCE AND EXISTS ${EVIDENCE})
  file(READ ${EVIDENCE} evidence)
endif()

# members(<json> <out>): the names in an object.
function(members json out)
  set(names "")
  string(JSON count LENGTH "${json}")
  if(count GREATER 0)
    math(EXPR last "${count} - 1")
    foreach(i RANGE ${last})
      string(JSON name MEMBER "${json}" ${i})
      list(APPEND names ${name})
    endforeach()
  endif()
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

# stale(<out>): families that are claimed with a hash that is not theirs.
function(stale out)
  set(found "")
  members("${evidence}" claimed)
  foreach(name IN LISTS claimed)
    string(JSON hash GET "${evidence}" ${name} hash)
    if(hash AND NOT hash STREQUAL "${hash_of_${name}}")
      list(APPEND found ${name})
    endif()
  endforeach()
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

function(do_hashes)
  set(rows "")
  foreach(name IN LISTS families)
    list(APPEND rows "\"${name}\": \"${hash_of_${name}}\"")
  endforeach()
  list(JOIN rows ", " text)
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "{${text}}")
endfunction()

function(do_check)
  stale(changed)
  if(changed)
    list(JOIN changed ", " names)
    message(FATAL_ERROR "the evidence claims kernels whose source has changed: ${names}\n"
      "run scripts/gpu-check on a GPU, or take the claims back by scripts/gpu-check --withdraw")
  endif()
  message(STATUS "no kernel is claimed that has changed")
endfunction()

function(do_withdraw)
  stale(changed)
  foreach(name IN LISTS changed)
    string(JSON evidence SET "${evidence}" ${name} hash "\"\"")
    message(STATUS "${name} has changed")
  endforeach()
  file(WRITE ${EVIDENCE} "${evidence}\n")
endfunction()

function(do_record)
  file(READ ${REPORT} report)
  string(JSON date GET "${report}" date)
  string(SUBSTRING ${date} 0 10 date)
  string(JSON device GET "${report}" device name)
  set(checks "")
  string(JSON count LENGTH "${report}" stages)
  math(EXPR last "${count} - 1")
  foreach(i RANGE ${last})
    string(JSON name GET "${report}" stages ${i} name)
    string(JSON status GET "${report}" stages ${i} status)
    if(status STREQUAL "passed" AND name MATCHES "^(test|memcheck|racecheck|initcheck|synccheck)$")
      list(APPEND checks ${name})
    endif()
  endforeach()
  if(NOT "test" IN_LIST checks)
    message(STATUS "no kernel is verified: the tests did not pass")
    return()
  endif()
  list(JOIN checks ", " checks)
  string(JSON kernels GET "${report}" kernels)
  members("${kernels}" names)
  foreach(name IN LISTS names)
    string(JSON hash GET "${kernels}" ${name})
    string(JSON evidence SET "${evidence}" ${name}
      "{\"hash\": \"${hash}\", \"date\": \"${date}\", \"device\": \"${device}\", \"checks\": \"${checks}\"}")
  endforeach()
  file(WRITE ${EVIDENCE} "${evidence}\n")
endfunction()

function(do_table)
  set(rows "")
  members("${evidence}" claimed)
  foreach(name IN LISTS families)
    set(state not_run)
    set(about "{}, {}, {}")
    if(name IN_LIST claimed)
      string(JSON hash GET "${evidence}" ${name} hash)
      string(JSON date GET "${evidence}" ${name} date)
      string(JSON device GET "${evidence}" ${name} device)
      string(JSON checks GET "${evidence}" ${name} checks)
      set(about "\"${date}\", \"${device}\", \"${checks}\"")
      set(state changed)
      if(hash STREQUAL "${hash_of_${name}}")
        set(state verified)
      endif()
    endif()
    string(APPEND rows
      "    {\"${name}\", \"${hash_of_${name}}\", KernelState::${state}, ${about}},\n")
  endforeach()
  file(WRITE ${OUTPUT} "// Made by cmake/gpu-evidence.cmake.
#include \"cli/kernel_evidence.hpp\"

namespace whiteline::cli {

namespace {

constexpr KernelEvidence rows[] = {
${rows}};

}  // namespace

std::span<const KernelEvidence> kernel_evidence() { return rows; }

}  // namespace whiteline::cli
")
endfunction()

if(NOT DO MATCHES "^(hashes|record|check|withdraw|table)$")
  message(FATAL_ERROR "DO is none of hashes, record, check, withdraw, table")
endif()
cmake_language(CALL do_${DO})
