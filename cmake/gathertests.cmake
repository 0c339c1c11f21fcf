# cmake -DGROUP=out.cpp -DSOURCES=a.cpp,b.cpp -P gathertests.cmake
# Writes a source that includes tests, each in a namespace of its own, so that names of one are unknown to the others. What
# they include is included before, outside of all namespaces; its guards keep it from being read again inside of one.
string(REPLACE "," ";" sources "${SOURCES}")
set(includes)
set(tests)
set(known)
foreach(source IN LISTS sources)
    get_filename_component(unit ${source} NAME_WE)
    file(STRINGS ${source} found REGEX "^#include ")
    list(FILTER found EXCLUDE REGEX "\\.moc\"$")
    list(APPEND includes ${found})
    string(REGEX REPLACE "^tst_" "" name ${unit})
    string(APPEND tests "namespace ${unit} {\n#include \"${source}\"\n}\n")
    string(APPEND known "const parterre::test::KnownTest ${unit}_known(\"${name}\", ${unit}::main);\n")
endforeach()
list(REMOVE_DUPLICATES includes)
list(JOIN includes "\n" includes)
file(WRITE ${GROUP} "#include \"support/patience.h\"\n#include \"support/testmain.h\"\n\n${includes}\n\n${tests}\nnamespace {\n${known}}\n")
