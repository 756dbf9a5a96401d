# generated/core/build_id.hpp: a hash of the headers that library and plugins must agree on.
file(GLOB contract CONFIGURE_DEPENDS
  ${CMAKE_CURRENT_SOURCE_DIR}/include/whiteline/*.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/core/*.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/src/core/ops/*.hpp
  ${CMAKE_CURRENT_SOURCE_DIR}/kernels/formulas/*.hpp)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${contract})
set(hashes "${PROJECT_VERSION}")
foreach(header IN LISTS contract)
  file(SHA256 ${header} hash)
  string(APPEND hashes ${hash})
endforeach()
string(SHA256 WHITELINE_BUILD_ID "${hashes}")
string(SUBSTRING ${WHITELINE_BUILD_ID} 0 16 WHITELINE_BUILD_ID)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/generated/core/build_id.hpp CONTENT [[
#pragma once

namespace whiteline::core {

constexpr const char* contract_hash = "@WHITELINE_BUILD_ID@";

}  // namespace whiteline::core
]] @ONLY)
