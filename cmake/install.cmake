# What a host gets. Component c: the shared library and two C headers, nothing of C++. Component core: the C++ headers
# and the static library. find_package(dualtrack COMPONENTS c core) and pkg-config find both, under any prefix.
if(DUALTRACK_WHEEL)
  # The Python package loads this file by its path, so the wheel carries one plain file and no version links.
  install(FILES $<TARGET_FILE:dualtrack_c> DESTINATION dualtrack RENAME libdualtrack.so)
  return()
endif()

include(CMakePackageConfigHelpers)
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/dualtrack)
set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
function(relative out path base)
  cmake_path(RELATIVE_PATH path BASE_DIRECTORY ${base} OUTPUT_VARIABLE ${out})
  set(${out} ${${out}} PARENT_SCOPE)
endfunction()
relative(pc_libdir ${CMAKE_INSTALL_FULL_LIBDIR} ${CMAKE_INSTALL_PREFIX})
relative(pc_includedir ${CMAKE_INSTALL_FULL_INCLUDEDIR} ${CMAKE_INSTALL_PREFIX})
relative(pc_prefix ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)

foreach(part c core)
  install(EXPORT dualtrack-${part}-targets NAMESPACE dualtrack:: DESTINATION ${config_dir} COMPONENT ${part})
endforeach()
install(TARGETS dualtrack_c EXPORT dualtrack-c-targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT c)
install(FILES ${PROJECT_SOURCE_DIR}/capi/dualtrack.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT c)
install(FILES ${PROJECT_SOURCE_DIR}/capi/arrow_abi.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT c)
set_target_properties(dualtrack_core PROPERTIES EXPORT_NAME core)
install(TARGETS dualtrack_core dualtrack_static EXPORT dualtrack-core-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT core)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/dualtrack DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT core
  FILES_MATCHING PATTERN *.hpp PATTERN *.inc)
# The headers of the static library's edges: <ingest/...>, <report/...>, <run/...> for who links dualtrack::dualtrack.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/src/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dualtrack/edges COMPONENT core
  FILES_MATCHING PATTERN *.hpp)
install(FILES ${PROJECT_SOURCE_DIR}/capi/arrow_abi.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dualtrack/edges
  COMPONENT core)

write_basic_package_version_file(${PROJECT_BINARY_DIR}/dualtrack-config-version.cmake COMPATIBILITY SameMinorVersion)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/dualtrack-config.cmake.in
  ${PROJECT_BINARY_DIR}/dualtrack-config.cmake INSTALL_DESTINATION ${config_dir})
configure_file(${PROJECT_SOURCE_DIR}/cmake/dualtrack.pc.in ${PROJECT_BINARY_DIR}/dualtrack.pc @ONLY)
configure_file(${PROJECT_SOURCE_DIR}/cmake/dualtrack-core.pc.in ${PROJECT_BINARY_DIR}/dualtrack-core.pc @ONLY)
# Either component may be installed alone, so each brings the package files it needs.
foreach(part c core)
  install(FILES ${PROJECT_BINARY_DIR}/dualtrack-config.cmake ${PROJECT_BINARY_DIR}/dualtrack-config-version.cmake
    DESTINATION ${config_dir} COMPONENT ${part})
endforeach()
install(FILES ${PROJECT_BINARY_DIR}/dualtrack.pc DESTINATION ${pc_dir} COMPONENT c)
install(FILES ${PROJECT_BINARY_DIR}/dualtrack-core.pc DESTINATION ${pc_dir} COMPONENT core)
