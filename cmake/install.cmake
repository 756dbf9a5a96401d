# Library, headers, CMake package and pkg-config file.
include(CMakePackageConfigHelpers)

install(TARGETS whiteline EXPORT whiteline-targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT whiteline-targets NAMESPACE whiteline::
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/whiteline)
configure_package_config_file(cmake/whiteline-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/whiteline-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/whiteline)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/whiteline-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/whiteline-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/whiteline-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/whiteline)
configure_file(cmake/whiteline.pc.in ${CMAKE_CURRENT_BINARY_DIR}/whiteline.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/whiteline.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
