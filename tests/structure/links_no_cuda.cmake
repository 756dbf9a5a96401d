# The library itself needs no CUDA and no HDF5: those are behind plugins and helper programs.
execute_process(COMMAND ldd ${LIBRARY} OUTPUT_VARIABLE needed RESULT_VARIABLE status)
if(status)
  message(FATAL_ERROR "ldd ${LIBRARY} failed")
endif()
if(needed MATCHES "(libcuda|libcudart|libcublas|libcudnn|libhdf5)[^\n]*")
  message(FATAL_ERROR "${LIBRARY} links ${CMAKE_MATCH_0}")
endif()
