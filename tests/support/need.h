#pragma once

#include "base/error.h"
#include "base/result.h"

namespace parterre::test {

/// What a Result has, or the end of the program with what was refused. A Status has nothing, and is only looked at.
template <class T>
T need(Result<T> result)
{
    if (!result) {
        qFatal("refused: %s %s %s", qPrintable(errorCodeName(result.error().code)), qPrintable(result.error().message),
               qPrintable(result.error().field));
    }
    return *std::move(result);
}

} // namespace parterre::test
