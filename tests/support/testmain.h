#pragma once

namespace parterre::test {

/// One of the tests in an executable, under the name that it is called by on the command line: `server_tests outbox`.
/// `main` is what QTEST_MAIN and its like define, and is told of no argument that is not for the test.
class KnownTest
{
public:
    using Main = int (*)(int argc, char *argv[]);

    KnownTest(const char *givenName, Main givenMain);

    const char *name;
    Main main;
    const KnownTest *next; ///< A list, since it grows before main() is reached.
};

} // namespace parterre::test
