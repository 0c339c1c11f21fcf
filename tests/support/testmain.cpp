#include "support/testmain.h"

#include <cstdio>
#include <cstring>

namespace parterre::test {

namespace {

const KnownTest *&firstTest()
{
    static const KnownTest *first = nullptr;
    return first;
}

} // namespace

KnownTest::KnownTest(const char *givenName, Main givenMain)
    : name(givenName)
    , main(givenMain)
    , next(firstTest())
{
    firstTest() = this;
}

} // namespace parterre::test

/// The main() of a folder's tests: hands over to the test that is named by the first argument.
int main(int argc, char *argv[])
{
    using parterre::test::KnownTest;
    for (const KnownTest *test = parterre::test::firstTest(); test; test = test->next) {
        if (argc > 1 && std::strcmp(test->name, argv[1]) == 0) {
            argv[1] = argv[0];
            return test->main(argc - 1, argv + 1);
        }
    }
    std::fprintf(stderr, "usage: %s TEST [FLAG OF QTTEST...], where TEST is one of", argv[0]);
    for (const KnownTest *test = parterre::test::firstTest(); test; test = test->next)
        std::fprintf(stderr, " %s", test->name);
    std::fprintf(stderr, "\n");
    return 2;
}
