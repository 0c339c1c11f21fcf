# What every target of ours shares: warnings as errors, sanitizers, a fast linker and ccache where they are found.

set(PARTERRE_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, e.g. address,undefined")

# A build from nothing takes little more than half the time with them; whoever builds often and in many folders is served
# better by ccache alone. `./dev` turns them on, `cmake --preset` does not.
option(PARTERRE_PRECOMPILED "Precompile common headers, and compile the sources of a folder together" OFF)

# Not with precompiled headers: ccache has given a test objects that were made with the headers of another branch.
find_program(PARTERRE_CCACHE ccache)
if(PARTERRE_CCACHE AND NOT PARTERRE_PRECOMPILED)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${PARTERRE_CCACHE})
endif()
if(PARTERRE_PRECOMPILED AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Up to 1 GiB the compiler need not look for memory that it can use again, which took it 5 to 10 % of its time.
    add_compile_options(--param=ggc-min-heapsize=1048576)
endif()
find_program(PARTERRE_MOLD mold)
if(PARTERRE_MOLD)
    add_link_options(-fuse-ld=mold)
endif()
if(PARTERRE_SANITIZE)
    add_compile_options(-fsanitize=${PARTERRE_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${PARTERRE_SANITIZE})
    if(PARTERRE_SANITIZE MATCHES "thread")
        # Boost.Asio has two fences, which the sanitizer does not follow; what they guard has a mutex as well.
        add_compile_options(-Wno-tsan)
    endif()
endif()

add_compile_definitions(QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_DISABLE_DEPRECATED_BEFORE=0x060400)

# -Wmaybe-uninitialized is off: g++ 12 reports it inside std::optional and std::expected that are never read empty
# (GCC bug 80635), and both are everywhere here.
function(parterre_warnings target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
        -Wcast-align -Wno-maybe-uninitialized -Werror)
endfunction()

# parterre_precompiled(TARGET like ANOTHER [HEADER...]): the headers of the first target of a kind are precompiled, with
# those named here; the others of the same flags use them too.
function(parterre_precompiled target like)
    if(NOT PARTERRE_PRECOMPILED)
        return()
    endif()
    # Behind precompiled headers g++ 12 takes the library's own string code for ours and warns of copies that it does not
    # make (GCC bugs 105329 and 105651); a build without them still has these warnings.
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-restrict
        -Wno-stringop-overflow -Wno-stringop-overread)
    # Sources that are compiled together look to it like headers, in which a member of an anonymous type were a mistake.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    if(target STREQUAL like)
        target_precompile_headers(${target} PRIVATE <algorithm> <array> <chrono> <expected> <functional> <map> <memory>
            <mutex> <optional> <span> <string> <thread> <vector> <QByteArray> <QDateTime> <QHash> <QJsonArray>
            <QJsonDocument> <QJsonObject> <QList> <QLoggingCategory> <QObject> <QSet> <QString> <QStringList> ${ARGN})
    else()
        target_precompile_headers(${target} REUSE_FROM ${like})
    endif()
endfunction()

# parterre_together(folder SOURCE...): the sources of one folder, eight at a time, become one file for the compiler. Names in
# anonymous namespaces must differ within a folder for that.
function(parterre_together folder)
    if(NOT PARTERRE_PRECOMPILED)
        return()
    endif()
    set(at 0)
    foreach(source IN LISTS ARGN)
        if(source MATCHES "\\.cpp$")
            math(EXPR group "${at} / 8")
            set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder}_${group})
            math(EXPR at "${at} + 1")
        endif()
    endforeach()
endfunction()

# parterre_component(NAME [META] ROOT dir FOLDERS a b ... [APART c ...] LINK ...)
# A static library parterre_NAME with alias Parterre::NAME of all sources below ROOT's folders; ROOT is its include root.
# The sources of folders under APART are always compiled one by one. META is for those with Q_OBJECT or a .qrc: Qt's scan
# costs some seconds, so nothing else is scanned.
function(parterre_component name)
    cmake_parse_arguments(ARG "META" "ROOT" "FOLDERS;APART;LINK;LINK_PRIVATE" ${ARGN})
    set(sources)
    foreach(folder IN LISTS ARG_FOLDERS ARG_APART)
        file(GLOB_RECURSE found CONFIGURE_DEPENDS ${ARG_ROOT}/${folder}/*.cpp ${ARG_ROOT}/${folder}/*.h)
        if(folder IN_LIST ARG_FOLDERS)
            parterre_together(${folder} ${found})
        endif()
        list(APPEND sources ${found})
    endforeach()
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
    string(TOLOWER ${name} lower)
    add_library(parterre_${lower} STATIC ${sources})
    add_library(Parterre::${name} ALIAS parterre_${lower})
    target_include_directories(parterre_${lower} PUBLIC ${ARG_ROOT})
    target_link_libraries(parterre_${lower} PUBLIC ${ARG_LINK} PRIVATE ${ARG_LINK_PRIVATE})
    parterre_warnings(parterre_${lower})
    parterre_precompiled(parterre_${lower} parterre_base)
    set_target_properties(parterre_${lower} PROPERTIES UNITY_BUILD ${PARTERRE_PRECOMPILED} UNITY_BUILD_MODE GROUP
        AUTOMOC ${ARG_META} AUTORCC ${ARG_META})
endfunction()
