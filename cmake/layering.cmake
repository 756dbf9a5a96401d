# cmake -DROOT=<checkout> -P layering.cmake
# Fails when an include points up the picture in docs/architecture.md, when device code is selected
# by the preprocessor outside kernels/host_device.hpp, or when a library outside its place is used.

cmake_minimum_required(VERSION 3.25)

set(layers  # folder -> layers it may include from
  "include/whiteline=include"
  "kernels=kernels"
  "src/core=include,core,kernels_formulas,cpu_door"
  "src/algorithms=include,core,kernels_formulas,algorithms"
  "src/io=include,core,io"
  "src/cpu=include,core,kernels_formulas,cpu"
  "src/cuda=include,core,kernels_formulas,kernels,cuda"
  "src/hdf5=include,core,io,hdf5"
  "src/cli=include,cli")

function(layer_of include out)
  if(include MATCHES "^whiteline/")
    set(layer include)
  elseif(include MATCHES "^formulas/" OR include STREQUAL "host_device.hpp")
    set(layer kernels_formulas)
  elseif(include MATCHES "^(core|algorithms|io|cpu|cuda|cli|hdf5)/")
    set(layer ${CMAKE_MATCH_1})
    if(include STREQUAL "cpu/cpu_backend.hpp")
      set(layer cpu_door)  # the one thing the registry knows of the CPU backend
    endif()
  elseif(include MATCHES "\\.cuh$")
    set(layer kernels)
  else()
    set(layer "")  # a system or third-party header
  endif()
  set(${out} "${layer}" PARENT_SCOPE)
endfunction()

set(problems "")
macro(problem text)
  string(APPEND problems "  ${text}\n")
endmacro()

foreach(entry IN LISTS layers)
  string(REGEX MATCH "^([^=]+)=(.*)$" _ "${entry}")
  set(folder ${CMAKE_MATCH_1})
  string(REPLACE "," ";" allowed "${CMAKE_MATCH_2}")
  if("cpu" IN_LIST allowed)
    list(APPEND allowed cpu_door)
  endif()
  if("kernels" IN_LIST allowed)
    list(APPEND allowed kernels_formulas)
  endif()
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${folder}/*.hpp ${ROOT}/${folder}/*.cpp
    ${ROOT}/${folder}/*.cu ${ROOT}/${folder}/*.cuh)
  foreach(file IN LISTS files)
    file(STRINGS ${ROOT}/${file} lines)
    list(LENGTH lines line_count)
    file(STRINGS ${ROOT}/${file} includes REGEX "^[ \t]*#[ \t]*include")
    foreach(line IN LISTS includes)
      if(NOT line MATCHES "[<\"]([^>\"]+)[>\"]")
        continue()
      endif()
      set(include ${CMAKE_MATCH_1})
      layer_of(${include} layer)
      if(layer AND NOT layer IN_LIST allowed)
        problem("${file} includes ${include}: up the picture")
      endif()
      if(include MATCHES "^(cub|thrust)/" AND NOT file STREQUAL "src/cuda/primitives.cu")
        problem("${file} includes ${include}: CUB and Thrust belong in src/cuda/primitives.cu")
      endif()
      if(include MATCHES "^Eigen/" AND NOT file MATCHES "^src/cpu/")
        problem("${file} includes ${include}: Eigen belongs in src/cpu")
      endif()
      if(include MATCHES "^(hdf5|H5)" AND NOT file MATCHES "^src/hdf5/")
        problem("${file} includes ${include}: HDF5 belongs in src/hdf5")
      endif()
      if(include MATCHES "^(cuda_runtime|cublas|cudnn)" AND
         NOT file MATCHES "^(src/cuda/|kernels/host_device.hpp)")
        problem("${file} includes ${include}: CUDA belongs in src/cuda")
      endif()
    endforeach()
    file(STRINGS ${ROOT}/${file} device_ifs REGEX
      "^[ \t]*#[ \t]*(if|ifdef|ifndef|elif).*(CUDA|NVCC|GPU|WL_EMULATE)")
    if(device_ifs AND NOT file STREQUAL "kernels/host_device.hpp")
      problem("${file} selects device code by the preprocessor: ${device_ifs}")
    endif()
  endforeach()
endforeach()

# No file over 500 lines.
file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/include/*.hpp ${ROOT}/src/*.?pp ${ROOT}/src/*.cu
  ${ROOT}/kernels/*.?pp ${ROOT}/kernels/*.cuh ${ROOT}/tests/*.?pp ${ROOT}/bench/*.?pp)
foreach(file IN LISTS sources)
  file(READ ${ROOT}/${file} text)
  string(REGEX MATCHALL "\n" newlines "${text}")
  list(LENGTH newlines count)
  if(count GREATER 500)
    problem("${file} has ${count} lines: split it")
  endif()
endforeach()

if(problems)
  message(FATAL_ERROR "the house rules do not hold:\n${problems}")
endif()
list(LENGTH sources count)
message(STATUS "layering holds in ${count} files")
