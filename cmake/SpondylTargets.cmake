# How every target of ours is built: one place for warnings, sanitizers, linker and folder-as-library.

add_library(spondyl_options INTERFACE)
target_include_directories(spondyl_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(spondyl_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion $<$<NOT:$<CONFIG:Release>>:-Werror>
  # A user's build must not fail on what another compiler, or -O3, believes to see (GCC 12: PR 105651).
  $<$<CONFIG:Release>:-Wno-restrict>)
target_compile_definitions(spondyl_options INTERFACE SPONDYL_VERSION="${PROJECT_VERSION}")
if(SPONDYL_SANITIZE)
  target_compile_options(spondyl_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(spondyl_options INTERFACE -fsanitize=address,undefined)
endif()
find_program(SPONDYL_MOLD mold)
if(SPONDYL_MOLD)
  target_link_options(spondyl_options INTERFACE -fuse-ld=mold)
endif()
find_program(SPONDYL_CCACHE ccache)
if(SPONDYL_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SPONDYL_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${SPONDYL_CCACHE})
endif()

# spondyl_library(NAME PUBLIC libs... PRIVATE libs...): every .cpp of the current folder (and the named
# sub-folders under SUBDIRS) becomes the static library spondyl_NAME. A folder without .cpp files yet becomes
# an interface library, so that it can already be linked.
function(spondyl_library name)
  cmake_parse_arguments(ARG "" "" "PUBLIC;PRIVATE;SUBDIRS" ${ARGN})
  set(patterns ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(sub ${ARG_SUBDIRS})
    list(APPEND patterns ${CMAKE_CURRENT_SOURCE_DIR}/${sub}/*.cpp)
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS ${patterns})
  if(sources)
    add_library(spondyl_${name} STATIC ${sources})
    target_link_libraries(spondyl_${name} PUBLIC spondyl_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  else()
    add_library(spondyl_${name} INTERFACE)
    target_link_libraries(spondyl_${name} INTERFACE spondyl_options ${ARG_PUBLIC})
  endif()
endfunction()

# spondyl_program(NAME libs...): every .cpp of the current folder becomes the program NAME in bin/.
function(spondyl_program name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE spondyl_options ${ARGN})
endfunction()

# moc 6.4 stumbles over libstdc++'s <concepts> when <compare> is included first; it needs nothing of that header, so
# its include guard is set for moc alone.
set(CMAKE_AUTOMOC_MOC_OPTIONS "-D_GLIBCXX_CONCEPTS=1")
