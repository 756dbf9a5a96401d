# Installs into a fresh folder, then builds and runs a program that knows only that folder: through
# find_package and through pkg-config.
set(work ${BUILD}/install-test)
file(REMOVE_RECURSE ${work})

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  if(status)
    message(FATAL_ERROR "failed: ${ARGN}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${work}/prefix)
run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${work}/consumer -DCMAKE_PREFIX_PATH=${work}/prefix
  -DCMAKE_CXX_COMPILER=${CXX})
run(${CMAKE_COMMAND} --build ${work}/consumer)
run(${work}/consumer/consumer)
message(STATUS "find_package: ${output}")

find_program(PKG_CONFIG pkg-config)
if(PKG_CONFIG)
  file(GLOB_RECURSE pc ${work}/prefix/*/whiteline.pc)
  get_filename_component(pc_folder ${pc} DIRECTORY)
  set(ENV{PKG_CONFIG_PATH} ${pc_folder})
  run(${PKG_CONFIG} --define-variable=prefix=${work}/prefix --cflags --libs whiteline)
  separate_arguments(flags UNIX_COMMAND "${output}")
  get_filename_component(lib_folder ${pc_folder} DIRECTORY)
  run(${CXX} ${CONSUMER}/consumer.cpp ${flags} -Wl,-rpath,${lib_folder} -o ${work}/with-pkg-config)
  run(${work}/with-pkg-config)
  message(STATUS "pkg-config: ${output}")
endif()
