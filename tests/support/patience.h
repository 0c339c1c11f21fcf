#pragma once

#include <QTest>

/// What a test tries until it is so has half a minute for that. QtTest's five seconds say more of the machine than of us, when
/// it compiles and drives two browsers beside the test; who waits for less or for more says so by QTRY_..._WITH_TIMEOUT.
#undef QTRY_VERIFY
#define QTRY_VERIFY(expression) QTRY_VERIFY_WITH_TIMEOUT((expression), 30'000)
#undef QTRY_VERIFY2
#define QTRY_VERIFY2(expression, message) QTRY_VERIFY2_WITH_TIMEOUT((expression), message, 30'000)
#undef QTRY_COMPARE
#define QTRY_COMPARE(actual, expected) QTRY_COMPARE_WITH_TIMEOUT((actual), (expected), 30'000)
