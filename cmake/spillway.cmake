# SPDX-License-Identifier: GPL-3.0-or-later
# What every room of the house shares: one set of flags, one way to add a library, a program, a test.

add_library(spillway_flags INTERFACE)
target_compile_features(spillway_flags INTERFACE cxx_std_20)
target_include_directories(spillway_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(spillway_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor
  -Wno-missing-field-initializers) # designated initialisers name what differs; members have defaults
target_compile_definitions(spillway_flags INTERFACE
  QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
  SPILLWAY_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND SPILLWAY_PRECOMPILED_HEADERS)
  target_compile_options(spillway_flags INTERFACE -fpch-preprocess) # ccache asks for it
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Optimising, GCC 12 takes `std::string(…) + "…"` for a copy out of bounds (its bug 105329 and relatives).
  target_compile_options(spillway_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-Wno-array-bounds;-Wno-restrict>)
endif()
if(SPILLWAY_WARNINGS_AS_ERRORS)
  target_compile_options(spillway_flags INTERFACE -Werror)
endif()
if(SPILLWAY_SANITIZE)
  target_compile_options(spillway_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(spillway_flags INTERFACE -fsanitize=address,undefined)
endif()

# Precompiled headers: what nearly every file of a kind parses anyway, parsed once (a file then takes a third of the time).
# They change nothing for a reader: each file still includes what it uses, and SPILLWAY_PRECOMPILED_HEADERS=OFF proves it.
#   core      the model, the connectors, spillwayctl        views     widgets
#   tests     core and Qt Test                              gui_tests views and Qt Test
set(SPILLWAY_CORE_HEADERS <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <set> <span> <stop_token>
  <string> <variant> <vector> <tl/expected.hpp> <QByteArray> <QHash> <QList> <QObject> <QRegularExpression> <QString>
  <QStringList>)
set(SPILLWAY_VIEW_HEADERS ${SPILLWAY_CORE_HEADERS} <QAbstractTableModel> <QHBoxLayout> <QLabel> <QLineEdit> <QPainter>
  <QPushButton> <QVBoxLayout> <QWidget>)
function(spillway_precompiled_set set headers)
  if(NOT SPILLWAY_PRECOMPILED_HEADERS)
    return()
  endif()
  set(source ${CMAKE_BINARY_DIR}/precompiled_${set}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Holds the precompiled headers of @set@.\n" @ONLY)
  add_library(spillway_precompiled_${set} STATIC ${source})
  target_link_libraries(spillway_precompiled_${set} PRIVATE spillway_flags Qt6::Core ${ARGN})
  target_precompile_headers(spillway_precompiled_${set} PRIVATE ${headers})
endfunction()
spillway_precompiled_set(core "${SPILLWAY_CORE_HEADERS}")
if(SPILLWAY_DESKTOP)
  spillway_precompiled_set(views "${SPILLWAY_VIEW_HEADERS}" Qt6::Widgets)
endif()
if(SPILLWAY_TESTS)
  spillway_precompiled_set(tests "${SPILLWAY_CORE_HEADERS};<QTest>" Qt6::Test)
  if(SPILLWAY_DESKTOP)
    spillway_precompiled_set(gui_tests "${SPILLWAY_VIEW_HEADERS};<QTest>" Qt6::Test Qt6::Widgets)
  endif()
endif()
function(spillway_precompiled target set)
  if(TARGET spillway_precompiled_${set})
    target_precompile_headers(${target} REUSE_FROM spillway_precompiled_${set})
  endif()
endfunction()

# spillway_library(NAME SOURCES … LINKS … [PRIVATE_LINKS …] [RESOURCES x.qrc …] [MOC])
#   MOC        runs moc over the room (it has Q_OBJECT classes)
#   RESOURCES  compiled in; the room calls Q_INIT_RESOURCE(x), since a static library drops what nobody names
function(spillway_library name)
  cmake_parse_arguments(ARG "MOC" "" "SOURCES;LINKS;PRIVATE_LINKS;RESOURCES" ${ARGN})
  if(ARG_RESOURCES)
    qt_add_resources(compiled ${ARG_RESOURCES})
  endif()
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES} ${compiled})
    target_link_libraries(${name} PUBLIC spillway_flags Qt6::Core ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
    if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/(views/[a-z]+|app/desktop)$")
      spillway_precompiled(${name} views)
    else()
      spillway_precompiled(${name} core)
    endif()
    if(ARG_MOC)
      set_target_properties(${name} PROPERTIES AUTOMOC ON)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE spillway_flags Qt6::Core ${ARG_LINKS})
  endif()
endfunction()

# spillway_test(NAME SOURCES … LINKS … [LABELS …] [TIMEOUT seconds] [GUI]): a Qt Test program, registered with ctest
#   LABELS broker   it talks to real servers (tests/support/peers.h), which ctest starts once for the whole run
function(spillway_test name)
  cmake_parse_arguments(ARG "GUI" "TIMEOUT" "SOURCES;LINKS;LABELS;ENVIRONMENT" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE spillway_flags Qt6::Test spillway_test_support ${ARG_LINKS})
  if(ARG_GUI)
    spillway_precompiled(${name} gui_tests)
  else()
    spillway_precompiled(${name} tests)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set(environment ${ARG_ENVIRONMENT})
  if(ARG_GUI)
    list(APPEND environment QT_QPA_PLATFORM=offscreen)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}" ENVIRONMENT "${environment}")
  if("broker" IN_LIST ARG_LABELS)
    set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED peers)
  endif()
endfunction()
