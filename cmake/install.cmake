# SPDX-License-Identifier: Apache-2.0
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
install(TARGETS earlysight EXPORT earlysight-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/earlysight DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(EXPORT earlysight-targets NAMESPACE earlysight:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/earlysight)
configure_package_config_file(cmake/earlysight-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/earlysight-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/earlysight)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/earlysight-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/earlysight-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/earlysight-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/earlysight)
